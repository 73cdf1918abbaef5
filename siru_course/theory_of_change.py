"""Theme 09, theory of change: draw an effect chain, look for what is wrong with it, and check indicator cards.

Examples
--------
>>> from siru_course import data, use_language
>>> use_language("en")
>>> nodes, links = data.load("brobygget_theory_nodes"), data.load("brobygget_theory_links")
>>> theory = Theory.from_frames(nodes, links, version="flawed")
>>> theory.check()["rule"].tolist()
['cycle', 'leap', 'orphan', 'no_assumption', 'no_indicator']
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ._arguments import column, frame, short, worded
from ._results import Result, Table
from ._theory_of_change import cards as _theory_cards
from ._theory_of_change import draw as _theory_draw
from ._theory_of_change import export as _theory_export
from ._theory_of_change import reading as _theory
from ._theory_of_change.reading import level_name
from .language import gettext as _
from .language import ngettext, number

__all__ = ["Theory", "indicator_check"]


@dataclass(frozen=True, eq=False)
class Theory(Result):
    """A theory of change: steps on the levels of an effect chain, and arrows that say why one leads to another.

    Make one with :meth:`from_frames`. It shows itself as a table, level by level; :meth:`diagram` draws it.

    Attributes
    ----------
    nodes
        One row a step: ``node_id``, ``level``, the label and the indicator, as given.
    links
        One row an arrow: ``from``, ``to``, the reason and the assumption, as given.

    Notes
    -----
    The levels are ``input``, ``activity``, ``output``, ``outcome_short``, ``outcome_medium`` and ``impact``. A logic
    model says what should happen; a theory of change says why too, and what must hold [1]_, [2]_. An arrow that is
    drawn shows what somebody believes, and not that it is so.

    References
    ----------
    .. [1] Weiss, C. (1995). Nothing as practical as good theory. In Connell et al. (eds), New Approaches to
       Evaluating Community Initiatives. Aspen Institute.
    .. [2] Rogers, P. (2008). Using programme theory to evaluate complicated and complex aspects of interventions.
       Evaluation 14(1):29-48. doi:10.1177/1356389007084674

    Examples
    --------
    >>> import pandas as pd
    >>> steps = pd.DataFrame(
    ...     {
    ...         "node_id": ["A1", "P1", "U1"],
    ...         "level": ["activity", "output", "outcome_short"],
    ...         "label": ["Mentors meet participants", "Pairs have met ten times", "Participants know more people"],
    ...         "indicator": [None, None, "People to ask about work"],
    ...     }
    ... )
    >>> arrows = pd.DataFrame(
    ...     {
    ...         "from": ["A1", "P1"],
    ...         "to": ["P1", "U1"],
    ...         "because": ["they meet every other week", "mentors introduce their friends"],
    ...         "assumption": ["mentors stay", None],
    ...     }
    ... )
    >>> print(Theory.from_frames(steps, arrows))
    Theory of change
    Level                Step                          Leads to         Indicator
    Activity             A1 Mentors meet participants        P1
    Output               P1 Pairs have met ten times         U1
    Outcome, short term  U1 Participants know more people          People to ask about work
    3 steps.
    2 arrows.
    The check finds 0 errors and 1 thing to do.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame

    @classmethod
    def from_frames(cls, nodes: pd.DataFrame, links: pd.DataFrame | None, version: str | None = None) -> Theory:
        """Make a theory from two tables.

        Parameters
        ----------
        nodes
            One row a step: ``node_id``; ``level``; ``label``, or ``label_en`` and ``label_sv``; and
            ``indicator_id`` or ``indicator``, empty where there is none.
        links
            One row an arrow: ``from`` and ``to`` hold ids of steps; ``because`` says why the one leads to the other
            and ``assumption`` what must hold, both as they are or with ``_en`` and ``_sv``. None when no arrow is
            drawn yet.
        version
            Which rows to take when the tables have a column ``version``.

        Returns
        -------
        Theory
            With copies of the tables.

        Raises
        ------
        ValueError
            If a step or an arrow stands twice, a level is unknown, an arrow names a step that is not there, or a
            step has no label.
        KeyError
            If a column is missing.

        Examples
        --------
        >>> from siru_course import data
        >>> nodes, links = data.load("brobygget_theory_nodes"), data.load("brobygget_theory_links")
        >>> theory = Theory.from_frames(nodes, links, version="good")
        >>> len(theory.nodes), len(theory.links), len(theory.check())
        (18, 21, 0)
        """
        if version is not None:
            nodes = _of_version("nodes", nodes, version)
            links = links if links is None else _of_version("links", links, version)
        steps = _theory.read_nodes(nodes)
        return cls(steps, _theory.read_links(links, steps))

    def check(self) -> pd.DataFrame:
        """Look for what is wrong with the theory.

        Returns
        -------
        pandas.DataFrame
            One row a finding, errors first; empty when nothing is wrong. Columns ``rule``, ``severity`` (``error``:
            the chain does not hold together; ``warning``: something is left to write), ``message`` in the language
            in use, ``node`` and ``link`` (None where it is about no node or no link).

        Notes
        -----
        The rules are ``cycle``, ``backward`` (an arrow to an earlier level that closes no cycle), ``leap`` (over a
        level), ``orphan`` (no arrow to or from it), ``dead_end`` (a resource, activity or output that leads to
        nothing), ``no_source`` (an output, outcome or impact that nothing leads to), ``no_because``,
        ``no_assumption``, ``no_indicator`` (outcomes only) and ``output_as_outcome``. The last goes by words such
        as "took part" and can be wrong both ways. Without errors every activity leads to an outcome, and every
        outcome comes from something that goes in or is done.

        Examples
        --------
        >>> from siru_course import data
        >>> nodes, links = data.load("brobygget_theory_nodes"), data.load("brobygget_theory_links")
        >>> found = Theory.from_frames(nodes, links, version="flawed").check()
        >>> found.loc[found["severity"] == "error", ["rule", "node", "link"]].values.tolist()
        [['cycle', 'B12, B15', 'B15 → B12'], ['leap', None, 'B05 → B17'], ['orphan', 'B19', None]]
        """
        return _theory.findings(self.nodes, self.links)

    def diagram(self) -> Any:
        """Draw the theory: the levels from top to bottom, the steps as boxes, an arrow for each link.

        Returns
        -------
        altair.LayerChart
            With a text alternative that reads the chain in order. Dashed arrows have no assumption.

        Examples
        --------
        >>> from siru_course import data
        >>> nodes, links = data.load("brobygget_theory_nodes"), data.load("brobygget_theory_links")
        >>> drawn = Theory.from_frames(nodes, links, version="good").diagram()
        >>> drawn.to_dict()["description"][:68]
        'Theory of change, read from the first level to the last. 18 steps. 2'
        """
        return _theory_draw.chart(self.nodes, self.links)

    def to_mermaid(self) -> str:
        """Write the theory as a Mermaid flow chart, which GitHub and many note programs draw.

        Returns
        -------
        str
            The text; dashed arrows have no assumption. An id that Mermaid could misread becomes n0, n1 …

        Examples
        --------
        >>> import pandas as pd
        >>> steps = pd.DataFrame({"node_id": ["A1"], "level": "activity", "label": 'The "open" house', "indicator": ""})
        >>> print(Theory.from_frames(steps, None).to_mermaid())
        flowchart TB
          subgraph level_activity["Activity"]
            A1["The #34;open#34; house"]
          end
        <BLANKLINE>
        """
        return _theory_export.mermaid(self.nodes, self.links)

    def to_dot(self) -> str:
        r"""Write the theory in DOT, which Graphviz draws.

        Returns
        -------
        str
            The text; reasons and assumptions are tooltips, and dashed arrows have no assumption.

        Examples
        --------
        >>> import pandas as pd
        >>> steps = pd.DataFrame({"node_id": ["A1"], "level": "activity", "label": 'The "open" house', "indicator": ""})
        >>> [line.strip() for line in Theory.from_frames(steps, None).to_dot().splitlines() if "A1" in line]
        ['"A1" [label="The \\"open\\" house"];']
        """
        return _theory_export.dot(self.nodes, self.links)

    def tables(self) -> list[Table]:
        """Give the steps, level by level."""
        leads: dict[str, list[str]] = {}
        for start, end in zip(self.links["from"], self.links["to"], strict=True):
            leads.setdefault(start, []).append(end)
        shown = self.nodes.assign(
            label=worded("nodes", self.nodes, "label"), indicator=_theory.indicators(self.nodes)
        ).sort_values("level", key=lambda levels: levels.map(list(_theory.LEVELS).index), kind="stable")
        rows = [
            [level_name(level), f"{node} {label}", ", ".join(leads.get(node, [])), indicator]
            for level, node, label, indicator in zip(
                shown["level"], shown["node_id"], shown["label"], shown["indicator"], strict=True
            )
        ]
        return [(_("Theory of change"), [_("Level"), _("Step"), _("Leads to"), _("Indicator")], rows)]

    def notes(self) -> list[str]:
        """Say how much there is, and how much is found wrong with it."""
        steps, arrows = len(self.nodes), len(self.links)
        return [
            ngettext("{n} step.", "{n} steps.", steps).format(n=number(steps, 0)),
            ngettext("{n} arrow.", "{n} arrows.", arrows).format(n=number(arrows, 0)),
            _theory.counted(self.check()),
        ]


def indicator_check(frame: pd.DataFrame) -> pd.DataFrame:
    """Look for what is wrong with indicator cards.

    Parameters
    ----------
    frame
        One row a card: ``indicator_id``, ``level``, ``name``, ``definition``, ``numerator``, ``denominator``,
        ``unit``, ``source``, ``frequency``, ``baseline``, ``target``, ``target_date`` (year-month-day),
        ``disaggregation``, ``owner`` and ``direction`` (``up`` or ``down``: which way is good). Texts may stand in
        both languages, as ``name_en`` and ``name_sv``.

    Returns
    -------
    pandas.DataFrame
        One row a finding; empty when nothing is wrong. Columns ``indicator``, ``rule``, ``criterion`` (the word of
        SMART that it breaks), ``severity`` and ``message`` in the language in use.

    Raises
    ------
    ValueError
        If there are no cards, a card stands twice, a level or direction is unknown, or a baseline or target is not
        a number.
    KeyError
        If a column is missing.

    Notes
    -----
    A good indicator is specific, measurable, assignable, realistic and time-related [1]_. Besides an empty field the
    rules look for a share without a denominator (``no_denominator``), an output that is called an outcome
    (``output_as_outcome``), two things in one (``two_in_one``), a target on the wrong side of the baseline
    (``direction``), one that is the baseline (``no_change``) and a share outside 0–100 (``out_of_range``). Those
    about words go by the words and can be wrong. No rule can tell whether a target is within reach.

    References
    ----------
    .. [1] Doran, G. (1981). There's a S.M.A.R.T. way to write management's goals and objectives. Management Review
       70(11):35-36.

    Examples
    --------
    >>> from siru_course import data
    >>> indicator_check(data.load("indicators"))[["indicator", "rule", "criterion"]].values.tolist()[:2]
    [['K12', 'no_denominator', 'measurable'], ['K13', 'output_as_outcome', 'specific']]
    """
    return _theory_cards.findings(frame)


def _of_version(name: str, given: pd.DataFrame, version: str) -> pd.DataFrame:
    versions = column(name, frame(name, given), "version")
    chosen = given[(versions == version).fillna(False).astype(bool)]
    if chosen.empty:
        message = _("{name} is {value}; choose one of {allowed}.")
        allowed = ", ".join(map(str, versions.dropna().unique()))
        raise ValueError(message.format(name="version", value=short(version), allowed=allowed))
    return chosen

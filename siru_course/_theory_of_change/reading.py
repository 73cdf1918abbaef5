"""What a theory of change is made of, and what can be wrong with it: what is behind ``theory_of_change.Theory``."""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pandas as pd

from .._arguments import column, frame, short, worded
from ..language import LANGUAGES, in_language, mark, ngettext
from ..language import gettext as _
from .text import reads_as_output

# The levels of the effect chain, from what goes in to what comes of it in the long run.
LEVELS = {
    "input": mark("input"),
    "activity": mark("activity"),
    "output": mark("output"),
    "outcome_short": mark("outcome, short term"),
    "outcome_medium": mark("outcome, medium term"),
    "impact": mark("impact"),
}
OUTCOMES = ("outcome_short", "outcome_medium")
COLUMNS = ("rule", "severity", "message", "node", "link")
_RANK = {level: rank for rank, level in enumerate(LEVELS)}


class Finding(NamedTuple):
    """One thing that is wrong: the columns of what ``check`` gives."""

    rule: str
    severity: str
    message: str
    node: str | None = None
    link: str | None = None


def level_name(level: str) -> str:
    """Name a level in the language in use, with a capital letter."""
    name = _(LEVELS[level])
    return name[:1].upper() + name[1:]


def read_level(name: str, values: pd.Series[Any]) -> pd.Series[Any]:
    """Turn levels into their codes; the words of either language are understood as well.

    Raises
    ------
    ValueError
        If a value is no level.
    """
    known = {level: level for level in LEVELS}
    for code in LANGUAGES:
        with in_language(code):
            known |= {_(words): level for level, words in LEVELS.items()}
    read = []
    for label, value in values.items():
        word = "" if pd.isna(value) else str(value).strip().lower()
        if word not in known:
            message = _("Row {row}: {name} is {value}; choose one of {allowed}.")
            raise ValueError(message.format(row=label, name=name, value=short(value), allowed=", ".join(LEVELS)))
        read.append(known[word])
    return pd.Series(read, index=values.index, dtype=object)


def read_nodes(nodes: Any) -> pd.DataFrame:
    """Check the steps, and give them with ids and levels in one form."""
    checked = frame("nodes", nodes, ["node_id", "level"]).reset_index(drop=True)
    checked = checked.assign(node_id=_ids("node_id", checked["node_id"]), level=read_level("level", checked["level"]))
    for node, label in zip(checked["node_id"], worded("nodes", checked, "label"), strict=True):
        if not label:
            raise ValueError(_("The step {node} has no label; write what the step says.").format(node=node))
    worded("nodes", checked, "indicator" if "indicator" in checked else "indicator_id")
    if twice := _first_repeated(checked["node_id"]):
        raise ValueError(_twice(twice, nodes))
    return checked


def read_links(links: Any, nodes: pd.DataFrame) -> pd.DataFrame:
    """Check the arrows between the steps, and give them with ids in one form."""
    if links is None:
        return pd.DataFrame(columns=["from", "to", "because", "assumption"], dtype=object)
    if not isinstance(links, pd.DataFrame):
        raise ValueError(_("{name} is {value}; give a DataFrame.").format(name="links", value=short(links)))
    checked = links.reset_index(drop=True)
    for end in ("from", "to"):
        checked = checked.assign(**{end: _ids(end, column("links", checked, end))})
    for text in ("because", "assumption"):
        worded("links", checked, text)
    known = set(nodes["node_id"])
    pairs = list(zip(checked["from"], checked["to"], strict=True))
    for start, end in pairs:
        for node in (start, end):
            if node not in known:
                message = _("The arrow {link} names {node}, which is not among the steps: {nodes}.")
                raise ValueError(message.format(link=arrow(start, end), node=node, nodes=_few(nodes["node_id"])))
    if twice := _first_repeated(pd.Series([arrow(*pair) for pair in pairs], dtype=object)):
        raise ValueError(_twice(twice, links))
    return checked


def arrow(start: str, end: str) -> str:
    """Write a link, as messages and findings name it."""
    return f"{start} → {end}"


def indicators(nodes: pd.DataFrame) -> pd.Series[Any]:
    """Give each step's indicator, ``""`` where there is none."""
    return worded("nodes", nodes, "indicator" if "indicator" in nodes else "indicator_id")


def findings(nodes: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Look for what is wrong with a theory; errors come first."""
    found = [*_about_links(nodes, links), *_about_nodes(nodes, links)]
    found.sort(key=lambda finding: finding.severity != "error")
    return pd.DataFrame(found, columns=list(COLUMNS), dtype=object)


def counted(found: pd.DataFrame) -> str:
    """Say how much was found wrong, in a sentence."""
    errors, warnings = (int((found["severity"] == severity).sum()) for severity in ("error", "warning"))
    if not errors and not warnings:
        return _("The check finds nothing wrong.")
    return _("The check finds {errors} and {warnings}.").format(
        errors=ngettext("{n} error", "{n} errors", errors).format(n=errors),
        warnings=ngettext("{n} thing to do", "{n} things to do", warnings).format(n=warnings),
    )


def graph_of(nodes: pd.DataFrame, links: pd.DataFrame) -> Any:
    """Give the theory as a networkx graph."""
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(nodes["node_id"])
    graph.add_edges_from(zip(links["from"], links["to"], strict=True))
    return graph


def _about_links(nodes: pd.DataFrame, links: pd.DataFrame) -> Iterator[Finding]:
    level = dict(zip(nodes["node_id"], nodes["level"], strict=True))
    used = set(nodes["level"])
    circles = _circles(graph_of(nodes, links), level)
    for path, link in circles.values():
        message = _("The arrows go round in a circle: {path}. A step cannot lead to itself; take away {link}.")
        yield Finding(
            "cycle", "error", message.format(path=" → ".join(path), link=link), ", ".join(sorted(set(path))), link
        )
    turning = {link for within in circles for link in within}
    because, assumption = worded("links", links, "because"), worded("links", links, "assumption")
    for at, (start, end) in enumerate(zip(links["from"], links["to"], strict=True)):
        link, low, high = arrow(start, end), level[start], level[end]
        ends = {"link": link, "low": _(LEVELS[low]), "high": _(LEVELS[high])}
        if _RANK[high] < _RANK[low] and link not in turning:
            message = _(
                "The arrow {link} goes backwards, from {low} to {high}. Turn it, or move a step to another level."
            )
            yield Finding("backward", "error", message.format(**ends), link=link)
        if skipped := _skipped(low, high, used):
            message = _("The arrow {link} leaps from {low} to {high}. Write the steps between: {skipped}.")
            yield Finding("leap", "error", message.format(**ends, skipped="; ".join(map(_, skipped))), link=link)
        if not because.iloc[at]:
            message = _("The arrow {link} does not say why. Finish the sentence: because …")
            yield Finding("no_because", "warning", message.format(link=link), link=link)
        if not assumption.iloc[at]:
            message = _("The arrow {link} has no assumption. Write what must hold for the one to lead to the other.")
            yield Finding("no_assumption", "warning", message.format(link=link), link=link)


def _about_nodes(nodes: pd.DataFrame, links: pd.DataFrame) -> Iterator[Finding]:
    starts, ends = set(links["from"]), set(links["to"])
    rows = zip(nodes["node_id"], nodes["level"], worded("nodes", nodes, "label"), indicators(nodes), strict=True)
    texts = [" ".join(cells) for cells in nodes.filter(regex="^label(_|$)").fillna("").astype(str).to_numpy()]
    for (node, level, label, indicator), text in zip(rows, texts, strict=True):
        step = f"{node} ({textwrap.shorten(label, 60, placeholder=' …')})"
        before_outcomes = _RANK[level] < _RANK["outcome_short"]
        if node not in starts | ends:
            message = _("No arrow leads to or from {step}. Connect it, or take it away.")
            yield Finding("orphan", "error", message.format(step=step), node)
        elif node not in starts and before_outcomes:
            message = _("{step} leads to nothing. Draw an arrow to what it should change, or take it away.")
            yield Finding("dead_end", "error", message.format(step=step), node)
        elif node not in ends and _RANK[level] > _RANK["activity"]:
            message = _("Nothing leads to {step}. Draw an arrow from what should bring it about.")
            yield Finding("no_source", "error", message.format(step=step), node)
        if level in OUTCOMES and not indicator:
            message = _("{step} is an outcome without an indicator. Write how you would see that it has happened.")
            yield Finding("no_indicator", "warning", message.format(step=step), node)
        if not before_outcomes and reads_as_output(text):
            message = _(
                "{step} is called an outcome but counts what was done, who came or who was content. "
                "Write what became different for them, or move it to the outputs."
            )
            yield Finding("output_as_outcome", "warning", message.format(step=step), node)


def _circles(graph: Any, level: dict[str, str]) -> dict[tuple[str, ...], tuple[list[str], str]]:
    """Map the links of each circle to its path and to the link that does not climb.

    A circle has at least one such link, so without them there is none: each gives the shortest circle it closes.
    """
    import networkx

    found: dict[tuple[str, ...], tuple[list[str], str]] = {}
    for component in networkx.strongly_connected_components(graph):
        # Sorted and copied, as the order of a set would decide between circles of the same length.
        within = networkx.DiGraph(sorted(graph.subgraph(component).edges))
        for start, end in sorted(within.edges, key=lambda edge: (_RANK[level[edge[1]]] - _RANK[level[edge[0]]], edge)):
            if _RANK[level[end]] <= _RANK[level[start]]:
                path = [*networkx.shortest_path(within, end, start), end]
                around = tuple(sorted(arrow(*pair) for pair in itertools.pairwise(path)))
                found.setdefault(around, (path, arrow(start, end)))
    return found


def _skipped(low: str, high: str, used: set[str]) -> list[str]:
    """Name the levels that an arrow leaps over.

    Outcomes in two terms are a refinement: a theory that has only one of the two does not skip the other.
    """
    between = [level for level in LEVELS if _RANK[low] < _RANK[level] < _RANK[high]]
    needed = [level for level in between if level in used or level not in OUTCOMES]
    if {*OUTCOMES} <= {*between} and used.isdisjoint(OUTCOMES):
        needed += OUTCOMES
    return [LEVELS[level] for level in needed]


def _ids(name: str, values: pd.Series[Any]) -> pd.Series[Any]:
    ids = ["" if pd.isna(value) else re.sub(r"\s+", " ", str(value)).strip() for value in values]
    if "" in ids:
        message = _("Row {row}: {name} is empty; write the id of a step, such as B01.")
        raise ValueError(message.format(row=values.index[ids.index("")], name=name))
    return pd.Series(ids, index=values.index, dtype=object)


def _first_repeated(values: pd.Series[Any]) -> str:
    repeated = values[values.duplicated()]
    return "" if repeated.empty else str(repeated.iloc[0])


def _twice(what: str, given: pd.DataFrame) -> str:
    if "version" in given and given["version"].nunique() > 1:
        message = _("{what} stands more than once, as there are several versions. Choose one: version={first!r}.")
        return message.format(what=what, first=str(given["version"].iloc[0]))
    return _("{what} stands more than once; keep it once.").format(what=what)


def _few(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed if len(listed) <= 30 else [*listed[:30], "…"])

"""How well raters agree, by the usual statistics: what is behind ``board.agreement``."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .._arguments import choice, frame, numbers, short
from .._results import Result, Table
from ..language import gettext as _
from ..language import mark, number
from .formulas import ICC, Floats, Ints, cohen, fleiss, kendall, krippendorff

NAMES = {
    "cohen": mark("Cohen's kappa"),
    "cohen_weighted": mark("Cohen's weighted kappa"),
    "fleiss": mark("Fleiss' kappa"),
    "krippendorff": mark("Krippendorff's alpha"),
    "kendall_w": mark("Kendall's W"),
    "icc1": mark("Intraclass correlation ICC(1,1)"),
    "icc2": mark("Intraclass correlation ICC(2,1)"),
    "icc3": mark("Intraclass correlation ICC(3,1)"),
    "icc1k": mark("Intraclass correlation ICC(1,k)"),
    "icc2k": mark("Intraclass correlation ICC(2,k)"),
    "icc3k": mark("Intraclass correlation ICC(3,k)"),
}
LEVELS = {
    "nominal": mark("nominal level"),
    "ordinal": mark("ordinal level"),
    "interval": mark("interval level"),
    "ratio": mark("ratio level"),
}
_WEIGHTS = {"linear": mark("linear weights"), "quadratic": mark("quadratic weights")}
_FEW, _COMMON = 20, 0.6  # when the notes warn: so few items, or so much agreement by chance
_COUNTED = ("cohen", "fleiss")  # categories without order, which may be words
_FORMULAS = {"kendall_w": kendall, **ICC}

# What holds below each limit. Labels of kappa: Landis and Koch (1977), who count a limit to the lower label.
_KAPPA = [
    (0.2, mark("slight")),
    (0.4, mark("fair")),
    (0.6, mark("moderate")),
    (0.8, mark("substantial")),
    (math.inf, mark("almost perfect")),
]
_ICC = [(0.5, mark("poor")), (0.75, mark("moderate")), (0.9, mark("good")), (math.inf, mark("excellent"))]
_ALPHA = [
    (0.667, mark("Below 0.667, where Krippendorff advises against conclusions. The limit is a convention.")),
    (
        0.8,
        mark("Enough for tentative conclusions only, by Krippendorff's limits 0.667 and 0.800, which are conventions."),
    ),
    (math.inf, mark("At least 0.800, as Krippendorff asks of ratings to rely on. The limit is a convention.")),
]
_UNDEFINED = mark(
    "Undefined: the ratings do not tell the items apart, so there is nothing to agree about beyond chance."
)
_BELOW_CHANCE = mark("Below 0: less agreement than chance would give. Look for two ways of reading the scale.")
_NO_LIMIT = mark("0 is no common order and 1 the same order; there is no accepted limit for what is good.")
_FORMS = {
    "icc1": mark("Differences in severity count as disagreement, as if every item had raters of its own."),
    "icc2": mark("Differences in severity count as disagreement."),
    "icc3": mark("Differences in severity do not count: a rater who is a point lower throughout agrees fully."),
    "kend": mark("Differences in severity do not count, only the order does."),
}
_MEAN = mark("It is about the mean of all raters; one rater alone is less reliable.")
_PARADOX = mark("One answer is so common that chance gives much agreement: a low kappa is no proof of careless raters.")


@dataclass(frozen=True, eq=False)
class Agreement(Result):
    """How well the raters agree; shows itself as a table in a notebook and as text when printed.

    Attributes
    ----------
    statistic, level, weights
        As :func:`agreement` takes them; `level` and `weights` are None where the statistic has none.
    value
        The statistic. NaN where it is undefined; ``interpretation`` then says why.
    n_items, n_raters
        How many items and raters it is computed from.
    observed
        The percent agreement as a share, 0–1: how many of all pairs of ratings of the same item are identical.
    expected
        The share of identical ratings that chance alone would give; only for ``cohen`` and ``fleiss``.
    left_out
        Items not used: those that not every rater has rated, or for ``krippendorff``, that fewer than two have.
    missing
        Empty cells in the whole table.

    Examples
    --------
    >>> result = agreement(pd.DataFrame({"R1": [1, 2, 3, 3], "R2": [1, 2, 3, 4]}), "krippendorff", level="ordinal")
    >>> print(result)
    Krippendorff's alpha, ordinal level
    Value              0.910
    Items                  4
    Raters                 2
    Identical ratings   75 %
    At least 0.800, as Krippendorff asks of ratings to rely on. The limit is a convention.
    Few items: another set of items could give a clearly different value.
    """

    statistic: str
    value: float
    n_items: int
    n_raters: int
    observed: float
    expected: float | None
    left_out: int
    missing: int
    level: str | None = None
    weights: str | None = None

    @property
    def name(self) -> str:
        """What the statistic is called, in the language in use.

        Examples
        --------
        >>> agreement(pd.DataFrame({"R1": [1, 2], "R2": [1, 2]}), "krippendorff").name
        "Krippendorff's alpha, nominal level"
        """
        form = LEVELS.get(self.level or "") or _WEIGHTS.get(self.weights or "")
        name = _(NAMES[self.statistic])
        return _("{statistic}, {form}").format(statistic=name, form=_(form)) if form else name

    @property
    def interpretation(self) -> str:
        """How to read the value, and by whose benchmark, in the language in use.

        Examples
        --------
        >>> agreement(pd.DataFrame({"R1": [1, 2, 1, 1], "R2": [1, 2, 1, 2]}), "cohen").interpretation
        'Landis and Koch (1977) call it moderate. Their labels are conventions, and no verdict on the raters.'
        >>> agreement(pd.DataFrame({"R1": [3, 3], "R2": [3, 3]}), "cohen").interpretation
        'Undefined: the ratings do not tell the items apart, so there is nothing to agree about beyond chance.'
        """
        if math.isnan(self.value):
            return _(_UNDEFINED)
        if self.statistic == "kendall_w":
            return _(_NO_LIMIT)
        if self.statistic.startswith("icc"):
            label = next(label for limit, label in _ICC if self.value < limit)
            return _("Koo and Li (2016) call it {label}. Their limits are conventions.").format(label=_(label))
        if self.value < 0:
            return _(_BELOW_CHANCE)
        if self.statistic == "krippendorff":
            return _(next(sentence for limit, sentence in _ALPHA if self.value < limit))
        label = next(label for limit, label in _KAPPA if self.value <= limit)
        message = _(
            "Landis and Koch (1977) call it {label}. Their labels are conventions, and no verdict on the raters."
        )
        return message.format(label=_(label))

    def tables(self) -> list[Table]:
        """Give the value, and what it is computed from.

        Examples
        --------
        >>> agreement(pd.DataFrame({"R1": [1, 2], "R2": [1, 2]}), "cohen").tables()[0][2][0]
        ['Value', '1.000']
        """
        value = _("undefined") if math.isnan(self.value) else number(self.value, 3)
        rows = [
            [_("Value"), value],
            [_("Items"), number(self.n_items, 0)],
            [_("Raters"), number(self.n_raters, 0)],
            [_("Identical ratings"), _percent(self.observed)],
        ]
        if self.expected is not None:
            rows.append([_("Expected by chance"), _percent(self.expected)])
        return [(self.name, ["", ""], rows)]

    def notes(self) -> list[str]:
        """Say how to read the value, and what was left out.

        Examples
        --------
        >>> agreement(pd.DataFrame({"R1": [1, 2, None], "R2": [1, 2, 2]}), "fleiss").notes()[1]
        'Items left out, as not every rater has rated them: 1.'
        """
        found = [self.interpretation]
        if form := _FORMS.get(self.statistic[:4]):
            found.append(_(form))
        if self.statistic.endswith("k"):
            found.append(_(_MEAN))
        if self.expected is not None and self.expected >= _COMMON and self.value < _COMMON:
            found.append(_(_PARADOX))
        if self.left_out:
            why = (
                _("Items left out, as fewer than two raters have rated them: {n}.")
                if self.statistic == "krippendorff"
                else _("Items left out, as not every rater has rated them: {n}.")
            )
            found.append(why.format(n=number(self.left_out, 0)))
        if self.missing and self.statistic == "krippendorff":
            message = _("Missing ratings: {n}. The ratings that there are have been used.")
            found.append(message.format(n=number(self.missing, 0)))
        if self.n_items < _FEW:
            found.append(_("Few items: another set of items could give a clearly different value."))
        return found


def agreement(ratings: pd.DataFrame, statistic: str, level: str = "nominal", weights: str | None = None) -> Agreement:
    """Measure how well raters agree.

    Parameters
    ----------
    ratings
        One row an item (an idea, or an idea and criterion), one column a rater, empty where missing. The long
        table of a board's scores becomes such a table by :func:`siru_course.board.ratings_table`.
    statistic
        ``cohen`` (two raters, categories), ``cohen_weighted`` (two raters, numbers: the further apart, the more
        it counts), ``fleiss`` (any number of raters, categories), ``krippendorff`` (any number of raters, any
        scale, missing ratings), ``kendall_w`` (do they order the items alike; corrected for ties), or an
        intraclass correlation: ``icc1``, ``icc2``, ``icc3`` for one rater, ``icc1k``, ``icc2k``, ``icc3k`` for the
        mean of all raters.
    level
        For ``krippendorff``: ``nominal``, ``ordinal``, ``interval`` or ``ratio``.
    weights
        For ``cohen_weighted``: ``linear`` or ``quadratic``, of the difference between the two numbers.

    Returns
    -------
    Agreement
        With ``value``, ``n_items``, ``n_raters``, ``interpretation``, ``observed`` (percent agreement),
        ``expected``, ``left_out`` and ``missing``.

    Raises
    ------
    ValueError
        If the statistic, level or weights are unknown or do not belong together, there are too few raters or
        items, or a rating is not a number where the statistic computes with it.

    Notes
    -----
    Krippendorff's alpha is 1 - Do/De from the matrix of coincidences, and uses every item that at least two have
    rated. The others use the items that all have rated. Cohen's and Fleiss' kappa come from statsmodels. When the
    ratings do not tell the items apart (all are the same, say), the value is NaN: agreement beyond chance is then
    undefined, however high the percent agreement.

    References
    ----------
    .. [1] Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological
       Measurement 20:37-46. doi:10.1177/001316446002000104
    .. [2] Fleiss, J. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin
       76(5):378-382. doi:10.1037/h0031619
    .. [3] Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.
    .. [4] Hayes, A., and Krippendorff, K. (2007). Answering the call for a standard reliability measure for coding
       data. Communication Methods and Measures 1(1):77-89. doi:10.1080/19312450709336664
    .. [5] Shrout, P., and Fleiss, J. (1979). Intraclass correlations: uses in assessing rater reliability.
       Psychological Bulletin 86(2):420-428. doi:10.1037/0033-2909.86.2.420
    .. [6] Landis, J., and Koch, G. (1977). The measurement of observer agreement for categorical data. Biometrics
       33(1):159-174. doi:10.2307/2529310
    .. [7] Koo, T., and Li, M. (2016). A guideline of selecting and reporting intraclass correlation coefficients for
       reliability research. Journal of Chiropractic Medicine 15:155-163. doi:10.1016/j.jcm.2016.02.012

    Examples
    --------
    Two readers of 50 applications agree on 70 %; chance alone would give 50 %.

    >>> yes_no = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    >>> result = agreement(pd.DataFrame(yes_no, columns=["A", "B"]), "cohen")
    >>> round(result.value, 3), result.observed, result.expected
    (0.4, 0.7, 0.5)
    """
    choice("statistic", statistic, NAMES)
    choice("level", level, LEVELS)
    if statistic != "krippendorff" and level != "nominal":
        raise ValueError(_("level is {value}, which only krippendorff takes; leave it out.").format(value=short(level)))
    if statistic == "cohen_weighted":
        choice("weights", weights, _WEIGHTS)
    elif weights is not None:
        raise ValueError(
            _("weights is {value}, which only cohen_weighted takes; leave it out.").format(value=short(weights))
        )
    values, codes = _read(ratings, statistic, level)
    rated = (codes >= 0).sum(axis=1)
    used = codes[rated >= 2] if statistic == "krippendorff" else codes[rated == codes.shape[1]]
    _enough(statistic, len(used), len(codes))
    counts = np.array([np.bincount(row[row >= 0], minlength=len(values)) for row in used])
    expected = None
    if statistic in ("cohen", "cohen_weighted"):
        value, expected = cohen(used, values, weights)
    elif statistic == "fleiss":
        value, expected = fleiss(counts)
    elif statistic == "krippendorff":
        value = krippendorff(counts, values, level)
    else:
        value = _FORMULAS[statistic](values[used])
    sizes = counts.sum(axis=1)
    return Agreement(
        statistic=statistic,
        value=value,
        n_items=len(used),
        n_raters=int((used >= 0).any(axis=0).sum()),
        observed=float((counts * (counts - 1)).sum() / (sizes * (sizes - 1)).sum()),
        expected=expected,
        left_out=len(codes) - len(used),
        missing=int((codes < 0).sum()),
        level=level if statistic == "krippendorff" else None,
        weights=weights,
    )


def _read(ratings: pd.DataFrame, statistic: str, level: str) -> tuple[Floats, Ints]:
    """Check the ratings; give the values there are, and which of them each rating is, -1 where it is missing."""
    frame("ratings", ratings)
    if {"reviewer", "score"} <= set(ratings.columns):
        raise ValueError(
            _("ratings is a long table, with one row a score; make it one column a rater with ratings_table(scores).")
        )
    raters = ratings.shape[1]
    if raters < 2:
        raise ValueError(
            _("ratings has too few columns ({n}); give at least two raters, one column each.").format(n=raters)
        )
    if statistic.startswith("cohen") and raters != 2:
        message = _(
            "{statistic} compares two raters and ratings has {n}; choose two columns, or take fleiss or krippendorff."
        )
        raise ValueError(message.format(statistic=statistic, n=raters))
    if statistic in _COUNTED or (statistic == "krippendorff" and level == "nominal"):
        codes, found = pd.factorize(ratings.to_numpy(dtype=object).ravel())
        return np.arange(len(found), dtype=float), codes.reshape(ratings.shape).astype(np.int64)
    least = 0 if level == "ratio" else None
    columns = [numbers(str(name), column, least).to_numpy(dtype=float) for name, column in ratings.items()]
    table = np.column_stack(columns)
    known = ~np.isnan(table)
    values = np.unique(table[known])
    return values, np.where(known, np.searchsorted(values, np.where(known, table, 0)), -1)


def _enough(statistic: str, used: int, items: int) -> None:
    if used >= 2:
        return
    if statistic == "krippendorff":
        message = _("{used} of {items} items have been rated by two raters or more; at least two items are needed.")
    else:
        message = _("{used} of {items} items have been rated by all; two are needed, or statistic='krippendorff'.")
    raise ValueError(message.format(used=used, items=items))


def _percent(share: float) -> str:
    return _("{share} %").format(share=number(100 * share, 0))

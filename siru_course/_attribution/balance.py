"""How alike two groups were to begin with: what is behind ``balance``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .. import _arguments
from .._arguments import numbers, short
from .._inference import decimals, figure, zero_one
from .._results import Result, Table
from ..language import gettext as _
from ..language import number

_LARGE = 0.1


@dataclass(frozen=True, eq=False)
class Balance(Result):
    """How alike the two groups were before the intervention.

    Attributes
    ----------
    table
        One row a covariate, or a category of it (``level``, itself missing for those with none stated): the mean or
        share in each group (``treated``, ``comparison``), the standardised mean difference ``smd``, whether it is
        ``large``, more than 0.1 up or down, and how many values are ``missing``.
    n_treated, n_comparison
        How many rows each group has.
    left_out
        How many rows were left out, as their group is not stated.

    Examples
    --------
    >>> people = pd.DataFrame({"treated": [1, 1, 1, 0, 0, 0], "age": [30, 40, 50, 31, 40, 49]})
    >>> print(balance(people, "treated", ["age"]))
    Balance between the groups
    Covariate  Treated  Comparison  Standardised difference
    age          40.00       40.00                    0.000
    Treated: 3. Comparison group: 3.
    No difference is larger than 0.10 standard deviations. What nobody has measured may still differ.
    """

    table: pd.DataFrame
    n_treated: int
    n_comparison: int
    left_out: int

    @property
    def large(self) -> list[str]:
        """The covariates that differ by more than 0.1 standard deviations, each named once."""
        return list(dict.fromkeys(map(str, self.table.loc[self.table["large"], "covariate"])))

    def tables(self) -> list[Table]:
        """Give the means of both groups and the standardised differences."""
        rows = []
        for row in self.table.to_dict("records"):
            places = decimals(row["treated"], row["comparison"])
            smd = figure(row["smd"], 3)
            level = _("not stated") if pd.isna(row["level"]) else row["level"]
            rows.append(
                [
                    str(row["covariate"]) if level == "" else f"{row['covariate']}: {level}",
                    number(row["treated"], places),
                    number(row["comparison"], places),
                    f"{smd} *" if row["large"] else smd,
                ]
            )
        head = [_("Covariate"), _("Treated"), _("Comparison"), _("Standardised difference")]
        return [(_("Balance between the groups"), head, rows)]

    def notes(self) -> list[str]:
        """Say how large the groups are, what differs, and what balance does not show."""
        found = [
            _("Treated: {treated}. Comparison group: {comparison}.").format(
                treated=number(self.n_treated, 0), comparison=number(self.n_comparison, 0)
            )
        ]
        if self.left_out:
            found.append(_("Rows left out, as their group is missing: {n}.").format(n=number(self.left_out, 0)))
        for covariate, rows in self.table.groupby("covariate", sort=False):
            if missing := int(rows["missing"].iloc[0]):
                found.append(
                    _("{column}: left out of the means, as the value is missing: {n}.").format(
                        column=covariate, n=number(missing, 0)
                    )
                )
        limit = number(_LARGE)
        if self.large:
            message = _("* Differs by more than {limit} standard deviations: {covariates}.")
            found.append(message.format(limit=limit, covariates=", ".join(self.large)))
            found.append(_("What nobody has measured may differ too."))
        else:
            message = _(
                "No difference is larger than {limit} standard deviations. What nobody has measured may still differ."
            )
            found.append(message.format(limit=limit))
        return found


def balance(frame: pd.DataFrame, treated: str, covariates: str | Sequence[str]) -> Balance:
    """Compare the groups in what was known before the intervention, by standardised mean differences.

    Parameters
    ----------
    frame
        One row a person.
    treated
        The column that is 1 for those who got the intervention and 0 for the comparison group.
    covariates
        The column or columns to compare. Categories are compared one by one, and a missing category is one of
        them; for columns of numbers, missing values are left out and counted.

    Returns
    -------
    Balance
        One row a covariate or category.

    Raises
    ------
    ValueError
        If a group has no rows or no values, `covariates` is empty, or `treated` holds anything but 1, 0 and
        missing values.
    KeyError
        If a column is missing.

    Notes
    -----
    The difference of the means divided by the square root of the average of the two variances; the variance of a
    share p is p (1 − p). Unlike a p-value it does not shrink or grow with the size of the groups.

    References
    ----------
    Austin P. C. (2009) Balance diagnostics for comparing the distribution of baseline covariates between treatment
    groups in propensity-score matched samples, Statistics in Medicine 28(25):3083-3107, doi:10.1002/sim.3697

    Examples
    --------
    >>> people = pd.DataFrame({"treated": [1, 1, 0, 0], "gender": ["woman", "man", "woman", "woman"]})
    >>> balance(people, "treated", "gender").table[["level", "treated", "comparison", "smd"]].round(2)
       level  treated  comparison   smd
    0    man      0.5         0.0  1.41
    1  woman      0.5         1.0 -1.41
    """
    columns = [covariates] if isinstance(covariates, str) else list(covariates)
    if not columns:
        raise ValueError(_("covariates is empty; name at least one column, such as 'age'."))
    _arguments.frame("frame", frame, [treated, *columns])
    group = zero_one(treated, frame[treated])
    kept, group = frame[group.notna()], group.dropna()
    sizes = {value: int((group == value).sum()) for value in (1, 0)}
    for value, size in sizes.items():
        if not size:
            message = _("No row of frame has {column} = {value}; both groups are needed.")
            raise ValueError(message.format(column=treated, value=value))
    rows = [
        {"covariate": column, **row, "large": abs(row["smd"]) > _LARGE}
        for column in columns
        for row in _differences(column, kept[column], group == 1)
    ]
    order = ["covariate", "level", "treated", "comparison", "smd", "large", "missing"]
    return Balance(pd.DataFrame(rows)[order], sizes[1], sizes[0], len(frame) - len(kept))


def _differences(column: str, values: pd.Series[Any], treated: pd.Series[Any]) -> Iterator[dict[str, Any]]:
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        read = numbers(column, values)
        one, other = read[treated].dropna(), read[~treated].dropna()
        if one.empty or other.empty:
            message = _("The column {column} is empty in one of the groups; leave it out of covariates.")
            raise ValueError(message.format(column=short(column)))
        yes_no = read.dropna().isin([0, 1]).all()
        spreads = [g.mean() * (1 - g.mean()) if yes_no else g.var() for g in (one, other)]
        yield {"level": "", "missing": int(read.isna().sum()), **_standardised(one.mean(), other.mean(), spreads)}
        return
    codes, levels = pd.factorize(values, sort=True, use_na_sentinel=True)
    for code in [*range(len(levels)), *([-1] if -1 in codes else [])]:
        inside = pd.Series(codes == code, index=values.index)
        shares = [float(inside[who].mean()) for who in (treated, ~treated)]
        level = None if code == -1 else str(levels[code])
        yield {"level": level, "missing": 0, **_standardised(shares[0], shares[1], [p * (1 - p) for p in shares])}


def _standardised(one: float, other: float, variances: Sequence[float]) -> dict[str, float]:
    difference, spread = one - other, math.sqrt(sum(variances) / 2)
    if spread > 0 or math.isnan(spread):
        smd = difference / spread
    else:
        smd = math.copysign(math.inf, difference) if difference else 0.0
    return {"treated": one, "comparison": other, "smd": smd}

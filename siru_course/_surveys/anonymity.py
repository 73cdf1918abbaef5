"""How many are alike: what is behind ``k_anonymity``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from .. import _arguments
from .._results import Result, Table
from ..language import gettext as _
from ..language import number


@dataclass(frozen=True, eq=False)
class Anonymity(Result):
    """How many people share each combination of traits that somebody outside may know.

    Attributes
    ----------
    k
        The size of the smallest group: everyone is alike with at least `k` − 1 others.
    unique
        How many are alone with their combination.
    n
        How many rows were looked at.
    groups
        One row a combination with its size ``n``, the smallest first.
    not_stated
        How many rows lack a trait; a missing trait counts as a value of its own.

    Examples
    --------
    >>> people = pd.DataFrame({"sector": ["civil", "civil", "public"], "gender": ["woman", "woman", "man"]})
    >>> print(k_anonymity(people, ["sector", "gender"]))
    k-anonymity: k = 1
    sector  gender  People
    public     man       1
    civil    woman       2
    Alone with their combination: 1 of 3.
    k says how many are alike in these traits, and nothing of other traits that may be known.
    Nor does it help that many are alike if all of them gave the same answer.
    """

    k: int
    unique: int
    n: int
    groups: pd.DataFrame
    not_stated: int

    def tables(self) -> list[Table]:
        """Give the ten smallest groups."""
        smallest = self.groups.head(10)
        head = [*map(str, smallest.columns[:-1]), _("People")]
        rows = [
            [*(_("not stated") if pd.isna(trait) else str(trait) for trait in row[:-1]), number(row[-1], 0)]
            for row in smallest.itertuples(index=False, name=None)
        ]
        return [(_("k-anonymity: k = {k}").format(k=self.k), head, rows)]

    def notes(self) -> list[str]:
        """Say how many are alone, what is not shown, and what k does not say."""
        found = [
            _("Alone with their combination: {unique} of {n}.").format(
                unique=number(self.unique, 0), n=number(self.n, 0)
            )
        ]
        if len(self.groups) > 10:
            found.append(_("Larger groups, not shown: {n}.").format(n=number(len(self.groups) - 10, 0)))
        if self.not_stated:
            found.append(
                _("Rows that lack a trait, which counts as a value of its own: {n}.").format(
                    n=number(self.not_stated, 0)
                )
            )
        found.append(_("k says how many are alike in these traits, and nothing of other traits that may be known."))
        found.append(_("Nor does it help that many are alike if all of them gave the same answer."))
        return found


def k_anonymity(frame: pd.DataFrame, quasi_identifiers: str | Sequence[str]) -> Anonymity:
    """Measure how many people share each combination of traits, such as sector, municipality and gender.

    Parameters
    ----------
    frame
        One row a person.
    quasi_identifiers
        The columns that somebody outside may know about a person.

    Returns
    -------
    Anonymity
        The size of the smallest group, how many are alone, and all groups.

    Raises
    ------
    ValueError
        If there are no rows, or `quasi_identifiers` is empty.
    KeyError
        If a column is missing.

    References
    ----------
    Sweeney L. (2002) k-anonymity: a model for protecting privacy, International Journal of Uncertainty, Fuzziness
    and Knowledge-Based Systems 10(5):557-570, doi:10.1142/S0218488502001648

    Examples
    --------
    >>> people = pd.DataFrame({"sector": ["civil", "civil", "public"]})
    >>> found = k_anonymity(people, "sector")
    >>> found.k, found.unique
    (1, 1)
    """
    columns = [quasi_identifiers] if isinstance(quasi_identifiers, str) else list(quasi_identifiers)
    if not columns:
        raise ValueError(_("quasi_identifiers is empty; name at least one column, such as 'gender'."))
    _arguments.frame("frame", frame, columns)
    sizes = frame.groupby(columns, dropna=False, observed=True).size()
    groups = sizes.sort_values(kind="stable").rename("n").reset_index()
    return Anonymity(
        k=int(sizes.min()),
        unique=int((sizes == 1).sum()),
        n=len(frame),
        groups=groups,
        not_stated=int(frame[columns].isna().any(axis=1).sum()),
    )

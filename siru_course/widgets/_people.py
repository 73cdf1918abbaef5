"""The people in the table mixer: how their list is written and read, and where they sit."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from .. import dialogue
from ..language import gettext as _
from ._base import lines, repeated

# Where a DataFrame's names may be, in this order.
NAME_COLUMNS = ("name", "namn", "person_id")


def written_out(participants: pd.DataFrame | Sequence[str] | None, on: str | Sequence[str] | None) -> str:
    """Write people as the tool's list: a name on each line, and what to mix on after semicolons.

    Raises
    ------
    ValueError
        If a name is missing.
    KeyError
        If a column in `on` is missing.

    Examples
    --------
    >>> people = pd.DataFrame({"name": ["Ada", "Bo"], "sector": ["civil", "public"]})
    >>> print(written_out(people, on="sector"))
    Ada; civil
    Bo; public
    """
    if participants is None:
        return ""
    if not isinstance(participants, pd.DataFrame):
        return "\n".join(map(str, participants))
    column = next((column for column in NAME_COLUMNS if column in participants), None)
    names = participants.index.to_series() if column is None else participants[column]
    if names.isna().any():
        raise ValueError(_("{n} of the participants have no name.").format(n=int(names.isna().sum())))
    if on is None:
        on = ["sector"] if "sector" in participants else []
    columns = [on] if isinstance(on, str) else list(on)
    for wanted in columns:
        if wanted not in participants:
            raise KeyError(
                _("There is no column {name!r} to mix on; the columns are {columns}.").format(
                    name=wanted, columns=", ".join(map(str, participants.columns))
                )
            )
    people = pd.concat([names, participants[columns]], axis=1).astype(object)
    cells = people.where(people.notna(), "").astype(str).replace(r"[;\s]+", " ", regex=True)
    return "\n".join("; ".join(person).rstrip("; ") for person in cells.itertuples(index=False, name=None))


def read(text: str) -> pd.DataFrame:
    r"""Read the list: the names as index, and a column for each thing to mix on.

    Raises
    ------
    ValueError
        If there are fewer than two names, a line has none, or a name stands twice.

    Examples
    --------
    >>> read("Ada; civil; 0680\nBo").loc["Ada"].tolist()
    ['civil', '0680']
    """
    # Cells copied from a spreadsheet come with tabs between them.
    people = [[part.strip() for part in line.replace("\t", ";").split(";")] for line in lines(text)]
    names = [person[0] for person in people]
    if "" in names:
        at = "; ".join(people[names.index("")]).strip()
        raise ValueError(_("A line begins with a semicolon, so there is no name on it: {line}").format(line=at))
    if len(names) < 2:
        raise ValueError(_("Write at least two names, one a line."))
    if twice := repeated(names):
        raise ValueError(_("On the list more than once: {names}. Tell them apart, or remove one.").format(names=twice))
    longest = max(map(len, people))
    return pd.DataFrame([person[1:] + [""] * (longest - len(person)) for person in people], index=names)


def seat(groups: pd.DataFrame, size: int, rounds: int, seed: int) -> pd.DataFrame:
    r"""Seat people so that many pairs meet, and so that the first round mixes the groups evenly.

    Parameters
    ----------
    groups
        The names as index, and a column for each thing to mix on, if any.
    size
        The most people at a table.
    rounds
        How many rounds.
    seed
        Another seed gives another seating.

    Returns
    -------
    pandas.DataFrame
        One row a person, one column a round, the value is the table.

    Raises
    ------
    ValueError
        If somebody would sit alone.

    Examples
    --------
    >>> first = seat(read("Ada; civil\nBo; civil\nCy; public\nDi; public"), 2, 3, seed=0)[1]
    >>> len({first["Ada"], first["Bo"]}), len({first["Cy"], first["Di"]})
    (2, 2)
    """
    tables = math.ceil(len(groups) / size)
    if tables > len(groups) // 2:
        message = _("With {people} people at tables of {size}, one person would sit alone. Choose larger tables.")
        raise ValueError(message.format(people=len(groups), size=size))
    seating = dialogue.rotations(list(groups.index), tables, rounds, seed)
    if groups.shape[1]:
        mixed = dialogue.mix_tables(groups, size, list(groups.columns), seed)["table"]
        # Who takes which place in the pattern is free: so the pattern's first round becomes the mixed one.
        places = seating.loc[seating[1].sort_values(kind="stable").index]
        seating = places.set_axis(mixed.sort_values(kind="stable").index).loc[groups.index]
    return seating.rename_axis(index=_("Name"))


def as_table(text: str, seating: pd.DataFrame | None) -> pd.DataFrame:
    r"""Write the list, and the seating if it is of the same people, as a table to save.

    Parameters
    ----------
    text
        The list as it is typed, whether it can be seated yet or not.
    seating
        Who sits where, as :func:`seat` gives it.

    Returns
    -------
    pandas.DataFrame
        Columns ``name``, ``mix_1`` … for what stands after the semicolons, and ``round_1`` … for the tables.

    Examples
    --------
    >>> as_table("Ada; civil\nBo", None).to_dict("list")
    {'name': ['Ada', 'Bo'], 'mix_1': ['civil', '']}
    """
    people = [[part.strip() for part in line.replace("\t", ";").split(";")] for line in lines(text)]
    longest = max(map(len, people), default=1)
    columns = ["name", *(f"mix_{number}" for number in range(1, longest))]
    table = pd.DataFrame([person + [""] * (longest - len(person)) for person in people], columns=columns)
    if seating is not None and list(seating.index) == table["name"].tolist():
        for number in seating.columns:
            table[f"round_{number}"] = seating[number].to_numpy()
    return table


def from_table(table: pd.DataFrame) -> tuple[str, pd.DataFrame | None]:
    """Read the saved table back: the list as text, and the seating if there is one.

    Raises
    ------
    ValueError
        If a round holds something else than numbers of tables.

    Examples
    --------
    >>> text, seating = from_table(pd.DataFrame({"name": ["Ada", "Bo"], "round_1": ["1", "1"]}))
    >>> text.splitlines(), seating[1].tolist()
    (['Ada', 'Bo'], [1, 1])
    """
    mixed = [column for column in table if str(column).startswith("mix_")]
    rounds = [column for column in table if str(column).startswith("round_")]
    text = "\n".join("; ".join(row).rstrip("; ") for row in table[["name", *mixed]].itertuples(index=False, name=None))
    if not rounds or len(table) < 2 or table["name"].duplicated().any():
        return text, None
    wrong = [cell for column in rounds for cell in table[column] if not cell.isdigit()]
    if wrong:
        message = _("A round in the file holds {value}; it should be the number of a table.")
        raise ValueError(message.format(value=wrong[0]))
    seating = table[rounds].astype(int).set_axis(range(1, len(rounds) + 1), axis=1)
    return text, seating.set_axis(pd.Index(table["name"], name=_("Name")))

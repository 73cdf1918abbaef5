"""The case data: one region, one story.

Every data set is a CSV file described in ``data/datapackage.json``, a Frictionless Data Package. Its titles,
descriptions, units and labels are English; the Swedish words stand beside them under the same name with ``_sv``
added. Data sets that describe persons are synthetic: made by ``data/generate`` from a seed, consistent with
SIRU's published figures, and about nobody real.

References
----------
Frictionless Data. *Data Package*, version 2. https://datapackage.org
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from . import _data_own
from ._data_check import Problem, check_folder
from .language import LANGUAGES, language
from .language import gettext as _

_PACKAGED = Path(__file__).parent / "_data"
_CHECKED_OUT = Path(__file__).parent.parent / "data"

_DTYPES = {"string": "string", "integer": "Int64", "number": "float64", "boolean": "boolean"}

_own: dict[str, bytes] = {}
"""The files of the class's own data sets, once :func:`use` has read them."""


def folder() -> Path:
    """Give the folder that holds the CSV files and ``datapackage.json``.

    Examples
    --------
    >>> (folder() / "datapackage.json").exists()
    True
    """
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKED_OUT


def load(name: str, labels: str | None = None) -> pd.DataFrame:
    """Load a case data set.

    Parameters
    ----------
    name
        The name of the data set, as :func:`catalogue` lists it.
    labels
        ``"en"`` or ``"sv"`` turns category codes into words of that language; ``None`` leaves the codes.

    Returns
    -------
    pandas.DataFrame
        A copy of your own: changing it does not change what the next call gives.

    Raises
    ------
    ValueError
        If there is no data set of that name, or no such language.

    Examples
    --------
    >>> load("ballots")["1"].value_counts().idxmax()
    'C'
    >>> load("ballots", labels="sv")["1"].value_counts().idxmax()
    'En dörr till alla myndigheter'
    """
    if labels is not None and labels not in LANGUAGES:
        raise ValueError(
            _("labels is {value!r}; choose one of {allowed}, or leave it out to get the codes.").format(
                value=labels, allowed=", ".join(LANGUAGES)
            )
        )
    return _read(name).copy() if labels is None else _labelled(name, labels).copy()


def use(folder: str | Path, digests: Mapping[str, str]) -> None:
    """Take data sets from a folder for the rest of the program; all others stay the course's.

    A class can have data of its own (``siru class new --seed``). They lie beside the notebook, and its first cell
    takes them into use. They are read at once, so what happens to the files afterwards changes nothing.

    Parameters
    ----------
    folder
        The folder, which holds ``ballots.csv`` for the data set ``ballots``.
    digests
        Each data set's digest: the first sixteen digits of the SHA-256 of its file.

    Raises
    ------
    ValueError
        If a file is missing or another than was handed out, there is no data set of that name, or other data have
        been taken into use before.

    Examples
    --------
    >>> use("siru-data", {"ballots": "0123456789abcdef"})
    Traceback (most recent call last):
    ValueError: ...ballots.csv...
    """
    for name in digests:
        resource(name)
    files = _data_own.read(Path(folder), digests)
    if _own and _own != files:
        raise ValueError(_("Other data are in use already. Restart the kernel, and run the cells from the top."))
    _own.update(files)
    _read.cache_clear()
    _labelled.cache_clear()


def catalogue() -> pd.DataFrame:
    """List the case data sets, one row each, in the language in use.

    Returns
    -------
    pandas.DataFrame
        Columns ``name, title, rows, licence, synthetic, source``.

    Examples
    --------
    >>> "dialogue_ideas" in catalogue()["name"].tolist()
    True
    """
    return pd.DataFrame(
        {
            "name": item["name"],
            "title": said(item, "title"),
            "rows": len(_read(item["name"])),
            "licence": item["licenses"][0]["name"],
            "synthetic": item["synthetic"],
            "source": "; ".join(said(source, "title") for source in item["sources"]),
        }
        for item in package()["resources"]
    )


def dictionary(name: str) -> pd.DataFrame:
    """Describe the columns of a data set, one row each, in the language in use.

    Parameters
    ----------
    name
        The name of the data set.

    Returns
    -------
    pandas.DataFrame
        Columns ``name, type, unit, meaning, allowed``.

    Raises
    ------
    ValueError
        If there is no data set of that name.

    Examples
    --------
    >>> from siru_course import use_language
    >>> use_language("en")
    >>> dictionary("ballots").set_index("name").loc["dots_A", ["type", "unit", "allowed"]].tolist()
    ['integer', 'dots', '0–3']
    """
    return pd.DataFrame(
        {
            "name": field["name"],
            "type": field["type"],
            "unit": said(field, "unit"),
            "meaning": said(field, "description"),
            "allowed": _allowed(field),
        }
        for field in resource(name)["schema"]["fields"]
    )


@cache
def package() -> dict[str, Any]:
    """Give the data package: the content of ``datapackage.json``.

    Examples
    --------
    >>> package()["name"]
    'siru-course'
    """
    content: dict[str, Any] = json.loads((folder() / "datapackage.json").read_text(encoding="utf-8"))
    return content


def resource(name: str) -> dict[str, Any]:
    """Give one data set's entry in the data package; ``ValueError`` if there is none of that name.

    Examples
    --------
    >>> resource("ballots")["path"]
    'ballots.csv'
    """
    names = [item["name"] for item in package()["resources"]]
    if name not in names:
        raise ValueError(
            _("There is no data set called {name!r}. The data sets are: {names}.").format(
                name=name, names=", ".join(names)
            )
        )
    found: dict[str, Any] = package()["resources"][names.index(name)]
    return found


def column(name: str, field: str) -> dict[str, Any]:
    """Give one column's entry in the data package.

    Raises
    ------
    ValueError
        If there is no data set called `name`.
    KeyError
        If the data set has no column called `field`.

    Examples
    --------
    >>> column("ballots", "score_A")["constraints"]["maximum"]
    5
    """
    fields: list[dict[str, Any]] = resource(name)["schema"]["fields"]
    for described in fields:
        if described["name"] == field:
            return described
    raise KeyError(
        _("The data set {name!r} has no column {column!r}. Its columns are: {columns}.").format(
            name=name, column=field, columns=", ".join(described["name"] for described in fields)
        )
    )


def categories(field: dict[str, Any], code: str) -> dict[str, str]:
    """Map a column's codes to words of the language `code`; empty when the column has no categories.

    Examples
    --------
    >>> categories(column("dialogue_participants", "sector"), "sv")["civil"]
    'civilsamhälle'
    """
    key = "label" if code == "en" else f"label_{code}"
    return {item["value"]: item[key] for item in field.get("categories", [])}


def said(described: Mapping[str, Any], key: str) -> str:
    """Choose the words of the language in use from an entry of the data package; empty when there are none.

    Parameters
    ----------
    described
        A data set, a column, a source or another part of the data package.
    key
        Which words: ``"title"``, ``"description"``, ``"unit"``…

    Examples
    --------
    >>> from siru_course.language import in_language
    >>> with in_language("sv"):
    ...     said(resource("ballots")["options"]["B"], "title")
    'Svenska på arbetstid'
    """
    return str(described.get(f"{key}_{language()}", described.get(key, "")))


def check() -> list[Problem]:
    """Compare every data set with its description; an empty list when all is well.

    Columns, types, allowed values, keys and the words in both languages are compared. The messages are in the
    language in use.

    Examples
    --------
    >>> check()
    []
    """
    return check_folder(folder())


def _allowed(field: dict[str, Any]) -> str:
    words = categories(field, language())
    if words:
        return "; ".join(f"{code} = {word}" for code, word in words.items())
    constraints = field.get("constraints", {})
    low, high = constraints.get("minimum"), constraints.get("maximum")
    if low is not None and high is not None:
        return f"{low}–{high}"
    if low is not None:
        return f"≥ {low}"
    return f"≤ {high}" if high is not None else ""


@cache
def _labelled(name: str, code: str) -> pd.DataFrame:
    frame = _read(name).copy()
    for field in resource(name)["schema"]["fields"]:
        if words := categories(field, code):
            frame[field["name"]] = frame[field["name"]].map(words).astype("string")
    return frame


@cache
def _read(name: str) -> pd.DataFrame:
    described = resource(name)
    dtypes = {field["name"]: _DTYPES[field["type"]] for field in described["schema"]["fields"]}
    file = io.BytesIO(_own[name]) if name in _own else folder() / described["path"]
    # Only an empty cell is missing: "NA" or "None" may be somebody's word on a note.
    return pd.read_csv(file, dtype=dtypes, encoding="utf-8", keep_default_na=False, na_values=[""])

"""The case data: one region, one story.

Every data set is a CSV file described in ``data/datapackage.json`` (Frictionless Data Package). Data sets that
describe persons are synthetic: made by ``data/generate`` from a seed, consistent with SIRU's published figures,
and about nobody real.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from .language import LANGUAGES, language
from .language import gettext as _

_PACKAGED = Path(__file__).parent / "_data"
_CHECKED_OUT = Path(__file__).parent.parent / "data"

_DTYPES = {"string": "string", "integer": "Int64", "number": "float64", "boolean": "boolean"}


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
    >>> ballots = load("ballots")
    >>> ballots.columns[:3].tolist()
    ['ballot_id', 'n', '1']
    """
    if labels is not None and labels not in LANGUAGES:
        raise ValueError(
            _("labels is {value!r}; choose one of {allowed}, or leave it out to get the codes.").format(
                value=labels, allowed=", ".join(LANGUAGES)
            )
        )
    frame = _read(name).copy()
    if labels is not None:
        for field in resource(name)["schema"]["fields"]:
            words = categories(field, labels)
            if words:
                frame[field["name"]] = frame[field["name"]].map(words).astype("string")
    return frame


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
            "title": said(item["title"]),
            "rows": len(_read(item["name"])),
            "licence": item["licenses"][0]["name"],
            "synthetic": item["synthetic"],
            "source": "; ".join(said(source["title"]) for source in item["sources"]),
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
    >>> dictionary("ballots").loc[1, ["name", "type", "unit"]].tolist()
    ['n', 'integer', 'ballots']
    """
    return pd.DataFrame(
        {
            "name": field["name"],
            "type": field["type"],
            "unit": said(field.get("unit", "")),
            "meaning": said(field["description"]),
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


def categories(field: dict[str, Any], code: str) -> dict[str, str]:
    """Map a field's category codes to words of a language; empty when the field has no categories.

    Examples
    --------
    >>> sector = resource("dialogue_participants")["schema"]["fields"][1]
    >>> categories(sector, "sv")["civil"]
    'civilsamhälle'
    """
    return {item["value"]: item["label"][code] for item in field.get("categories", [])}


def said(text: Any) -> str:
    """Choose the words of the language in use from a ``{"en": …, "sv": …}`` pair; text goes through unchanged.

    Examples
    --------
    >>> from siru_course import use_language
    >>> use_language("en")
    >>> said({"en": "minutes", "sv": "minuter"})
    'minutes'
    """
    return str(text[language()]) if isinstance(text, dict) else str(text)


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
def _read(name: str) -> pd.DataFrame:
    described = resource(name)
    dtypes = {field["name"]: _DTYPES[field["type"]] for field in described["schema"]["fields"]}
    return pd.read_csv(folder() / described["path"], dtype=dtypes, encoding="utf-8")

"""How well a claim is known: what is behind ``results.claims``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from .._arguments import column, frame, short, worded
from ..language import LANGUAGES, in_language, mark
from ..language import gettext as _

# What a claim is about; only the last four are on the scale, as the others say nothing about change.
_KINDS = {
    "input": mark("input"),
    "activity": mark("activity"),
    "output": mark("output"),
    "outcome": mark("outcome"),
    "outcome_short": mark("outcome, short term"),
    "outcome_medium": mark("outcome, medium term"),
    "impact": mark("impact"),
}
_DONE = ("input", "activity", "output")
_EVIDENCE = {
    "none": (0, mark("nothing is said about it")),
    "told": (1, mark("people who were there say so")),
    "counted": (1, mark("the project's own log shows what was done and who came")),
    "theory": (1, mark("an effect chain or research says why it should happen")),
    "after": (1, mark("measured once, afterwards")),
    "before_after": (2, mark("the same thing measured before and after")),
    "comparison": (3, mark("followed beside a comparison group")),
    "randomised": (3, mark("followed beside a group chosen by lot")),
    "replicated": (4, mark("found again by somebody independent")),
    "standardised": (5, mark("manuals and systems let others repeat it")),
}
# By level: what the level is, what a claim on it may be called, and what would raise it.
_LEVELS = (
    (
        mark("nothing is said about how it is known"),
        mark("a hope or an aim"),
        mark("Write why it should happen: an effect chain."),
    ),
    (
        mark("an account is given, no change is measured"),
        mark("what we expect, and why"),
        mark("Measure the same thing before and after."),
    ),
    (
        mark("change seen, cause not shown"),
        mark("a change we have seen, without knowing that we caused it"),
        mark("Follow a comparison group over the same time."),
    ),
    (
        mark("cause shown against a comparison group"),
        mark("an effect, among these people in this place"),
        mark("Let somebody independent try it elsewhere."),
    ),
    (
        mark("confirmed by an independent replication"),
        mark("an effect that has been found more than once"),
        mark("Write manuals, so that others can do the same."),
    ),
    (
        mark("can be repeated by others with the same result"),
        mark("an effect that others can count on"),
        mark("Go on measuring, for the next place may differ."),
    ),
)


def judge(claims: Any) -> pd.DataFrame:
    """Add each claim's level, what it may be called and what would raise it."""
    given = frame("frame", claims)
    said = worded("frame", given, "claim")
    for label, text in said.items():
        if not text:
            raise ValueError(_("Row {row}: the claim is empty; write what is claimed.").format(row=label))
    kinds = _codes("kind", column("frame", given, "kind"), _KINDS)
    meanings = {code: words for code, (_level, words) in _EVIDENCE.items()}
    evidence = _codes("evidence", column("frame", given, "evidence"), meanings, empty="none")
    rows: list[tuple[Any, ...]] = []
    for kind, known in zip(kinds, evidence, strict=True):
        level = _EVIDENCE[known][0]
        if kind not in _DONE:
            rows.append((level, *map(_, _LEVELS[level])))
            continue
        more = _("Keep a log of it.") if known == "none" else _("Ask those concerned what became different for them.")
        rows.append((pd.NA, _("not on the scale"), _("something done, and no effect"), more))
    judged = pd.DataFrame(rows, index=given.index, columns=["level", "standard", "may_be_called", "to_raise"])
    judged["level"] = judged["level"].astype("Int64")
    kept = given.assign(claim=said, kind=kinds, evidence=evidence)
    return kept.assign(**{str(name): judged[name] for name in judged})


def evidence_table() -> pd.DataFrame:
    """List the kinds of evidence, with their level."""
    levels = [level for level, _words in _EVIDENCE.values()]
    return pd.DataFrame(
        {
            "meaning": [_(words) for _level, words in _EVIDENCE.values()],
            "level": levels,
            "standard": [_(_LEVELS[level][0]) for level in levels],
        },
        index=pd.Index(list(_EVIDENCE), name="evidence"),
    )


def _codes(name: str, values: pd.Series[Any], names: Mapping[str, str], empty: str = "") -> list[str]:
    """Turn words into codes; those of either language are understood as well."""
    known = {code: code for code in names} | ({"": empty} if empty else {})
    for code in LANGUAGES:
        with in_language(code):
            known |= {_(words): key for key, words in names.items()}
    read = []
    for label, value in values.items():
        word = "" if pd.isna(value) else str(value).strip().lower()
        if word not in known:
            message = _("Row {row}: {name} is {value}; choose one of {allowed}.")
            raise ValueError(message.format(row=label, name=name, value=short(value), allowed=", ".join(names)))
        read.append(known[word])
    return read

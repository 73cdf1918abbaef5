"""What learners are asked to find out: taken out of the data sets and kept beside the answers of the exercises.

The generator judges before it asks. The twelve cases of theme 01 have a stage and a judgement, and the statements of
theme 09 a level: those are the answers. They are written to ``exercises/keys``, which no notebook and no wheel carries.
"""

from __future__ import annotations

from collections.abc import Mapping

from .table import Row, Table

# For each set the column that identifies a row, and the columns that only the key has.
ONLY_IN_KEY = {
    "initiatives": ("initiative_id", ["is_social_innovation", "teacher_note_en", "teacher_note_sv"]),
    "statements": ("statement_id", ["level", "why_en", "why_sv"]),
}


def split(tables: Mapping[str, Table]) -> tuple[dict[str, Table], dict[str, Table]]:
    """Give what learners get, and the keys: both by the name of the data set."""
    shipped, keys = dict(tables), {}
    for name, (identifier, hidden) in ONLY_IN_KEY.items():
        rows = tables[name]
        shown = [*(["stage"] if name == "initiatives" else []), *hidden]
        keys[name] = [{column: row[column] for column in (identifier, *shown)} for row in rows]
        shipped[name] = [_asked({column: cell for column, cell in row.items() if column not in hidden}) for row in rows]
    return shipped, keys


def _asked(row: Row) -> Row:
    """Leave a classroom case's stage open."""
    return {**row, "stage": ""} if row.get("classroom_case") == "true" else row

"""The report on an assignment: how the class did, which tasks are hard or unclear, and who is stuck."""

from __future__ import annotations

from pathlib import Path

from siru_course._files import replace_file
from siru_course.language import in_language

from ._analysis import COMMON, Analysis, analyse
from ._csv import table
from ._report_page import page
from ._scores import class_folder


def report(folder: Path, assignment: str, to: Path | None = None, csv: bool = False) -> Path:
    """Write the report on an assignment as one page, in the class's language.

    Parameters
    ----------
    folder
        The class directory.
    assignment
        Which assignment.
    to
        The page to write, or the folder for ``report.html``; in ``.siru/reports`` of the class directory when left
        out.
    csv
        Whether to write ``items.csv`` and ``students.csv`` beside the page.

    Returns
    -------
    pathlib.Path
        The page.

    Raises
    ------
    ValueError
        If the folder is no class directory, or nothing of the assignment has been graded.
    """
    folder, code = class_folder(folder)
    found = analyse(folder, assignment)
    path = to or folder / ".siru" / "reports" / found.assignment
    path = path if path.suffix == ".html" else path / "report.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    with in_language(code):
        if csv:
            replace_file(path.with_name("items.csv"), _items_csv(found))
            replace_file(path.with_name("students.csv"), _students_csv(found))
        replace_file(path, page(found).encode())
    return path


def _items_csv(found: Analysis) -> bytes:
    head = ["notebook", "cell", "task", "points", "n", "difficulty", "discrimination", "untouched"]
    head += [f"{what}_{place}" for place in range(1, COMMON + 1) for what in ("message", "students")]
    rows: list[list[object]] = [[*head]]
    for item in found.items:
        row: list[object] = [*item.task.key, item.task.title, item.points, item.n]
        row += [_rounded(item.difficulty), _rounded(item.discrimination), item.untouched]
        rows.append(row + [part for said, count, _hidden in item.common for part in (str(said), count)])
    return table(rows)


def _students_csv(found: Analysis) -> bytes:
    stuck = {one.student.student: one for one in found.stuck}
    keys = [item.task.key for item in found.items]
    rows: list[list[object]] = [
        ["student", "name", "score", "needs_marking", "flagged", "stuck", "untouched", *(key[1] for key in keys)]
    ]
    for scored in found.graded:
        one = stuck.get(scored.student)
        untouched = " ".join(task.key[1] for task in one.untouched) if one else ""
        row: list[object] = [scored.student, scored.name, scored.score, scored.to_mark, scored.flagged, bool(one)]
        rows.append([*row, untouched, *(scored.points.get(key) for key in keys)])
    return table(rows)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)

"""What an answer does to the course's own modules is told to the teacher, whatever the theme."""

from __future__ import annotations

import nbformat
import pytest

from siru_course import classroom
from siru_course.classroom._execute import _about_code
from siru_course.language import use_language

CHEAT = {"dialogue": "dialogue.tally = lambda *a: None", "facilitation": "facilitation.Agenda.check = lambda a: None"}


def with_answer(path: str, code: str) -> nbformat.NotebookNode:
    book = nbformat.read(path, as_version=4)
    answer = next(
        cell for cell in book.cells if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    )
    answer.source = code
    return book


@pytest.mark.parametrize("name", sorted(CHEAT))
def test_a_function_of_the_theme_that_is_replaced_is_told(name: str) -> None:
    use_language("en")
    (folder,) = (classroom.EXERCISES / "en").glob(f"*-{name}")
    (found,) = _about_code(with_answer(str(folder / f"{name}.ipynb"), CHEAT[name]))
    assert CHEAT[name].partition(" ")[0] in found


def test_a_variable_that_is_called_like_another_theme_is_no_sign() -> None:
    """Mapping is a theme, but not this one: here it is a learner's table."""
    (folder,) = (classroom.EXERCISES / "en").glob("*-facilitation")
    assert _about_code(with_answer(str(folder / "facilitation.ipynb"), "mapping = methods\nmapping.columns = []")) == []

"""A class of made-up students goes through everything in one command."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from siru_course.classroom.demo import demo
from siru_course.classroom.marking import marking
from siru_course.classroom.sandbox import unavailable

from ..conftest import missing


@pytest.mark.slow
def test_everybody_is_graded_and_every_page_is_there(tmp_path: Path) -> None:
    if reason := unavailable():
        missing(reason)
    steps: list[str] = []
    made = demo(tmp_path / "class", "sv", students=4, tell=steps.append)
    assert (made.students, made.graded) == (4, 4)
    assert all(path.stat().st_size > 100 for _what, path in made.pages)
    assert len({*steps}) >= 5
    assert len([*made.folder.glob("feedback/*/05-dialogue/*.html")]) == 4
    # There is something to mark, and until then the files hold the points so far.
    work = marking(made.folder, "dialogue")
    assert all(work.first(task) for task in work.tasks)
    books = [nbformat.read(path, as_version=4) for path in made.folder.glob("submitted/*/05-dialogue/*.ipynb")]
    texts = {cell.source for book in books for cell in book.cells if cell.cell_type == "markdown"}
    assert [text for text in texts if "Skriv ditt svar här" in text and len(text) > 100] == []
    canvas, moodle, plain = (path.read_text(encoding="utf-8-sig") for _what, path in made.pages[-3:])
    assert re.findall(r"(?m)^\"\d\d, .*,([1-9]\d*(?:\.\d+)?)$", canvas)
    assert len(moodle.splitlines()) == 1 + 4
    assert plain.count(",yes,") == 4
    shutil.rmtree(made.folder)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="is not empty"):
        demo(tmp_path, "en")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]

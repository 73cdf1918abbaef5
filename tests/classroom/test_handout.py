"""What is handed out: complete, the same every time, and without a byte of what is hidden."""

from __future__ import annotations

import base64
import json
import re
import shutil
import zipfile
from pathlib import Path

import nbformat
import pytest

from siru_course import classroom
from siru_course.classroom.handout import Handout, handout
from siru_course.language import LANGUAGES

ASSIGNMENT = "05-dialogue"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=LANGUAGES)
def handed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Handout]:
    folder = tmp_path_factory.mktemp(request.param) / "class"
    classroom.new(folder, request.param, ["dialogue"])
    return request.param, folder, handout(folder, "dialogue")


def hidden_lines(source: Path) -> set[str]:
    """Take the lines of more than 12 characters that stand only in answers, hidden tests and mark schemes."""
    text: dict[str, list[str]] = {"in": [], "out": []}
    for cell in nbformat.read(source, as_version=4).cells:
        marked = re.split(r"(?m)^.*(?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS|MARK SCHEME).*$", cell.source)
        for place, part in enumerate(marked):
            text["in" if place % 2 else "out"] += [line.strip() for line in part.splitlines()]
    open_ = "\n".join(text["out"])
    return {line for line in text["in"] if len(line) > 12 and line not in open_}


def forms(line: str) -> set[bytes]:
    """Give the ways in which a line could stand in a file: plain, as JSON, and in base64 at any offset."""
    plain = [line, json.dumps(line)[1:-1], json.dumps(line, ensure_ascii=False)[1:-1]]
    encoded = [part.encode(code) for part in plain for code in ("utf-8", "utf-16-le")]
    for offset in range(3):
        # What lies at the edges depends on the neighbours; the middle does not.
        code = base64.b64encode(b"\0" * offset + line.encode())
        encoded.append(code[4:-4])
    return set(encoded)


def contents(given: Handout) -> dict[str, bytes]:
    found = {str(path): path.read_bytes() for path in given.folder.rglob("*") if path.is_file()}
    with zipfile.ZipFile(given.archive) as archive:
        found |= {f"zip: {name}": archive.read(name) for name in archive.namelist()}
        # Names, comments and everything else that is not packed.
        found["zip"] = given.archive.read_bytes()
    return found


def test_no_byte_of_a_solution_hidden_test_or_mark_scheme_is_handed_out(handed: tuple[str, Path, Handout]) -> None:
    _code, folder, given = handed
    lines = hidden_lines(folder / "source" / ASSIGNMENT / "dialogue.ipynb")
    assert len(lines) > 100
    files = contents(given)
    assert [
        (name, line) for line in lines for form in forms(line) for name, text in files.items() if form in text
    ] == []
    marks = [b"BEGIN SOLUTION", b"BEGIN HIDDEN TESTS", b"BEGIN MARK SCHEME"]
    assert [(name, sign) for name, text in files.items() for sign in marks if sign in text] == []


def test_the_search_finds_a_line_in_every_form_it_knows(handed: tuple[str, Path, Handout]) -> None:
    line = sorted(hidden_lines(handed[1] / "source" / ASSIGNMENT / "dialogue.ipynb"))[0]
    for text in (line, json.dumps({"a": line}), base64.b64encode(f"xy{line}z".encode()).decode()):
        assert any(form in text.encode() for form in forms(line))


def test_the_folder_and_the_zip_hold_the_notebook_and_the_how_to(handed: tuple[str, Path, Handout]) -> None:
    _code, folder, given = handed
    assert sorted(path.name for path in given.folder.iterdir()) == ["README.html", "dialogue.ipynb"]
    with zipfile.ZipFile(given.archive) as archive:
        assert archive.namelist() == [f"{ASSIGNMENT}/README.html", f"{ASSIGNMENT}/dialogue.ipynb"]
        for name in archive.namelist():
            assert archive.read(name) == (given.folder.parent / name).read_bytes()
    assert (given.folder / "dialogue.ipynb").read_bytes() == (
        folder / "release" / ASSIGNMENT / "dialogue.ipynb"
    ).read_bytes()


def test_the_how_to_is_in_the_class_s_language_and_has_no_script(handed: tuple[str, Path, Handout]) -> None:
    code, _folder, given = handed
    page = (given.folder / "README.html").read_text(encoding="utf-8")
    assert f'<html lang="{code}">' in page
    for heading in {
        "en": ["Open", "Answer", "Check", "Hand in", "When you are stuck"],
        "sv": ["Öppna", "Svara", "Kontrollera", "Lämna in", "När du kör fast"],
    }[code]:
        assert f"<h2>{heading}</h2>" in page
    assert "<code>dialogue.ipynb</code>" in page
    assert "<script" not in page
    assert 'name="viewport"' in page


def test_the_same_source_gives_the_same_zip(handed: tuple[str, Path, Handout], tmp_path: Path) -> None:
    code, folder, given = handed
    before = given.archive.read_bytes()
    assert handout(folder, "dialogue").archive.read_bytes() == before
    classroom.new(tmp_path / "another", code, ["dialogue"])
    assert handout(tmp_path / "another", "dialogue", tmp_path / "out").archive.read_bytes() == before


ANSWER = 'answer = rows.count("the secret word")'


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Make a class with an exercise of two cells, which reads a file and has more beside it."""
    folder = tmp_path / "class"
    classroom.new(folder, "en", ["dialogue"])
    place = folder / "source" / "small"
    place.mkdir()
    book = nbformat.v4.new_notebook()
    solution = {"schema_version": 3, "grade_id": "answer", "grade": False, "solution": True, "locked": False}
    book.cells = [
        nbformat.v4.new_markdown_cell("# A small one\n\n![Map](pictures/map.png)"),
        nbformat.v4.new_code_cell(
            f'rows = open("data/rows.csv").read()\n### BEGIN SOLUTION\n{ANSWER}\n### END SOLUTION',
            metadata={"nbgrader": {**solution, "task": False}},
        ),
    ]
    nbformat.write(book, place / "small.ipynb")
    for name, text in {
        "data/rows.csv": "a,b\n1,2\n",
        "pictures/map.png": "picture",
        "teacher.md": "for the teacher",
        "data/key.csv": "the key",
    }.items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    return folder


def test_only_files_that_the_notebook_names_go_with_it(small: Path) -> None:
    given = handout(small, "small")
    names = sorted(path.relative_to(given.folder).as_posix() for path in given.folder.rglob("*") if path.is_file())
    assert names == ["README.html", "data/rows.csv", "pictures/map.png", "small.ipynb"]


@pytest.mark.parametrize(
    "leak",
    [ANSWER, json.dumps({"note": ANSWER}), base64.b64encode(ANSWER.encode()).decode()],
    ids=["plain", "json", "base64"],
)
def test_a_file_that_gives_the_answer_away_is_not_handed_out(small: Path, leak: str) -> None:
    (small / "source" / "small" / "data" / "rows.csv").write_text(f"x\n{leak}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"rows\.csv holds a line that learners must not see"):
        handout(small, "small")
    assert not (small / "handout").exists()


def test_what_is_not_a_handout_is_never_replaced(small: Path, tmp_path: Path) -> None:
    own = tmp_path / "out" / "small" / "small.ipynb"
    own.parent.mkdir(parents=True)
    own.write_text("my work", encoding="utf-8")
    with pytest.raises(ValueError, match="holds something else"):
        handout(small, "small", tmp_path / "out")
    assert own.read_text(encoding="utf-8") == "my work"
    given = handout(small, "small", tmp_path / "other")
    (given.folder / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match=r"mine\.txt"):
        handout(small, "small", tmp_path / "other")
    assert (given.folder / "mine.txt").exists()


def test_a_new_handout_takes_the_place_of_the_old_one(small: Path) -> None:
    handout(small, "small")
    (small / "source" / "small" / "data" / "rows.csv").write_text("changed\n", encoding="utf-8")
    given = handout(small, "small")
    assert (given.folder / "data" / "rows.csv").read_text(encoding="utf-8") == "changed\n"
    assert sorted(path.name for path in given.folder.parent.iterdir()) == ["small", "small.zip"]


def test_an_unknown_exercise_and_a_folder_that_is_no_class_are_told(small: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no exercise called 'nothing'"):
        handout(small, "nothing")
    shutil.rmtree(small / "source")
    with pytest.raises(ValueError, match="is not a class directory"):
        handout(tmp_path, "small")

"""``siru check`` finds each kind of fault when it is planted in a copy of the course, and nothing in the course."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from siru_course import upkeep
from siru_course.upkeep import twins
from siru_course.upkeep.base import DERIVED

ROOT = Path(__file__).parents[2]
CHAPTER = "book/en/meet/dialogue.md"
TWIN = "book/sv/meet/dialogue.md"
NOTEBOOK = "exercises/en/05-dialogue/dialogue.ipynb"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of everything that the checks read; what is derived may be in the making beside this test."""
    for name in ("book", "exercises", "data"):
        ignore = shutil.ignore_patterns("*.mo", "__pycache__", *DERIVED)
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignore)
    for name in ("siru_course", "tests"):
        (tmp_path / name).mkdir()
        for path in (ROOT / name).glob("*.py"):
            shutil.copy(path, tmp_path / name)
    return tmp_path


def found(course: Path, kind: str) -> list[upkeep.Finding]:
    return list(upkeep.KINDS[kind](course))


def edit(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert before != after, "the fault was not planted"
    path.write_text(after, encoding="utf-8")


def edit_notebook(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    book = json.loads(path.read_text(encoding="utf-8"))
    change(book)
    path.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")


def graded(book: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in book["cells"] if cell["metadata"].get("nbgrader", {}).get("grade")]


def test_nothing_is_found_in_the_course() -> None:
    assert [str(finding) for finding in upkeep.check()] == []


def test_a_finding_names_file_and_line_and_what_to_do(course: Path) -> None:
    edit(course / CHAPTER, lambda text: text + "\nSee {ref}`nowhere-at-all`.\n")
    last = len((course / CHAPTER).read_text(encoding="utf-8").splitlines())
    assert str(found(course, "links")[0]) == f"{CHAPTER}:{last}: The link to 'nowhere-at-all' leads nowhere. [links]"


class TestTwins:
    def test_a_page_without_a_twin(self, course: Path) -> None:
        (course / TWIN).unlink()
        assert [finding.file for finding in found(course, "twins")] == [CHAPTER]

    def test_a_heading_more(self, course: Path) -> None:
        edit(course / TWIN, lambda text: text + "\n## Ännu en rubrik\n")
        assert any(finding.file == TWIN and "headings" in finding.message for finding in found(course, "twins"))

    def test_another_right_answer_in_a_quiz(self, course: Path) -> None:
        edit(course / TWIN, lambda text: text.replace("- [ ]", "- [x]", 1))
        assert any("quiz" in finding.message for finding in found(course, "twins"))

    def test_another_order_in_the_table_of_contents(self, course: Path) -> None:
        edit(course / "book/sv/_toc.yml", lambda text: text.replace("file: learn", "file: facilitate_", 1))
        assert any("_toc.yml" in finding.file for finding in found(course, "twins"))

    def test_a_cell_with_other_points(self, course: Path) -> None:
        def change(book: dict[str, Any]) -> None:
            graded(book)[0]["metadata"]["nbgrader"]["points"] = 99

        edit_notebook(course / NOTEBOOK.replace("/en/", "/sv/"), change)
        assert any("cells" in finding.message for finding in found(course, "twins"))


class TestCells:
    def test_another_number_in_the_code_of_a_page(self, course: Path) -> None:
        edit(course / TWIN, lambda text: text.replace("rounds=3", "rounds=4", 1))
        assert [finding.file for finding in found(course, "cells")] == [TWIN]

    def test_other_words_are_no_fault(self, course: Path) -> None:
        cell = "\n```{code-cell} ipython3\nprint('%s')  # %s\n```\n"
        edit(course / CHAPTER, lambda text: text + cell % ("Table", "one"))
        edit(course / TWIN, lambda text: text + cell % ("Bord", "ett"))
        assert found(course, "cells") == []


class TestStale:
    def test_an_original_that_has_changed(self, course: Path) -> None:
        edit(course / CHAPTER, lambda text: text.replace("meeting", "gathering", 1))
        assert [finding.file for finding in found(course, "stale")] == [TWIN]

    def test_accepting_a_translation_settles_it(self, course: Path) -> None:
        edit(course / CHAPTER, lambda text: text.replace("meeting", "gathering", 1))
        twins.accept(course / TWIN, course)
        assert found(course, "stale") == []

    def test_an_exercise_that_has_changed(self, course: Path) -> None:
        edit_notebook(course / NOTEBOOK, lambda book: book["cells"][0].update(source=["# Changed"]))
        assert [finding.file for finding in found(course, "stale")] == [NOTEBOOK.replace("/en/", "/sv/")]

    def test_only_a_translation_can_be_accepted(self, course: Path) -> None:
        with pytest.raises(ValueError, match="not the translation"):
            twins.accept(course / CHAPTER, course)


class TestIds:
    def test_an_id_used_twice(self, course: Path) -> None:
        def change(book: dict[str, Any]) -> None:
            first, second = graded(book)[:2]
            second["metadata"]["nbgrader"]["grade_id"] = first["metadata"]["nbgrader"]["grade_id"]

        edit_notebook(course / NOTEBOOK, change)
        assert ["used twice" in finding.message for finding in found(course, "ids")] == [True]

    def test_an_id_that_says_nothing(self, course: Path) -> None:
        def change(book: dict[str, Any]) -> None:
            graded(book)[0]["metadata"]["nbgrader"]["grade_id"] = "cell-3f9a01bc77de"

        edit_notebook(course / NOTEBOOK, change)
        assert ["says nothing" in finding.message for finding in found(course, "ids")] == [True]


class TestPoints:
    def test_a_heading_that_shows_other_points(self, course: Path) -> None:
        def change(book: dict[str, Any]) -> None:
            for cell in book["cells"]:
                text = "".join(cell["source"])
                if "points)" in text:
                    cell["source"] = [re.sub(r"\(\d+ points\)", "(3 points)", text, count=1)]
                    return

        edit_notebook(course / NOTEBOOK, change)
        assert any("shows 3 points" in finding.message for finding in found(course, "points"))

    def test_a_total_that_is_not_a_hundred(self, course: Path) -> None:
        edit_notebook(course / NOTEBOOK, lambda book: book["cells"].remove(graded(book)[-1]))
        assert any("add up to" in finding.message for finding in found(course, "points"))


class TestRooms:
    @pytest.mark.parametrize(
        "room",
        [
            "siru_course/dialogue.py",
            "tests/test_dialogue.py",
            "exercises/answers/05-dialogue/answers.yml",
            "book/sv/handouts/dialogue.md",
            "exercises/sv/05-dialogue/dialogue.ipynb",
        ],
    )
    def test_a_room_that_is_missing(self, course: Path, room: str) -> None:
        (course / room).unlink()
        assert len(found(course, "rooms")) == 1

    def test_a_theme_without_functions_needs_no_module(self, course: Path) -> None:
        place = course / "exercises/en/01-social-innovation/social-innovation.ipynb"
        place.parent.mkdir(parents=True)
        shutil.copy(course / "exercises/en/05-dialogue/dialogue.ipynb", place)
        rooms = [finding.message for finding in found(course, "rooms")]
        assert any("book/en/*/social-innovation.md" in message for message in rooms)
        assert not any("social_innovation.py" in message for message in rooms)

    @pytest.mark.parametrize("folder", ["package", "data"])
    def test_a_page_that_the_build_makes_is_no_chapter(self, course: Path, folder: str) -> None:
        (course / CHAPTER).unlink()
        made = course / "book/en" / folder / "dialogue.md"
        made.parent.mkdir(exist_ok=True)
        made.write_text("# dialogue\n", encoding="utf-8")
        assert len(found(course, "rooms")) == 1

    def test_a_theme_without_data(self, course: Path) -> None:
        edit(course / "data/datapackage.json", lambda text: text.replace('"dialogue"', '"elsewhere"'))
        assert any("names the theme dialogue" in finding.message for finding in found(course, "rooms"))


def test_dictionary_a_column_that_is_not_described(course: Path) -> None:
    edit(course / "data/ballots.csv", lambda text: text.replace("ballot_id", "ballot_number", 1))
    assert any(finding.file == "data/ballots.csv" for finding in found(course, "dictionary"))


class TestTerms:
    def test_a_term_that_the_glossary_lacks(self, course: Path) -> None:
        edit(course / TWIN, lambda text: text + "\n{term}`påhittsord`\n")
        assert [finding.file for finding in found(course, "terms")] == [TWIN]

    def test_a_definition_that_is_missing(self, course: Path) -> None:
        edit(course / "book/glossary.csv", lambda text: text + "new word,nytt ord,A new word.,\n")
        assert ["missing in sv" in finding.message for finding in found(course, "terms")] == [True]


def test_references_a_source_that_is_not_in_the_bibliography(course: Path) -> None:
    edit(course / CHAPTER, lambda text: text + "\n{cite:p}`nobody1900`\n")
    assert ["nobody1900" in finding.message for finding in found(course, "references")] == [True]


class TestAlternatives:
    def test_an_image_without_a_text(self, course: Path) -> None:
        edit(course / CHAPTER, lambda text: text + "\n![](picture.svg)\n")
        assert [finding.file for finding in found(course, "alternatives")] == [CHAPTER]

    def test_a_chart_without_a_text(self, course: Path) -> None:
        cell = "\n```{code-cell} ipython3\nalt.Chart(frame).mark_bar().encode(x='a')\n```\n"
        edit(course / CHAPTER, lambda text: text + cell)
        assert [finding.file for finding in found(course, "alternatives")] == [CHAPTER]


class TestLinks:
    def test_a_page_that_does_not_exist(self, course: Path) -> None:
        edit(course / CHAPTER, lambda text: text + "\n{doc}`/handouts/nothing`\n")
        assert [finding.file for finding in found(course, "links")] == [CHAPTER]

    def test_a_markdown_link_to_a_file_that_does_not_exist(self, course: Path) -> None:
        edit(course / CHAPTER, lambda text: text + "\n[here](nothing.md)\n")
        assert [finding.file for finding in found(course, "links")] == [CHAPTER]


class TestMinutes:
    def test_a_chapter_that_does_not_state_them(self, course: Path) -> None:
        edit(course / CHAPTER, lambda text: text.replace("{minutes}`read`", "an hour"))
        assert ["minutes to read" in finding.message for finding in found(course, "minutes")] == [True]

    def test_a_run_sheet_whose_times_do_not_follow(self, course: Path) -> None:
        edit(course / CHAPTER, lambda text: re.sub(r"(\* - 13\.00\n  - )\d+", r"\g<1>7", text))
        assert any("Row 1 of the run sheet ends at 13.07" in finding.message for finding in found(course, "minutes"))

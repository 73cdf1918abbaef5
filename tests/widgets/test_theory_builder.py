"""The theory builder, driven as a user drives it: fill in, press, read."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

from siru_course import data
from siru_course.language import in_language, use_language
from siru_course.theory_of_change import Theory
from siru_course.widgets import _saved
from siru_course.widgets.theory_builder import TheoryBuilder, theory_builder

NODES, LINKS = data.load("brobygget_theory_nodes"), data.load("brobygget_theory_links")


def version(name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    return NODES[NODES["version"] == name], LINKS[LINKS["version"] == name]


def add_step(tool: TheoryBuilder, level: str, label: str, indicator: str = "") -> None:
    tool.step.value = ""
    tool.level.value, tool.label.value, tool.indicator.value = level, label, indicator
    tool.step_button.click()


def add_link(tool: TheoryBuilder, start: str, end: str, because: str = "so", assumption: str = "if") -> None:
    tool.link.value = ""
    tool.start.value, tool.end.value = start, end
    tool.because.value, tool.assumption.value = because, assumption
    tool.link_button.click()


def build(tool: TheoryBuilder) -> None:
    add_step(tool, "activity", "Mentors meet participants")
    add_step(tool, "output", "Pairs have met ten times")
    add_step(tool, "outcome_short", "Participants know more people", "People to ask")
    add_link(tool, "S01", "S02", "they meet every other week", "mentors stay")
    add_link(tool, "S02", "S03", "mentors introduce friends", "")


def rules(tool: TheoryBuilder) -> list[str]:
    assert tool.theory is not None
    return list(tool.theory.check()["rule"])


def saved(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def controls(box: Any) -> Iterator[Any]:
    for child in box.children:
        if hasattr(child, "children"):
            yield from controls(child)
        elif type(child).__name__ != "HTML":
            yield child


@pytest.fixture
def tool() -> TheoryBuilder:
    made = theory_builder()
    build(made)
    return made


class TestControls:
    @pytest.mark.parametrize("code", ["en", "sv"])
    def test_each_control_has_a_label_of_its_own_and_a_tooltip(self, code: str) -> None:
        with in_language(code):
            found = list(controls(theory_builder(*version("good"))))
        assert all(control.description and control.tooltip for control in found)
        assert max(Counter(control.description for control in found).values()) == 1

    def test_the_status_line_is_announced(self, tool: TheoryBuilder) -> None:
        assert re.match(r'<div role="status" lang="en">\S', tool.status.value)
        assert tool.status in tool.children

    def test_it_keeps_the_language_it_was_made_in(self) -> None:
        with in_language("sv"):
            swedish = theory_builder(*version("good"))
        use_language("en")
        add_step(swedish, "impact", "Nytt mål")
        assert swedish.message.startswith("Steget är tillagt.")
        assert "Vägen från utanförskap" in swedish.text
        assert not re.search("Impact|arrow|Error", swedish.result.value + swedish.text)


class TestSteps:
    def test_an_empty_tool_says_how_to_begin(self) -> None:
        assert theory_builder().message == "Write a step, choose its level, and save it."

    def test_steps_and_arrows_make_a_theory(self, tool: TheoryBuilder) -> None:
        assert tool.theory is not None
        assert tool.theory.nodes["node_id"].tolist() == ["S01", "S02", "S03"]
        assert list(zip(tool.theory.links["from"], tool.theory.links["to"], strict=True)) == [
            ("S01", "S02"),
            ("S02", "S03"),
        ]
        assert rules(tool) == ["no_assumption"]
        assert tool.message == "The arrow is added. The check finds 0 errors and 1 thing to do."

    def test_the_form_is_empty_for_the_next_step_and_keeps_the_level(self, tool: TheoryBuilder) -> None:
        assert (tool.label.value, tool.indicator.value, tool.step.value) == ("", "", "")
        assert tool.level.value == "outcome_short"
        assert (tool.because.value, tool.assumption.value, tool.start.value) == ("", "", "")

    def test_a_step_can_be_renamed_and_moved(self, tool: TheoryBuilder) -> None:
        tool.step.value = "S03"
        assert (tool.level.value, tool.label.value, tool.indicator.value) == (
            "outcome_short",
            "Participants know more people",
            "People to ask",
        )
        tool.level.value, tool.label.value = "outcome_medium", "Participants have work"
        tool.step_button.click()
        assert tool.message.startswith("The step is changed.")
        assert len(tool.draft.steps) == 3
        assert "Participants have work" in tool.text
        assert "know more people" not in tool.text
        assert len(tool.draft.links) == 2

    def test_a_removed_step_takes_its_arrows_along_and_undo_brings_both_back(self, tool: TheoryBuilder) -> None:
        tool.step.value = "S02"
        tool.drop_step_button.click()
        assert tool.message.startswith("S02 is removed, and 2 arrows with it.")
        assert rules(tool) == ["orphan", "orphan"]
        assert "S02" not in [value for _words, value in tool.start.options]
        tool.undo_button.click()
        assert len(tool.draft.steps) == 3
        assert len(tool.draft.links) == 2

    def test_an_id_that_is_free_is_used_again(self, tool: TheoryBuilder) -> None:
        tool.step.value = "S02"
        tool.drop_step_button.click()
        add_step(tool, "output", "Another")
        assert sorted(step["node_id"] for step in tool.draft.steps) == ["S01", "S02", "S03"]

    def test_an_arrow_can_be_changed_and_removed(self, tool: TheoryBuilder) -> None:
        tool.link.value = ("S02", "S03")
        assert tool.because.value == "mentors introduce friends"
        tool.assumption.value = "mentors know people"
        tool.link_button.click()
        assert rules(tool) == []
        assert "The check finds nothing wrong." in tool.message
        tool.link.value = ("S01", "S02")
        tool.drop_link_button.click()
        assert rules(tool) == ["orphan", "no_source"]
        assert "S01 → S02 is removed" in tool.message

    def test_the_check_is_live(self, tool: TheoryBuilder) -> None:
        add_step(tool, "impact", "The road is shorter")
        assert "No arrow leads to or from S04" in tool.result.value
        add_link(tool, "S03", "S04")
        assert "No arrow leads" not in tool.result.value
        add_link(tool, "S04", "S01")
        assert "round in a circle: S01" in unescape(tool.result.value)

    @pytest.mark.parametrize(
        ("level", "label", "words"),
        [
            ("", "Something", "Choose a level"),
            ("impact", "  ", "Write what"),
            ("output", "Pairs have met ten times", "S02"),
        ],
    )
    def test_a_bad_step_is_told_and_what_was_typed_stays(
        self, tool: TheoryBuilder, level: str, label: str, words: str
    ) -> None:
        add_step(tool, level, label, "an indicator")
        assert words in tool.message
        assert (tool.level.value, tool.label.value, tool.indicator.value) == (level, label, "an indicator")
        assert len(tool.draft.steps) == 3
        with in_language("sv"):
            swedish = theory_builder()
        build(swedish)
        add_step(swedish, level, label)
        assert swedish.message.split()[0] in ("Välj", "Skriv", "S02")

    @pytest.mark.parametrize(
        ("start", "end", "words"),
        [("", "S01", "Choose the step"), ("S01", "S01", "two different"), ("S01", "S02", "already")],
    )
    def test_a_bad_arrow_is_told_and_what_was_typed_stays(
        self, tool: TheoryBuilder, start: str, end: str, words: str
    ) -> None:
        add_link(tool, start, end, "because I say so", "nobody asks")
        assert words in tool.message
        assert (tool.start.value, tool.end.value) == (start, end)
        assert (tool.because.value, tool.assumption.value) == ("because I say so", "nobody asks")
        assert len(tool.draft.links) == 2

    def test_removing_nothing_and_undoing_nothing_are_told(self) -> None:
        tool = theory_builder()
        tool.drop_step_button.click()
        assert "Choose the step to remove under Step." in tool.message
        tool.drop_link_button.click()
        assert "Choose the arrow to remove under Arrow." in tool.message
        tool.undo_button.click()
        assert "no change to take back" in tool.message

    def test_a_theory_given_is_shown_and_left_as_it_was(self) -> None:
        nodes, links = version("flawed")
        before = nodes.copy(), links.copy()
        tool = theory_builder(nodes, links)
        assert sorted(rules(tool)) == ["cycle", "leap", "no_assumption", "no_indicator", "orphan"]
        tool.step.value = "B19"
        tool.drop_step_button.click()
        assert "orphan" not in rules(tool)
        pd.testing.assert_frame_equal(nodes, before[0])
        pd.testing.assert_frame_equal(links, before[1])

    def test_what_is_no_theory_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="several versions"):
            theory_builder(NODES, LINKS)
        with pytest.raises(ValueError, match="without nodes"):
            theory_builder(links=LINKS)


class TestResult:
    def test_what_was_typed_is_shown_as_text(self) -> None:
        tool = theory_builder()
        add_step(tool, "activity", '<b>x</b> "y"', "<i>z</i>")
        add_step(tool, "output", "<u>w</u>")
        add_link(tool, "S01", "S02", "<script>1</script>", "<em>2</em>")
        assert not re.search(r"<(b|i|u|em|script)>", tool.result.value)
        assert "<b>x</b>" in unescape(tool.result.value)

    def test_the_picture_is_whole_and_described(self, tool: TheoryBuilder) -> None:
        drawn = re.search(r"<svg.*</svg>", tool.result.value)
        assert drawn
        picture = ElementTree.fromstring(drawn[0])
        assert picture.get("role") == "img"
        assert "S02 Pairs have met ten times, which leads to S03" in picture.get("aria-label", "")
        assert {"S01", "S02", "S03"} <= {text.text for text in picture.findall(".//{*}text")}
        assert len(picture.findall(".//{*}polyline")) == 2

    def test_the_page_without_a_kernel_has_the_same(self, tool: TheoryBuilder) -> None:
        bundle = tool._repr_mimebundle_()
        assert "<svg" in bundle["text/html"]
        assert "S02 → S03" in bundle["text/html"]
        assert "in the notebook" in bundle["text/plain"]
        assert "To do: The arrow S02 → S03 has no assumption." in bundle["text/plain"]
        assert "S03 Participants know more people" in bundle["text/plain"]
        assert not re.search(r"<script|on\w+=", bundle["text/html"])

    def test_the_arrows_are_listed_in_words(self, tool: TheoryBuilder) -> None:
        said = unescape(tool.result.value)
        assert "Mentors meet participants leads to Pairs have met ten times, because they meet every other week" in said
        assert "Assumption: mentors stay" in said


class TestCopies:
    @pytest.mark.parametrize("name", ["t.mmd", "t.dot", "t.svg", "t.csv"])
    def test_a_copy_is_written_by_its_ending(self, tool: TheoryBuilder, tmp_path: Path, name: str) -> None:
        tool.file_name.value = str(tmp_path / name)
        tool.copy_button.click()
        assert str(tmp_path / name) in tool.message
        content = (tmp_path / name).read_text(encoding="utf-8-sig")
        assert tool.theory is not None
        expected = {"t.mmd": tool.theory.to_mermaid(), "t.dot": tool.theory.to_dot()}
        assert content == expected.get(name, content)
        assert "Mentors meet" in content or name == "t.svg"
        tool.copy_button.click()
        assert "A copy is in" in tool.message

    def test_a_csv_copy_can_be_continued(self, tool: TheoryBuilder, tmp_path: Path) -> None:
        tool.file_name.value = str(tmp_path / "t.csv")
        tool.copy_button.click()
        again = theory_builder(save_to=tmp_path / "t.csv")
        assert again.text == tool.text

    def test_no_other_file_is_written_over(self, tool: TheoryBuilder, tmp_path: Path) -> None:
        (tmp_path / "mine.dot").write_text("mine", encoding="utf-8")
        tool.file_name.value = str(tmp_path / "mine.dot")
        tool.copy_button.click()
        assert "already" in tool.message
        assert (tmp_path / "mine.dot").read_text(encoding="utf-8") == "mine"

    @pytest.mark.parametrize(
        ("name", "words"), [("t.docx", "end with one of .mmd, .dot, .svg, .csv"), ("nowhere/t.dot", "could not be")]
    )
    def test_a_bad_name_is_told(self, tool: TheoryBuilder, tmp_path: Path, name: str, words: str) -> None:
        tool.file_name.value = str(tmp_path / name)
        tool.copy_button.click()
        assert words in tool.message
        assert os.listdir(tmp_path) == []

    def test_there_must_be_something_to_copy(self) -> None:
        tool = theory_builder()
        tool.copy_button.click()
        assert tool.message == "There is no step yet."


class TestSaving:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "förändring.csv"

    def test_every_change_is_in_the_file_when_it_is_made(self, path: Path) -> None:
        tool = theory_builder(save_to=path)
        add_step(tool, "activity", "Mentors meet participants")
        assert [row["label"] for row in saved(path)] == ["Mentors meet participants"]
        assert str(path) in tool.message
        add_step(tool, "output", "Pairs have met")
        add_link(tool, "S01", "S02")
        assert [row["kind"] for row in saved(path)] == ["step", "step", "link"]
        assert saved(path)[2]["assumption"] == "if"
        tool.step.value = "S02"
        tool.label.value = "Pairs have met ten times"
        tool.step_button.click()
        assert saved(path)[1]["label"] == "Pairs have met ten times"
        tool.step.value = "S02"
        tool.drop_step_button.click()
        assert len(saved(path)) == 1
        tool.undo_button.click()
        assert len(saved(path)) == 3
        assert os.listdir(path.parent) == [path.name]

    def test_it_continues_from_the_file(self, path: Path) -> None:
        first = theory_builder(save_to=path)
        build(first)
        second = theory_builder(save_to=path)
        assert f"The theory in {path} is continued." in second.message
        assert second.text == first.text
        add_step(second, "impact", "The road is shorter")
        assert len(saved(path)) == 6

    def test_a_theory_given_is_saved_and_then_the_file_counts(self, path: Path) -> None:
        theory_builder(*version("good"), save_to=path)
        assert len(saved(path)) == 39
        again = theory_builder(*version("flawed"), save_to=path)
        assert "not used" in again.message
        assert rules(again) == []

    def test_nothing_is_lost_when_the_kernel_is_killed(self, path: Path) -> None:
        code = (
            "import time\nfrom siru_course.widgets.theory_builder import theory_builder\n"
            f"tool = theory_builder(save_to={str(path)!r})\n"
            "for label in ['one', 'two']:\n"
            "    tool.level.value, tool.label.value = 'impact', label\n    tool.step_button.click()\n"
            "print('in', flush=True)\ntime.sleep(60)\n"
        )
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait()
        process.stdout.close()
        again = theory_builder(save_to=path)
        assert [step["label"] for step in again.draft.steps] == ["one", "two"]

    def test_another_window_s_work_is_not_written_over(self, path: Path) -> None:
        first = theory_builder(save_to=path)
        build(first)
        second = theory_builder(save_to=path)
        add_step(second, "impact", "Theirs")
        add_step(first, "impact", "Mine")
        assert "changed elsewhere" in first.message
        assert "Theirs" in path.read_text(encoding="utf-8")
        assert "Mine" in first.text

    @pytest.mark.parametrize(
        "content",
        [
            "name,age\nAda,3\n",
            "kind,node_id,level,label,indicator,from,to,because,assumption\nstep,A,goal,x,,,,,\n",
            "kind,node_id,level,label,indicator,from,to,because,assumption\nlink,,,,,A,B,,\n",
            "kind,node_id,level,label,indicator,from,to,because,assumption\nnote,A,impact,x,,,,,\n",
        ],
    )
    def test_a_file_that_is_something_else_is_told_and_left_alone(self, path: Path, content: str) -> None:
        path.write_text(content, encoding="utf-8")
        tool = theory_builder(save_to=path)
        assert "cannot be read as" in tool.message
        add_step(tool, "impact", "Mine")
        assert "It is saved nowhere" in tool.message
        assert path.read_text(encoding="utf-8") == content

    def test_a_change_that_cannot_be_saved_is_told_and_stays_in_the_tool(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tool = theory_builder(save_to=path)
        build(tool)
        before = path.read_bytes()

        def full(_path: Path, _content: bytes) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as disk:
            disk.setattr(_saved, "replace_file", full)
            add_step(tool, "impact", "The road is shorter")
        assert "could not be saved" in tool.message
        assert path.read_bytes() == before
        assert "The road is shorter" in tool.text
        add_link(tool, "S03", "S04")
        assert "The road is shorter" in path.read_text(encoding="utf-8")

    def test_a_spreadsheet_s_words_for_levels_are_read(self, path: Path) -> None:
        path.write_text(
            "kind,node_id,level,label,indicator,from,to,because,assumption\nstep,A,Utfall på kort sikt,x,,,,,\n",
            encoding="utf-8",
        )
        assert theory_builder(save_to=path).draft.steps[0]["level"] == "outcome_short"

    def test_a_folder_that_does_not_exist_is_told_at_once(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="nowhere"):
            theory_builder(save_to=tmp_path / "nowhere" / "t.csv")


def test_the_theory_in_the_tool_is_the_module_s() -> None:
    tool = theory_builder(*version("good"))
    assert isinstance(tool.theory, Theory)
    assert tool.theory.to_mermaid() == Theory.from_frames(NODES, LINKS, version="good").to_mermaid()

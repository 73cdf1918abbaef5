"""The agenda planner, driven as a user drives it: fill in, press, read."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from datetime import date
from xml.etree import ElementTree

import icalendar
import pandas as pd
import pytest

from siru_course import data
from siru_course.facilitation import Agenda
from siru_course.language import in_language, use_language
from siru_course.widgets.agenda_planner import agenda_planner


def proposal(name):
    frame = data.load("agendas")
    return frame[frame["agenda_id"] == name]


def controls(box):
    """Give all controls inside a box that a person can reach by the tab key."""
    for child in box.children:
        if hasattr(child, "children"):
            yield from controls(child)
        elif type(child).__name__ != "HTML":
            yield child


def titles(tool):
    return [row.controls["title"].value for row in tool.rows]


def fill_in(tool, number, **values):
    for name, value in values.items():
        tool.rows[number - 1].controls[name].value = value


def saved(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def tool():
    table = pd.DataFrame(
        {"title": ["Welcome", "Pairs", "Vote"], "minutes": [10, 20, 15], "format": ["plenary", "pairs", "individual"]}
    )
    return agenda_planner(table.assign(phase=["open", "diverge", "converge"]), "13:00", "Kick-off")


class TestControls:
    @pytest.fixture(params=["en", "sv"])
    def full(self, request):
        with in_language(request.param):
            return agenda_planner(proposal("AG01"))

    def test_each_control_has_a_label_of_its_own_and_a_tooltip(self, full):
        found = list(controls(full))
        assert len(found) > 100
        assert all(control.description and control.tooltip for control in found)
        assert max(Counter(control.description for control in found).values()) == 1

    def test_labels_are_as_wide_as_their_words(self, full):
        for control in controls(full):
            if hasattr(control.style, "description_width"):
                assert control.style.description_width == "initial"

    def test_the_status_line_is_announced(self, full):
        assert re.match(r'<div role="status" lang="(en|sv)">\S', full.status.value)
        assert full.status in full.children

    def test_a_tool_keeps_the_language_it_was_made_in(self):
        with in_language("sv"):
            swedish = agenda_planner(proposal("AG01"))
        use_language("en")
        swedish.rows[0].add.click()
        fill_in(swedish, 2, minutes=200)
        assert "Mötet slutar" in swedish.message
        assert "utan paus" in swedish.text
        assert swedish.rows[-1].up.description.startswith("Flytta upp block 12")
        assert "helgrupp" in swedish.result.value

    def test_controls_stay_where_they_are_when_blocks_move(self, full):
        before = [row.box for row in full.rows]
        full.rows[1].up.click()
        assert [row.box for row in full.rows] == before


class TestBlocks:
    def test_times_follow_each_change(self, tool):
        fill_in(tool, 1, minutes=25)
        assert tool.agenda.frame["start"].tolist() == ["13:00", "13:25", "13:45"]
        assert tool.message == "The meeting ends at 14:00, after 60 minutes. Findings: 1."
        tool.start.value = "9.30"
        assert tool.agenda.end == "10:30"
        assert "09:55–10:15" in tool.text
        assert [re.search(r"\d\d:\d\d–\d\d:\d\d", row.box.children[0].value)[0] for row in tool.rows] == [
            "09:30–09:55",
            "09:55–10:15",
            "10:15–10:30",
        ]

    def test_blocks_move_up_and_down_with_all_that_is_in_them(self, tool):
        fill_in(tool, 3, method_id="M66", group_size=24, who="Ada")
        vote = tool.rows[2].entry
        tool.rows[2].up.click()
        assert titles(tool) == ["Welcome", "Vote", "Pairs"]
        assert tool.rows[1].entry == vote
        assert tool.message.startswith("Block 3 is now block 2.")
        tool.rows[0].down.click()
        assert titles(tool) == ["Vote", "Welcome", "Pairs"]
        assert tool.agenda.frame["start"].tolist() == ["13:00", "13:15", "13:25"]
        tool.rows[0].up.click()
        assert tool.message == "Block 1 is the first already."
        tool.rows[2].down.click()
        assert tool.message == "Block 3 is the last already."

    def test_a_block_is_added_after_the_one_whose_button_is_pressed(self, tool):
        tool.rows[0].add.click()
        assert titles(tool) == ["Welcome", "", "Pairs", "Vote"]
        assert tool.agenda.blocks[1].title == "Block 2"
        fill_in(tool, 2, title="Coffee", format="break", minutes=5)
        assert tool.agenda.frame["start"].tolist() == ["13:00", "13:10", "13:15", "13:35"]

    def test_a_removed_block_can_be_put_back(self, tool):
        gone = tool.rows[1].entry
        tool.rows[1].remove.click()
        assert titles(tool) == ["Welcome", "Vote"]
        assert tool.agenda.end == "13:25"
        tool.rows[1].remove.click()
        tool.restore_button.click()
        tool.restore_button.click()
        assert titles(tool) == ["Welcome", "Pairs", "Vote"]
        assert tool.rows[1].entry == gone
        tool.restore_button.click()
        assert tool.message == "No block has been removed."

    def test_the_last_block_stays(self):
        tool = agenda_planner()
        tool.rows[0].remove.click()
        assert "at least one block" in tool.message
        assert titles(tool) == ["Welcome: why we are here"]

    def test_a_method_gives_what_is_empty_and_changes_nothing_that_is_written(self, tool):
        tool.rows[2].add.click()
        fill_in(tool, 4, method_id="M80")
        assert (tool.rows[3].entry["title"], tool.rows[3].entry["phase"]) == ("Check-out round", "close")
        fill_in(tool, 2, method_id="M49")
        assert (tool.rows[1].entry["title"], tool.rows[1].entry["phase"]) == ("Pairs", "diverge")

    def test_a_start_that_is_no_time_is_told_and_kept(self, tool, capfd):
        shown = tool.result.value
        tool.start.value = "25:99"
        fill_in(tool, 1, title="Hello")
        assert "start is '25:99'; give a clock time" in tool.message
        assert "times are those from before" in tool.message
        assert (tool.start.value, titles(tool)[0], tool.result.value) == ("25:99", "Hello", shown)
        tool.csv_button.click()
        assert "start is '25:99'" in tool.message
        tool.start.value = "14:00"
        assert "14:00–14:10" in tool.text
        assert capfd.readouterr().err == ""


class TestFindings:
    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("AG01", ["No faults found."]),
            (
                "AG02",
                ["Fault: The whole group sits together 125", "Fault: Everyone speaks for the first time in block 4"],
            ),
            ("AG03", ["Fault: 180 minutes without a break", "Fault: Block 3 converges before block 5"]),
            ("AG04", ["Fault: The blocks take 210 minutes", "Fault: Block 3: Brainstorming is for 4 to 12"]),
        ],
    )
    def test_the_faults_of_each_proposal_are_told(self, name, words):
        tool = agenda_planner(proposal(name), title="First jobs")
        lines = re.findall("<li>(.*?)</li>", tool.result.value)
        assert len(lines) == len(words)
        for line, word in zip(lines, words, strict=True):
            assert line.startswith(word)
            assert word in tool.text

    def test_a_fault_goes_away_as_soon_as_it_is_mended(self):
        tool = agenda_planner(proposal("AG04"))
        fill_in(tool, 3, group_size=12)
        assert tool.findings["rule"].tolist() == ["time"]
        tool.planned.value = 210
        assert "No faults found." in tool.text
        fill_in(tool, 3, group_size=0)
        assert tool.findings["severity"].tolist() == ["note"]

    def test_the_picture_says_in_words_what_it_shows(self):
        tool = agenda_planner(proposal("AG01"), "13:00", "First & best")
        svg = re.search("<svg.*?</svg>", tool.result.value)[0]
        picture = ElementTree.fromstring(svg)
        assert picture.get("role") == "img"
        assert "First & best, 13:00–16:00" in picture.get("aria-label")
        texts = [text.text for text in picture.iter("text")]
        assert {"whole group", "pairs", "small groups", "on their own", "break", "13:00", "16:00"} <= set(texts)
        assert len(list(picture.iter("rect"))) == 11

    def test_what_somebody_wrote_is_shown_as_text(self, tool):
        fill_in(tool, 1, title="<script>alert(1)</script>", who="<b>Bo</b>")
        tool.meeting.value = '"><i>x</i>'
        assert not re.search("<script>|<b>|<i>", tool.result.value)
        assert "&lt;script&gt;" in tool.result.value
        assert not re.search("<script>|<b>|<i>", tool._repr_mimebundle_()["text/html"])

    def test_a_page_without_a_kernel_shows_the_run_sheet(self, tool):
        bundle = tool._repr_mimebundle_()
        assert "13:10–13:30" in bundle["text/plain"]
        assert "<caption>Kick-off, 13:00–13:45, 45 minutes</caption>" in bundle["text/html"]


class TestGiven:
    def test_an_agenda_is_opened_with_its_own_day_start_and_title(self):
        made = Agenda.from_frame(proposal("AG01"), "2026-05-12 09:00", "First jobs")
        tool = agenda_planner(made)
        assert tool.agenda == made
        assert (tool.day.value, tool.start.value, tool.meeting.value) == (date(2026, 5, 12), "09:00", "First jobs")

    def test_a_table_is_left_as_it_was(self):
        table = proposal("AG01")
        before = table.copy()
        fill_in(agenda_planner(table), 1, title="Other")
        pd.testing.assert_frame_equal(table, before)

    @pytest.mark.parametrize(
        "arguments",
        [
            {"start": "one"},
            {"title": " "},
            {"agenda": pd.DataFrame()},
            {"agenda": pd.DataFrame({"title": ["A"]})},
            {"agenda": "AG01"},
            {"save_to": "no/such/folder/agenda.csv"},
        ],
    )
    def test_what_a_caller_gives_wrong_is_an_error_in_the_language(self, arguments):
        with pytest.raises((ValueError, KeyError)) as english:
            agenda_planner(**arguments)
        with in_language("sv"), pytest.raises((ValueError, KeyError)) as swedish:
            agenda_planner(**arguments)
        assert str(english.value) != str(swedish.value)


class TestFiles:
    @pytest.fixture
    def here(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        return tmp_path

    def test_a_calendar_needs_a_day_and_then_has_the_meeting(self, tool, here):
        tool.ics_button.click()
        assert tool.message == "A calendar needs a day. Fill in the day of the meeting first."
        assert list(here.iterdir()) == []
        tool.day.value = date(2026, 5, 12)
        tool.ics_button.click()
        assert tool.message == f"The agenda is in {here / 'agenda.ics'}."
        events = icalendar.Calendar.from_ical((here / "agenda.ics").read_bytes()).walk("VEVENT")
        assert [str(event["summary"]) for event in events] == ["Kick-off", "Welcome", "Pairs", "Vote"]

    def test_a_table_can_be_read_again(self, tool, here):
        tool.csv_button.click()
        assert Agenda.from_frame(pd.read_csv(here / "agenda.csv"), "13:00", "Kick-off") == tool.agenda

    @pytest.mark.parametrize(
        ("language", "name", "words"), [("en", "agenda.md", "Material"), ("sv", "körschema.md", "På nätet")]
    )
    def test_a_run_sheet_is_in_the_tools_language(self, here, language, name, words):
        with in_language(language):
            made = agenda_planner(proposal("AG01"))
        use_language("en")
        made.md_button.click()
        assert words in (here / name).read_text(encoding="utf-8")

    def test_its_own_file_is_written_over_but_no_other(self, tool, here):
        tool.csv_button.click()
        fill_in(tool, 1, title="Hello")
        tool.csv_button.click()
        assert "Hello" in (here / "agenda.csv").read_text(encoding="utf-8")
        (here / "mine.md").write_text("mine")
        tool.file_name.value = "mine.md"
        tool.md_button.click()
        assert "There is a file" in tool.message
        assert (here / "mine.md").read_text() == "mine"
        tool.csv_button.click()
        assert (here / "mine.csv").exists()

    @pytest.mark.parametrize("name", ["", " ", "folder/", ".csv", "no/such/folder/a", "x\0", "a" * 300])
    def test_what_cannot_be_written_is_a_sentence(self, tool, here, name, capfd):
        tool.file_name.value = name
        tool.csv_button.click()
        assert re.search(r"(have no name|could not be written).*\.$", tool.message)
        assert list(here.iterdir()) == []
        assert capfd.readouterr().err == ""


class TestSaving:
    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "körschema.csv"

    def test_each_change_is_in_the_file_at_once(self, path):
        tool = agenda_planner(save_to=path)
        assert len(saved(path)) == 1
        tool.rows[0].add.click()
        fill_in(tool, 2, title="Åsas runda", minutes=20)
        assert saved(path)[1]["title"] == "Åsas runda"
        assert saved(path)[1]["start"] == "13:10"
        tool.meeting.value = "Kick-off"
        tool.day.value = date(2026, 5, 12)
        assert (saved(path)[0]["meeting"], saved(path)[0]["day"]) == ("Kick-off", "2026-05-12")
        tool.rows[0].remove.click()
        assert [row["title"] for row in saved(path)] == ["Åsas runda"]
        assert str(path) in tool.message
        assert os.listdir(path.parent) == [path.name]

    def test_it_continues_from_the_file_with_all_that_was_entered(self, path):
        first = agenda_planner(proposal("AG04"), "2026-05-12 08:30", "First jobs", save_to=path)
        first.rows[4].add.click()
        first.planned.value = 240
        fill_in(first, 1, who="Ada", group_size=0)
        second = agenda_planner(save_to=path)
        assert f"Continues from {path}." in second.message
        assert second.entered == first.entered
        assert second.agenda == first.agenda
        third = agenda_planner(proposal("AG01"), save_to=path)
        assert "agenda given is not used" in third.message
        assert third.agenda == first.agenda

    def test_a_start_that_is_no_time_yet_is_saved_too(self, path):
        tool = agenda_planner(save_to=path)
        tool.start.value = "halv ett"
        fill_in(tool, 1, title="Hello")
        again = agenda_planner(save_to=path)
        assert again.start.value == "halv ett"
        assert titles(again) == ["Hello"]
        assert "start is 'halv ett'" in again.message

    def test_a_file_that_to_csv_wrote_can_be_continued(self, path):
        made = Agenda.from_frame(proposal("AG02"), "10:15", "First jobs")
        made.to_csv(path)
        assert agenda_planner(save_to=path).agenda.frame.equals(made.frame)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("name,seconds\nAda,3\n", "cannot be read as this tool's table"),
            ("title,minutes,format\nA,ten,pairs\n", "Block 1: minutes is 'ten'"),
            ("title,minutes,format\nA,5,talk\n", "format is 'talk'"),
            ("title,minutes,format,method_id\nA,5,pairs,M99\n", "method_id is 'M99'"),
            ("\x00\xff", "cannot be read"),
        ],
    )
    def test_a_file_that_cannot_be_read_is_told_and_left_as_it_is(self, path, content, words, capfd):
        path.write_bytes(content.encode("latin-1"))
        tool = agenda_planner(save_to=path)
        assert words in tool.message
        assert "Nothing is saved in the file." in tool.message
        fill_in(tool, 1, title="Hello")
        assert "Nothing is saved in the file." in tool.message
        assert path.read_bytes() == content.encode("latin-1")
        with in_language("sv"):
            assert "Ingenting sparas i filen." in agenda_planner(save_to=path).message
        assert capfd.readouterr().err == ""

    def test_a_disk_that_is_full_is_told_and_nothing_is_lost(self, path, monkeypatch):
        tool = agenda_planner(save_to=path)
        before = path.read_bytes()

        def full(*_arguments):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "replace", full)
        fill_in(tool, 1, title="Hello")
        assert "could not be saved" in tool.message
        assert titles(tool) == ["Hello"]
        assert path.read_bytes() == before
        monkeypatch.undo()
        fill_in(tool, 1, minutes=11)
        assert saved(path)[0]["title"] == "Hello"

    def test_a_change_is_there_when_the_kernel_is_killed(self, path):
        code = (
            "import time\nfrom siru_course.widgets.agenda_planner import agenda_planner\n"
            f"tool = agenda_planner(save_to={str(path)!r})\ntool.rows[0].controls['title'].value = 'Hello'\n"
            "print('in', flush=True)\ntime.sleep(60)\n"
        )
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "in\n"
        os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait()
        process.stdout.close()
        assert titles(agenda_planner(save_to=path)) == ["Hello"]

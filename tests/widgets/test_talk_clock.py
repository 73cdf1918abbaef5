"""The talk clock, driven as a user drives it: press, wait, read."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest

from siru_course import conversations, data
from siru_course.language import in_language, use_language
from siru_course.widgets._talk_ticker import Ticker
from siru_course.widgets.talk_clock import TalkClock, talk_clock

PEOPLE = ["Ada; civil", "Bo; public", "Cy; civil"]
NOON = datetime(2018, 5, 3, 12, 0, 0, tzinfo=timezone(timedelta(hours=2)))


class Time:
    """A clock and a time of day that pass when told to."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.set_by = timedelta(0)

    def clock(self) -> float:
        return 1000 + self.passed

    def today(self) -> datetime:
        return NOON + timedelta(seconds=self.passed) + self.set_by


@pytest.fixture
def at() -> Time:
    return Time()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "samtal å.csv"


def open_clock(at: Time, people=PEOPLE, save_to=None) -> TalkClock:
    return TalkClock("\n".join(people), save_to, at.clock, at.today)


def speak(tool: TalkClock, at: Time, *turns: tuple[str, float]) -> None:
    for person, seconds in turns:
        tool.speakers[person].click()
        at.passed += seconds
    tool.stop_button.click()


def saved(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def controls(box):
    for child in box.children:
        if hasattr(child, "children"):
            yield from controls(child)
        elif type(child).__name__ != "HTML":
            yield child


class TestTurns:
    def test_a_turn_lasts_from_a_press_to_the_next(self, at):
        tool = open_clock(at)
        speak(tool, at, ("Ada", 35.2), ("Bo", 10), ("Ada", 5))
        assert tool.turns[["turn", "person", "group", "seconds"]].to_numpy().tolist() == [
            [1, "Ada", "civil", 35],
            [2, "Bo", "public", 10],
            [3, "Ada", "civil", 5],
        ]
        assert tool.turns["started"].tolist()[1] == "2018-05-03T12:00:35+02:00"

    def test_silence_is_nobodys_time(self, at):
        tool = open_clock(at)
        speak(tool, at, ("Ada", 30))
        at.passed += 60
        speak(tool, at, ("Bo", 10))
        assert tool.turns["seconds"].tolist() == [30, 10]

    def test_the_time_of_day_may_be_set_back_during_a_turn(self, at):
        tool = open_clock(at)
        tool.speakers["Ada"].click()
        at.set_by = -timedelta(hours=1)
        at.passed += 42
        tool.stop_button.click()
        assert tool.turns["seconds"].tolist() == [42]

    def test_a_second_press_on_the_same_name_changes_nothing(self, at):
        tool = open_clock(at)
        tool.speakers["Ada"].click()
        at.passed += 10
        tool.speakers["Ada"].click()
        assert tool.message == "Ada is speaking already."
        at.passed += 10
        tool.stop_button.click()
        assert tool.turns["seconds"].tolist() == [20]

    def test_the_button_of_the_one_who_speaks_looks_pressed(self, at):
        tool = open_clock(at)
        tool.speakers["Ada"].click()
        tool.speakers["Bo"].click()
        assert {name: button.icon for name, button in tool.speakers.items()} == {"Ada": "", "Bo": "volume-up", "Cy": ""}
        tool.stop_button.click()
        assert not any(button.icon or button.button_style for button in tool.speakers.values())

    def test_stop_when_nobody_speaks_is_told(self, at):
        tool = open_clock(at)
        tool.stop_button.click()
        assert "no turn to end" in tool.message

    def test_undo_takes_away_the_last_turn_running_or_finished(self, at):
        tool = open_clock(at)
        speak(tool, at, ("Ada", 30), ("Bo", 10))
        tool.speakers["Cy"].click()
        tool.undo_button.click()
        assert tool.speaker is None
        assert "Cy's" in tool.message
        tool.undo_button.click()
        assert tool.turns["person"].tolist() == ["Ada"]
        tool.undo_button.click()
        tool.undo_button.click()
        assert "no turn to take away" in tool.message
        speak(tool, at, ("Bo", 5))
        assert tool.turns["turn"].tolist() == [1]

    def test_python_can_press_too(self, at, capfd):
        tool = open_clock(at)
        tool.start("Ada")
        tool.stop()
        tool.undo()
        tool.start("Zoe")
        assert "nobody called 'Zoe'" in tool.message
        assert capfd.readouterr().err == ""


class TestDisplay:
    def test_the_result_shows_time_turns_and_shares_of_everybody(self, at):
        tool = open_clock(at)
        speak(tool, at, ("Ada", 60), ("Bo", 30), ("Ada", 30))
        shown = text_of(tool.result.value)
        assert "Finished turns: 3, in all 2:00" in shown
        assert "Ada civil 2 1:30 75 %" in shown
        assert "Cy civil 0 0:00 0 %" in shown
        assert "civil 2 2 1:30 75 % 67 %" in shown
        assert "Not spoken yet: Cy." in shown

    def test_gini_counts_the_silent(self, at):
        tool = open_clock(at)
        assert tool.gini is None
        speak(tool, at, ("Ada", 30))
        # One of three has all the time: (n - 1)/n.
        assert tool.gini == pytest.approx(2 / 3)
        assert "Gini coefficient among the 3 in the room: 0.67" in tool.text
        speak(tool, at, ("Bo", 30), ("Cy", 30))
        assert tool.gini == pytest.approx(0)

    def test_the_tools_tables_are_what_speaking_time_takes(self, at):
        tool = open_clock(at)
        speak(tool, at, ("Ada", 60), ("Bo", 20))
        found = conversations.speaking_time(tool.turns, "group", people=tool.people)
        assert found["seconds"].to_dict() == {"civil": 60, "public": 20}
        assert found["people"].to_dict() == {"civil": 2, "public": 1}

    def test_the_live_line_moves_by_itself_and_stops_with_the_turn(self, at):
        tool = open_clock(at)
        tool._ticker._every = 0.01
        tool.speakers["Ada"].click()
        assert "Ada: 0:00" in tool.live.value
        at.passed = 75
        until = time.monotonic() + 10
        while "Ada: 1:15" not in tool.live.value and time.monotonic() < until:
            time.sleep(0.01)
        assert "Ada: 1:15" in tool.live.value
        tool.stop_button.click()
        at.passed = 90
        time.sleep(0.05)
        assert "Nobody is speaking." in tool.live.value

    def test_the_live_line_is_not_read_out_each_second(self, at):
        assert 'role="timer"' in open_clock(at).live.value

    def test_a_closed_tool_moves_no_more(self, at):
        tool = open_clock(at)
        tool._ticker._every = 0.01
        tool.speakers["Ada"].click()
        tool.close()
        at.passed = 75
        time.sleep(0.05)
        assert "1:15" not in tool.live.value

    def test_a_display_that_is_gone_ends_the_second_hand_quietly(self, capfd):
        calls = []

        def gone() -> None:
            calls.append(1)
            raise RuntimeError

        ticker = Ticker(gone, every=0.01)
        ticker.start()
        time.sleep(0.1)
        assert len(calls) == 1
        assert capfd.readouterr().err == ""

    def test_names_are_shown_as_text(self, at):
        tool = open_clock(at, ["<b>Ada</b>; <i>x</i>", "Bo"])
        speak(tool, at, ("<b>Ada</b>", 9))
        tool.speakers["<b>Ada</b>"].click()
        assert "<b>" not in tool.result.value + tool.status.value + tool.live.value
        assert "<i>" not in tool.result.value

    def test_without_groups_there_is_no_table_of_groups(self, at):
        tool = open_clock(at, ["Ada", "Bo"])
        speak(tool, at, ("Ada", 9))
        assert "each group" not in tool.text

    def test_the_page_shows_the_result_without_a_kernel(self, at):
        tool = open_clock(at)
        speak(tool, at, ("Ada", 30))
        tool.speakers["Bo"].click()
        bundle = tool._repr_mimebundle_()
        assert "Bo is speaking, since 12:00:30." in bundle["text/plain"]
        assert "<caption>Speaking time, each person</caption>" in bundle["text/html"]
        assert 'role="status"' not in bundle["text/html"]
        assert "in the notebook" in bundle["text/html"]
        assert not re.search(r"<script|on\w+=", bundle["text/html"])


class TestControls:
    @pytest.fixture(params=["en", "sv"])
    def tool(self, request, at):
        with in_language(request.param):
            return open_clock(at)

    def test_each_control_has_a_label_of_its_own_and_a_tooltip(self, tool):
        found = list(controls(tool))
        assert len(found) == len(PEOPLE) + 4
        assert all(control.description and control.tooltip for control in found)
        assert max(Counter(control.description for control in found).values()) == 1

    def test_the_status_line_is_announced(self, tool):
        assert re.match(r'<div role="status" lang="(en|sv)">\S', tool.status.value)
        assert tool.status in tool.children

    def test_a_tool_keeps_the_language_it_was_made_in(self, at):
        with in_language("sv"):
            tool = open_clock(at)
        use_language("en")
        speak(tool, at, ("Ada", 30), ("Bo", 10))
        assert tool.message == "Bo har talat i 0:10 (minuter:sekunder)."
        assert "Ginikoefficient" in tool.text
        assert "0,50" in tool.text
        assert "Ingen talar." in tool.live.value
        assert not re.search("Turn|Share|Group|Time", tool.text)


class TestPeople:
    def test_without_people_the_tool_asks_for_them(self, at):
        tool = open_clock(at, [])
        assert "Write who is in the room" in tool.message
        assert tool.use_button in list(controls(tool))
        tool.names.value = "Ada\nBo"
        tool.use_button.click()
        assert list(tool.speakers) == ["Ada", "Bo"]
        speak(tool, at, ("Bo", 12))
        assert tool.turns["person"].tolist() == ["Bo"]

    def test_a_latecomer_gets_a_button_and_the_running_turn_goes_on(self, at):
        tool = open_clock(at)
        tool.speakers["Ada"].click()
        at.passed += 30
        tool.names.value += "\nDi; public"
        tool.use_button.click()
        assert list(tool.speakers) == ["Ada", "Bo", "Cy", "Di"]
        at.passed += 30
        tool.stop_button.click()
        assert tool.turns["seconds"].tolist() == [60]
        assert tool.people["group"].tolist() == ["civil", "public", "civil", "public"]

    def test_a_group_that_is_corrected_is_corrected_in_the_turns_too(self, at):
        tool = open_clock(at)
        speak(tool, at, ("Ada", 30))
        tool.names.value = tool.names.value.replace("Ada; civil", "Ada; academia")
        tool.use_button.click()
        assert tool.turns["group"].tolist() == ["academia"]

    def test_somebody_who_has_spoken_cannot_leave_the_list(self, at):
        tool = open_clock(at)
        speak(tool, at, ("Ada", 30))
        tool.names.value = "Bo\nCy"
        tool.use_button.click()
        assert "must stay on the list: Ada" in tool.message
        assert tool.names.value == "Bo\nCy"
        assert "Ada" in tool.speakers

    def test_a_frame_gives_names_and_groups(self):
        room = data.load("invitations").query("conversation_id == 'A042' and came")
        before = room.copy()
        tool = talk_clock(room, group="gender")
        assert tool.people["person"].tolist() == room["person_id"].tolist()
        assert tool.people["group"].tolist() == room["gender"].tolist()
        assert set(talk_clock(room).people["group"]) <= {"public", "private", "civil", "academia"}
        pd.testing.assert_frame_equal(room, before)

    @pytest.mark.parametrize(
        ("text", "english", "swedish"),
        [
            ("Ada", "at least two names", "minst två namn"),
            ("Ada\nBo\nAda; civil", "more than once: Ada", "mer än en gång: Ada"),
            ("Ada\n; civil", "; civil", "; civil"),
        ],
    )
    def test_a_bad_list_is_told_and_kept(self, at, capfd, text, english, swedish):
        for code, words in (("en", english), ("sv", swedish)):
            with in_language(code):
                opened, typed = open_clock(at, text.splitlines()), open_clock(at, [])
            typed.names.value = text
            typed.use_button.click()
            for tool in (opened, typed):
                assert words in tool.message
                assert tool.names.value == text
                assert tool.speakers == {}
        assert capfd.readouterr().err == ""

    def test_a_missing_column_and_a_missing_folder_are_errors(self, tmp_path):
        with pytest.raises(KeyError, match="sektor"):
            talk_clock(pd.DataFrame({"name": ["Ada", "Bo"]}), group="sektor")
        with pytest.raises(ValueError, match="nowhere"):
            talk_clock(["Ada", "Bo"], save_to=tmp_path / "nowhere" / "talk.csv")


class TestSaving:
    def test_a_turn_is_in_the_file_when_it_begins_and_when_it_ends(self, at, path):
        tool = open_clock(at, save_to=path)
        tool.speakers["Ada"].click()
        begun = {"turn": "1", "person": "Ada", "group": "civil", "seconds": "", "started": "2018-05-03T12:00:00+02:00"}
        assert saved(path) == [begun]
        at.passed += 33
        tool.speakers["Bo"].click()
        assert saved(path)[0] == begun | {"seconds": "33"}
        assert [row["seconds"] for row in saved(path)] == ["33", ""]
        tool.undo_button.click()
        assert [row["person"] for row in saved(path)] == ["Ada"]
        assert str(path) in open_clock(at, save_to=path).message

    def test_the_people_are_kept_whether_they_have_spoken_or_not(self, at, path):
        tool = open_clock(at, [], save_to=path)
        tool.names.value = "Ada; civil\nBo"
        tool.use_button.click()
        again = open_clock(at, [], save_to=path)
        assert again.people.to_numpy().tolist() == [["Ada", "civil"], ["Bo", ""]]
        assert again.names.value == "Ada; civil\nBo"

    def test_it_continues_from_the_file(self, at, path):
        first = open_clock(at, save_to=path)
        speak(first, at, ("Ada", 30), ("Bo", 10))
        second = open_clock(at, ["Di", "Bo; public"], save_to=path)
        assert f"Continues from {path}." in second.message
        assert list(second.speakers) == ["Di", "Bo", "Ada", "Cy"]
        speak(second, at, ("Di", 20))
        assert [(row["turn"], row["person"], row["seconds"]) for row in saved(path)] == [
            ("1", "Ada", "30"),
            ("2", "Bo", "10"),
            ("3", "Di", "20"),
        ]
        assert open_clock(at, [], save_to=path).text == second.text

    def test_a_turn_that_ran_when_the_notebook_closed_ends_when_it_opens_again(self, at, path):
        open_clock(at, save_to=path).speakers["Ada"].click()
        at.passed += 95
        again = open_clock(at, save_to=path)
        assert "Ada was speaking when the tool was closed. The turn now ends, after 1:35" in again.message
        assert saved(path)[0]["seconds"] == "95"
        assert again.speaker is None
        again.undo_button.click()
        assert saved(path) == []

    @pytest.mark.parametrize("gap", [timedelta(days=1), -timedelta(hours=1)], ids=["the day after", "clock set back"])
    def test_a_turn_that_was_left_running_too_long_has_no_length(self, at, path, gap):
        tool = open_clock(at, save_to=path)
        speak(tool, at, ("Bo", 30))
        tool.speakers["Ada"].click()
        at.passed += gap.total_seconds()
        again = open_clock(at, save_to=path)
        assert "How long is not known" in again.message
        assert "Turns left out, as their length is not known: 1." in again.text
        assert "Finished turns: 1, in all 0:30" in again.text
        speak(again, at, ("Cy", 30))
        assert [row["seconds"] for row in saved(path)] == ["30", "", "30"]
        assert "Ada" not in open_clock(at, save_to=path).message

    def test_everything_is_there_when_the_kernel_is_killed(self, path):
        code = (
            "import time\nfrom siru_course.widgets.talk_clock import talk_clock\n"
            f"tool = talk_clock(['Ada', 'Bo', 'Cy'], save_to={str(path)!r})\n"
            "tool.speakers['Ada'].click()\ntool.speakers['Bo'].click()\nprint('in', flush=True)\ntime.sleep(60)\n"
        )
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "in\n"
        os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait()
        process.stdout.close()
        again = talk_clock(save_to=path)
        assert list(again.speakers) == ["Ada", "Bo", "Cy"]
        assert again.turns["person"].tolist() == ["Ada", "Bo"]
        assert again.turns["seconds"].notna().all()
        assert "Bo was speaking when the tool was closed" in again.message

    def test_a_process_ends_while_a_turn_is_running(self):
        code = (
            "from siru_course.widgets.talk_clock import talk_clock\ntalk_clock(['Ada', 'Bo']).speakers['Ada'].click()"
        )
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
        assert result.stderr == ""

    def test_a_disk_that_is_full_is_told_and_the_clock_goes_on(self, at, path, monkeypatch):
        tool = open_clock(at, save_to=path)

        def full(_file):
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as disk:
            disk.setattr(os, "fsync", full)
            tool.speakers["Ada"].click()
            assert "could not be saved" in tool.message
            assert tool.speaker == "Ada"
            at.passed += 20
        tool.speakers["Bo"].click()
        assert [(row["person"], row["seconds"]) for row in saved(path)] == [("Ada", "20"), ("Bo", "")]

    def test_turns_that_came_by_another_window_are_never_lost(self, at, path):
        first = open_clock(at, save_to=path)
        speak(first, at, ("Ada", 30))
        second = open_clock(at, save_to=path)
        speak(second, at, ("Bo", 10))
        for button in (first.speakers["Cy"], first.undo_button, first.use_button):
            button.click()
            assert "has changed" in first.message
        assert [row["person"] for row in saved(path)] == ["Ada", "Bo"]
        assert first.turns["person"].tolist() == ["Ada"]

    def test_a_file_that_was_moved_away_is_written_whole_again(self, at, path):
        tool = open_clock(at, save_to=path)
        speak(tool, at, ("Ada", 30))
        path.unlink()
        speak(tool, at, ("Bo", 10))
        assert [row["person"] for row in saved(path)] == ["Ada", "Bo"]

    def test_other_columns_in_the_file_are_kept(self, at, path):
        path.write_text("conversation_id,turn,person,group,seconds,started\nA062,1,Ada,civil,12.5,\n", encoding="utf-8")
        tool = open_clock(at, save_to=path)
        speak(tool, at, ("Bo", 10))
        assert [(row["conversation_id"], float(row["seconds"])) for row in saved(path)] == [("A062", 12.5), ("", 10)]

    @pytest.mark.parametrize(
        "content",
        [
            b"name,age\nAda,3\n",
            b"\xff\xfe\x00",
            b"turn,person,group,seconds,started\n1,Ada,civil,long,\n",
            b"turn,person,group,seconds,started\n1,Ada,civil,-3,\n",
            b"turn,person,group,seconds,started\n1,,civil,3,\n",
        ],
    )
    def test_a_file_that_is_something_else_is_told_and_left_alone(self, at, path, content):
        path.write_bytes(content)
        tool = open_clock(at, save_to=path)
        assert "cannot be read" in tool.message
        for name in tool.speakers:
            tool.speakers[name].click()
        tool.use_button.click()
        assert "cannot be read" in tool.message
        assert path.read_bytes() == content
        assert os.listdir(path.parent) == [path.name]

    def test_a_file_of_people_that_is_something_else_is_left_alone(self, at, path):
        other = path.with_name("samtal å_people.csv")
        other.write_bytes(b"name,age\nAda,3\n")
        tool = open_clock(at, save_to=path)
        assert "cannot be read" in tool.message
        tool.use_button.click()
        assert other.read_bytes() == b"name,age\nAda,3\n"

    def test_a_bad_list_beside_good_files_loses_neither(self, at, path):
        speak(open_clock(at, save_to=path), at, ("Ada", 30))
        tool = open_clock(at, ["Ada", "Ada"], save_to=path)
        assert "more than once: Ada" in tool.message
        assert tool.names.value == "Ada\nAda"
        assert list(tool.speakers) == ["Ada", "Bo", "Cy"]
        assert len(tool.turns) == len(saved(path)) == 1

"""An agenda that re-times itself, the faults it finds, the files it writes, and the methods that fit."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pandas as pd
import pytest
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from siru_course import data
from siru_course._facilitation import agenda as _agenda
from siru_course.facilitation import Agenda, suggest_methods
from siru_course.language import in_language

STOCKHOLM = ZoneInfo("Europe/Stockholm")
FORMATS = ["plenary", "pairs", "small_groups", "individual", "break"]
PHASES = ["open", "diverge", "groan", "converge", "close"]


def proposal(name: str, start: object = "13:00") -> Agenda:
    frame = data.load("agendas")
    return Agenda.from_frame(frame[frame["agenda_id"] == name], start, "First jobs")


def agenda(*blocks: tuple[str, int, str], start: object = "13:00", **columns: list[Any]) -> Agenda:
    frame = pd.DataFrame(list(blocks), columns=["title", "minutes", "format"]).assign(**columns)
    return Agenda.from_frame(frame, start, "Kick-off")


def rules(made: Agenda, **limits: Any) -> list[tuple[str, str, Any]]:
    found = made.check(**limits)
    return [(row.rule, row.severity, None if pd.isna(row.block) else row.block) for row in found.itertuples()]


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    ids = [f"M{number:02d}" for number in range(1, 91)]
    block = st.fixed_dictionaries(
        {
            "title": st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
                lambda text: any(letter.isprintable() and not letter.isspace() for letter in text)
            ),
            "minutes": st.integers(1, 120),
            "format": st.sampled_from(FORMATS),
            "phase": st.sampled_from(["", *PHASES]),
            "method_id": st.sampled_from(["", *ids]),
            "group_size": st.one_of(st.none(), st.integers(1, 60)),
            "who": st.sampled_from(["", "Ada", "Bo; Cy"]),
        }
    )
    return pd.DataFrame(draw(st.lists(block, min_size=1, max_size=8)))


# ------------------------------------------------------------------------------------------------------- the clock


def test_blocks_follow_one_another_by_the_clock() -> None:
    made = agenda(("Welcome", 10, "plenary"), ("Pairs", 20, "pairs"), ("Coffee", 15, "break"), start="9.45")
    assert made.frame["start"].tolist() == ["09:45", "09:55", "10:15"]
    assert made.frame["end"].tolist() == ["09:55", "10:15", "10:30"]
    assert (made.minutes, made.end) == (45, "10:30")


def test_a_change_moves_all_that_comes_after_and_leaves_the_first_agenda_as_it_was() -> None:
    made = agenda(("A", 10, "plenary"), ("B", 20, "pairs"), ("C", 30, "small_groups"))
    before = made.frame
    assert made.changed(1, minutes=25).frame["start"].tolist() == ["13:00", "13:25", "13:45"]
    assert made.moved(3, to=1).frame[["title", "start"]].values.tolist() == [
        ["C", "13:00"],
        ["A", "13:30"],
        ["B", "13:40"],
    ]
    assert made.with_block("Coffee", 15, "break", at=2).frame["start"].tolist() == ["13:00", "13:10", "13:25", "13:45"]
    assert made.with_block("End", 5, "plenary", who="Ada").frame["who"].tolist()[-1] == "Ada"
    assert made.without(2).frame["start"].tolist() == ["13:00", "13:10"]
    assert made.retimed("09:00").end == "10:00"
    pd.testing.assert_frame_equal(made.frame, before)
    with pytest.raises(FrozenInstanceError):
        made.title = "Another"  # type: ignore[misc]


def test_the_frame_is_ones_own() -> None:
    made = proposal("AG01")
    frame = made.frame
    frame.loc[0, "title"] = "Changed"
    assert made.frame["title"][0] != "Changed"


@settings(max_examples=50, deadline=None)
@given(tables(), st.data())
def test_moving_keeps_the_blocks_and_the_end(table: pd.DataFrame, choose: st.DataObject) -> None:
    made = Agenda.from_frame(table, "22:30", "Night")
    places = st.integers(1, len(table))
    block, to = choose.draw(places), choose.draw(places)
    moved = made.moved(block, to)
    assert sorted(map(str, moved.blocks)) == sorted(map(str, made.blocks))
    assert moved.blocks[to - 1] == made.blocks[block - 1]
    assert moved.end == made.end == f"{(datetime(2000, 1, 1, 22, 30) + timedelta(minutes=made.minutes)):%H:%M}"
    assert moved.moved(to, block) == made
    assert made.frame["end"].tolist()[:-1] == made.frame["start"].tolist()[1:]


# Summer time began in Sweden on 29 March 2026 at 01:00 UTC and ended on 25 October 2026 at 01:00 UTC (directive
# 2000/84/EC: the last Sundays of March and October).
@pytest.mark.parametrize(
    ("start", "shown"),
    [
        ("2026-03-29 01:30", ["01:30", "03:00", "03:30", "04:00"]),
        ("2026-10-25 01:30", ["01:30", "02:00", "02:30", "02:00"]),
        ("2026-10-24 23:45", ["23:45", "00:15", "00:45", "01:15"]),
    ],
)
def test_clock_times_are_right_in_the_nights_when_the_clock_is_changed(start: str, shown: list[str]) -> None:
    made = agenda(*[("Watch", 30, "plenary")] * 3, start=start)
    assert [*made.frame["start"], made.end] == shown


@pytest.mark.parametrize(
    "start",
    [
        "2026-07-01 13:00",
        "2026-07-01T13:00",
        datetime(2026, 7, 1, 13),
        datetime(2026, 7, 1, 11, tzinfo=UTC),
        pd.Timestamp("2026-07-01 13:00:59"),
    ],
)
def test_a_start_may_be_written_in_many_ways(start: object) -> None:
    assert agenda(("A", 5, "plenary"), start=start).start == datetime(2026, 7, 1, 13, tzinfo=STOCKHOLM)


def test_a_clock_time_alone_keeps_the_day() -> None:
    assert proposal("AG01", "2026-05-12 13:00").retimed(time(9)).start == datetime(2026, 5, 12, 9, tzinfo=STOCKHOLM)


# ---------------------------------------------------------------------------------------------------- from a table


@pytest.mark.parametrize("language", ["en", "sv"])
def test_titles_are_in_the_language_in_use(language: str) -> None:
    with in_language(language):
        made = proposal("AG01")
    first = data.load("agendas").iloc[0]
    assert made.blocks[0].title == first[f"title_{language}"]


@pytest.mark.parametrize("labels", [None, "en", "sv"])
def test_codes_and_words_of_either_language_are_read(labels: str | None) -> None:
    frame = data.load("agendas", labels=labels)
    made = Agenda.from_frame(frame[frame["agenda_id"] == "AG02"], "13:00", "First jobs")
    assert made == proposal("AG02")


def test_a_table_without_phases_and_methods_is_an_agenda_and_says_what_could_not_be_looked_at() -> None:
    made = agenda(("Welcome", 10, "plenary"), ("Pairs", 20, "pairs"))
    assert made.frame["phase"].isna().all()
    assert rules(made) == [("order", "note", 1)]
    assert "block 1, 2" in made.check()["message"][0]


def test_a_method_without_a_group_size_is_told() -> None:
    made = agenda(("Ideas", 20, "pairs"), phase=["diverge"], method_id=["M17"])
    assert ("group_size", "note", 1) in rules(made)


def test_line_ends_and_control_characters_in_a_title_become_spaces() -> None:
    assert agenda(("A\n B\x00\tC", 5, "plenary")).blocks[0].title == "A B C"


# ------------------------------------------------------------------------------------------------------- the faults


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize(
    ("name", "faults"),
    [
        ("AG01", []),
        # 125 of 165 working minutes in the whole group; pairs come after 70 minutes, in block 4.
        ("AG02", [("plenary", "error", None), ("voices", "error", 4)]),
        # Minute 90 passes in block 6 (5+10+15+20+20+25 = 95); the vote in block 3 comes before the ideas in block 5.
        ("AG03", [("breaks", "error", 6), ("order", "error", 3)]),
        # Blocks 1-10 take 180 minutes; brainstorming, for at most 12, is block 3.
        ("AG04", [("time", "error", 11), ("group_size", "error", 3)]),
    ],
)
def test_each_proposal_has_the_faults_planted_in_it_and_no_other(name: str, faults: list[Any], language: str) -> None:
    with in_language(language):
        assert rules(proposal(name)) == faults


def test_a_finding_says_the_numbers_and_what_to_do() -> None:
    second = proposal("AG02").check()["message"].tolist()
    assert "125 of 165 working minutes, 76 %; at most 60 %" in second[0]
    assert "in block 4, after 70 minutes" in second[1]
    assert "180 minutes without a break, 13:00–16:00" in proposal("AG03").check()["message"][0]
    fourth = proposal("AG04").check()["message"].tolist()
    assert "take 210 minutes, and the meeting has 180: 30 too many" in fourth[0]
    assert "Brainstorming is for 4 to 12 people, and 24" in fourth[1]
    with in_language("sv"):
        assert "Brainstorming är till för 4 till 12 personer" in proposal("AG04").check()["message"][1]


def test_findings_have_their_columns_also_when_there_are_none() -> None:
    found = proposal("AG01").check()
    assert found.columns.tolist() == ["rule", "severity", "message", "block"]
    assert found.dtypes.astype(str).tolist() == proposal("AG02").check().dtypes.astype(str).tolist()


def test_the_flawed_proposals_can_be_repaired() -> None:
    third = proposal("AG03").moved(3, to=8).moved(3, to=8).with_block("Coffee", 10, "break", at=6)
    third = third.changed(7, minutes=25).changed(8, minutes=10)
    assert rules(third) == []
    fourth = proposal("AG04").changed(3, group_size=12).without(6).changed(3, format="small_groups")
    assert rules(fourth) == []


@pytest.mark.parametrize(
    ("blocks", "limits", "expected"),
    [
        # At a limit all is well; a minute beyond it is not.
        ([("A", 90, "pairs"), ("Coffee", 5, "break"), ("B", 85, "pairs")], {}, []),
        ([("A", 91, "pairs"), ("Coffee", 5, "break")], {}, [("breaks", "error", 1)]),
        ([("A", 60, "pairs"), ("B", 31, "pairs")], {}, [("breaks", "error", 2)]),
        ([("A", 50, "pairs"), ("B", 50, "pairs")], {"between_breaks": 120}, []),
        ([("A", 60, "plenary"), ("B", 40, "pairs")], {"first_voices": 61, "between_breaks": 100}, []),
        (
            [("A", 61, "plenary"), ("B", 39, "pairs")],
            {"first_voices": 90, "between_breaks": 100},
            [("plenary", "error", None)],
        ),
        ([("A", 19, "plenary"), ("B", 30, "pairs")], {}, []),
        ([("A", 20, "plenary"), ("B", 30, "pairs")], {}, [("voices", "error", 2)]),
        ([("A", 20, "individual")], {}, [("voices", "error", None)]),
        ([("A", 10, "pairs")], {"minutes": 9}, [("time", "error", 1)]),
        ([("Coffee", 10, "break")], {}, [("voices", "error", None)]),
    ],
)
def test_limits_hold_to_the_minute(blocks: list[Any], limits: dict[str, Any], expected: list[Any]) -> None:
    phases = ["" if block[2] == "break" else "open" for block in blocks]
    assert rules(agenda(*blocks, phase=phases), **limits) == expected


def test_two_long_stretches_are_two_findings() -> None:
    made = agenda(("A", 100, "pairs"), ("Coffee", 10, "break"), ("B", 50, "pairs"), ("C", 50, "pairs"))
    assert [row for row in rules(made, minutes=300) if row[0] == "breaks"] == [
        ("breaks", "error", 1),
        ("breaks", "error", 4),
    ]


@pytest.mark.parametrize(
    ("phases", "fault"),
    [
        (["diverge", "groan", "converge"], None),
        (["diverge", "converge", "diverge"], None),
        (["open", "diverge", "close"], None),
        (["converge", "diverge", "converge"], 1),
        (["open", "groan", "converge"], 3),
    ],
)
def test_something_diverges_before_anything_converges(phases: list[str], fault: int | None) -> None:
    made = agenda(*[("A", 20, "pairs")] * 3, phase=phases)
    assert rules(made) == ([] if fault is None else [("order", "error", fault)])


def test_a_method_cut_short_is_a_warning() -> None:
    made = agenda(("Café", 30, "pairs"), phase=["diverge"], method_id=["M21"], group_size=[24])
    assert rules(made) == [("method_minutes", "warning", 1)]
    assert "World Café says 75 to 150 min; the block has 30 min" in made.check()["message"][0]


@settings(max_examples=50, deadline=None)
@given(tables())
def test_errors_are_those_that_a_walk_through_the_meeting_minute_by_minute_finds(table: pd.DataFrame) -> None:
    with (data.folder() / "methods.csv").open(encoding="utf-8", newline="") as file:
        known = {row["method_id"]: row for row in csv.DictReader(file)}
    walk = [block for block in table.to_dict("records") for _minute in range(block["minutes"])]
    stretch = "".join("b" if block["format"] == "break" else "w" for block in walk)
    work = [block for block in walk if block["format"] != "break"]
    phases = [block["phase"] for block in walk if block["phase"] in ("diverge", "converge")]
    speaks = [
        known[block["method_id"]]["voices"] == "true" if block["method_id"] else block["format"] == "pairs"
        for block in walk
    ]
    expected = {
        "breaks": any(len(part) > 90 for part in stretch.split("b")),
        "order": phases[:1] == ["converge"],
        "plenary": sum(block["format"] == "plenary" for block in work) > 0.6 * len(work),
        "time": len(walk) > 180,
        "voices": not any(speaks[:20]),
        "group_size": any(
            bool(block["method_id"])
            and not pd.isna(block["group_size"])
            and not int(known[block["method_id"]]["group_min"])
            <= block["group_size"]
            <= int(known[block["method_id"]]["group_max"])
            for block in walk
        ),
    }
    found = Agenda.from_frame(table, "13:00", "Any").check()
    errors = set(found.loc[found["severity"] == "error", "rule"])
    assert errors == {rule for rule, broken in expected.items() if broken}


# -------------------------------------------------------------------------------------------------------- the chart


@pytest.mark.parametrize(
    ("language", "phases"),
    [
        ("en", "opening, divergence, groan zone, convergence, closing"),
        ("sv", "öppning, divergens, bökzonen, konvergens, avslutning"),
    ],
)
def test_the_timeline_is_told_in_words(language: str, phases: str) -> None:
    with in_language(language):
        told = proposal("AG01").timeline().to_dict()["description"]
    assert f": {phases}." in told
    # Whole group 5+25+15, pairs 20, small groups 10+30+20+15, on their own 15+10, break 15.
    assert re.findall(r" (\d+)[,.]", told.split("180")[1]) == ["45", "20", "75", "25", "15"]


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_timeline_is_drawn_with_clock_times_words_and_numbers(language: str) -> None:
    import vl_convert

    with in_language(language):
        spec = proposal("AG03", "2026-05-12 13:00").timeline().to_dict()
        words = [*_agenda.words("format").values(), *_agenda.words("phase").values()]
    svg = vl_convert.vegalite_to_svg(spec)
    shown = re.findall(r"<text[^>]*>([^<]+)</text>", svg)
    assert set(words) <= set(shown)
    assert {"13:00", "14:00", "15:00", "16:00", *map(str, range(1, 11))} <= set(shown)
    assert float(re.search(r'width="([\d.]+)"', svg)[1]) <= 420


def test_no_two_forms_look_the_same_without_colour() -> None:
    from siru_course._facilitation.chart import DASHES, FILLS

    def lightness(colour: str) -> int:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return round((0.2126 * red + 0.7152 * green + 0.0722 * blue) / 16)

    assert len({(lightness(FILLS[form]), tuple(DASHES[form])) for form in FORMATS}) == len(FORMATS)


def test_a_meeting_through_the_night_has_few_and_round_times() -> None:
    from siru_course._facilitation.chart import round_times

    ticks = round_times(agenda(("A", 5, "plenary"), start="2026-10-24 22:10").start, 600)
    assert len(ticks) <= 7
    # The clock is put back at 03:00, so that 04:00 comes 6 h 50 min after 22:10, not 5 h 50 min.
    assert ticks["410"] == "04:00"


# ----------------------------------------------------------------------------------------------------- the calendar


def read_calendar(content: bytes) -> list[tuple[str, dict[str, list[str]]]]:
    """Read a calendar's components without a library: unfold, split names from values, and unescape."""
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    lines = content.decode("utf-8").replace("\r\n ", "").replace("\r\n\t", "").split("\r\n")[:-1]
    found: list[tuple[str, dict[str, list[str]]]] = []
    open_: list[int] = []
    for line in lines:
        match = re.fullmatch(r"([A-Z-]+)((?:;[A-Z-]+=[^;:]+)*):(.*)", line)
        assert match, line
        name, parameters, value = match.groups()
        if name == "BEGIN":
            found.append((value, {}))
            open_.append(len(found) - 1)
        elif name == "END":
            assert found[open_.pop()][0] == value
        else:
            plain = re.sub(r"\\(.)", lambda at: "\n" if at[1] in "nN" else at[1], value)
            found[open_[-1]][1].setdefault(name + parameters, []).append(plain)
    assert open_ == []
    return found


TRICKY = 'Räksmörgås, kaffe; "te" \\ och: mer — ' + "åäö😀" * 30


def test_the_file_is_as_the_standard_says(tmp_path: Path) -> None:
    made = proposal("AG01", "2026-05-12 13:00").changed(2, title=TRICKY)
    components = read_calendar(made.to_ics(tmp_path / "agenda.ics").read_bytes())
    assert components[0][0] == "VCALENDAR"
    assert components[0][1]["VERSION"] == ["2.0"]
    assert components[0][1]["PRODID"][0]
    events = [properties for name, properties in components if name == "VEVENT"]
    assert len(events) == 1 + 11
    for event in events:
        for name in ("UID", "DTSTAMP", "SUMMARY", "DESCRIPTION"):
            assert len(event[name]) == 1
        assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"][0])
    times = [
        (event["DTSTART;TZID=Europe/Stockholm"][0], event["DTEND;TZID=Europe/Stockholm"][0]) for event in events[1:]
    ]
    assert times == [
        (f"20260512T{row.start.replace(':', '')}00", f"20260512T{row.end.replace(':', '')}00")
        for row in made.frame.itertuples()
    ]
    assert events[0]["DTEND;TZID=Europe/Stockholm"] == ["20260512T160000"]
    assert events[2]["SUMMARY"] == [TRICKY]
    assert len({event["UID"][0] for event in events}) == len(events)


def test_a_calendar_program_reads_the_meeting_and_its_blocks(tmp_path: Path) -> None:
    made = proposal("AG01", "2026-05-12 13:00").changed(2, title=TRICKY, who="Ada")
    read = icalendar.Calendar.from_ical(made.to_ics(tmp_path / "agenda.ics").read_bytes())
    meeting, *blocks = read.walk("VEVENT")
    assert (str(meeting["summary"]), str(meeting["transp"])) == ("First jobs", "OPAQUE")
    assert meeting["dtstart"].dt == datetime(2026, 5, 12, 13, tzinfo=STOCKHOLM)
    assert f"13:05–13:15  {TRICKY} (small groups, 6 together)" in str(meeting["description"])
    assert [str(block["summary"]) for block in blocks] == made.frame["title"].tolist()
    assert {str(block["transp"]) for block in blocks} == {"TRANSPARENT"}
    assert {str(block["related-to"]) for block in blocks} == {str(meeting["uid"])}
    assert "Leads: Ada" in str(blocks[1]["description"])
    assert "Check-in round" in str(blocks[1]["description"])
    assert not read.errors
    assert not any(event.errors for event in read.walk())


@settings(max_examples=25, deadline=None)
@given(tables(), st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1)))
def test_any_agenda_comes_back_from_the_calendar(table: pd.DataFrame, start: datetime) -> None:
    from siru_course._facilitation.calendar import calendar

    # Given in UTC, every moment exists.
    begins = start.replace(second=0, microsecond=0, tzinfo=UTC)
    made = Agenda.from_frame(table, begins, "Any")
    assert isinstance(made.start, datetime)
    content = calendar(made.title, made.start, made.blocks, each_block=True)
    read_calendar(content)
    events = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert [str(event["summary"]) for event in events[1:]] == [block.title for block in made.blocks]
    at = begins
    for event, block in zip(events[1:], made.blocks, strict=True):
        assert event["dtstart"].dt.astimezone(UTC) == at
        at += timedelta(minutes=block.minutes)
        assert event["dtend"].dt.astimezone(UTC) == at


def test_moments_are_right_in_the_night_when_an_hour_comes_twice(tmp_path: Path) -> None:
    made = agenda(*[("Watch", 60, "plenary")] * 3, start="2026-10-25 01:00")
    events = icalendar.Calendar.from_ical(made.to_ics(tmp_path / "night.ics").read_bytes()).walk("VEVENT")
    moments = [event["dtstart"].dt.astimezone(UTC) for event in events[1:]]
    assert moments == [datetime(2026, 10, 24, 23, tzinfo=UTC) + timedelta(hours=hour) for hour in range(3)]


def test_the_zone_in_the_file_is_stockholms(tmp_path: Path) -> None:
    path = agenda(("A", 5, "plenary"), start="2026-05-12 13:00").to_ics(tmp_path / "a.ics")
    zone = tzical(StringIO(path.read_text(encoding="utf-8"))).get("Europe/Stockholm")
    days = [
        datetime(year, month, day, tzinfo=UTC)
        for year in range(2020, 2041)
        for month in range(1, 13)
        for day in (1, 15)
    ]
    # Each hour of the last week of March and of October, in which the changes are.
    days += [
        datetime(year, month, 25, tzinfo=UTC) + timedelta(hours=hour)
        for year in range(2020, 2041)
        for month in (3, 10)
        for hour in range(7 * 24)
    ]
    for day in days:
        wall = day.astimezone(STOCKHOLM)
        assert wall.fold or wall.replace(tzinfo=zone).utcoffset() == wall.utcoffset(), wall


def test_written_again_a_calendar_changes_its_events_instead_of_adding_others(tmp_path: Path) -> None:
    def uids(made: Agenda) -> list[str]:
        read = icalendar.Calendar.from_ical(made.to_ics(tmp_path / "agenda.ics").read_bytes())
        return [str(event["uid"]) for event in read.walk("VEVENT")]

    made = proposal("AG01", "2026-05-12 13:00")
    assert uids(made) == uids(made.moved(2, to=3).retimed("09:00"))
    assert not set(uids(made)) & set(uids(made.retimed("2026-05-13 13:00")))


def test_participants_can_be_sent_the_meeting_only(tmp_path: Path) -> None:
    path = proposal("AG01", "2026-05-12 13:00").to_ics(tmp_path / "agenda.ics", blocks=False)
    assert len(icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")) == 1


# ------------------------------------------------------------------------------------------------- paper and tables


@pytest.mark.parametrize(
    ("language", "heading", "method"),
    [("en", "What happens", "Check-in round"), ("sv", "Vad som händer", "Incheckning (runda)")],
)
def test_the_run_sheet_is_in_the_language_in_use(language: str, heading: str, method: str) -> None:
    with in_language(language):
        sheet = proposal("AG01", "2026-05-12 13:00").to_markdown(steps=True)
    assert f"| {heading} |" in sheet
    assert f"## 13:05–13:15 {method}" in sheet
    assert "2026-05-12, 13:00–16:00, 180 minut" in sheet
    other = data.load("methods").set_index("method_id").loc["M01"]
    assert re.sub(r"\\(.)", r"\1", sheet).count(other[f"risk_{language}"]) == 1


def cells(sheet: str) -> list[str]:
    """Give the cells of a Markdown table as a reader sees them."""
    parsed = MarkdownIt("commonmark", {"html": True}).enable("table").parse(sheet)
    inside = [parsed[at + 1] for at, token in enumerate(parsed) if token.type in ("td_open", "th_open")]
    assert not any(
        child.type != "text" and child.type != "text_special" for cell in inside for child in cell.children or []
    )
    return ["".join(child.content for child in cell.children or []) for cell in inside]


@pytest.mark.parametrize(
    "title", ["a|b", "<b>x</b> & *y* _z_", "[link](http://x)", "`code` \\| #1", "5 $ < 6 $ ~~no~~"]
)
def test_what_somebody_wrote_is_shown_as_it_is(title: str) -> None:
    made = agenda((title, 10, "plenary"), start="13:00")
    assert title in cells(made.to_markdown())
    html = made._repr_html_()
    assert "<b>" not in html
    assert Agenda.from_frame(made.frame, "13:00", title).to_markdown().startswith("# ")


def test_who_leads_is_a_column_only_where_somebody_is_named() -> None:
    made = agenda(("A", 5, "plenary"), ("B", 5, "pairs"))
    assert "Who leads" not in made.to_markdown()
    assert cells(made.changed(2, who="Ada").to_markdown())[-1] == "Ada"


@pytest.mark.parametrize("language", ["en", "sv"])
def test_an_agenda_shows_itself_as_a_run_sheet(language: str) -> None:
    with in_language(language):
        text, html = str(proposal("AG02")), proposal("AG02")._repr_html_()
    assert "13:00–13:15" in text
    assert ("Whole group: 76 % of" if language == "en" else "Helgrupp: 76 % av") in text
    assert html.count("<tr>") == 1 + 10


@settings(max_examples=50, deadline=None)
@given(tables())
def test_a_table_comes_back_from_its_file(tmp_path_factory: pytest.TempPathFactory, table: pd.DataFrame) -> None:
    made = Agenda.from_frame(table, "13:00", "Any")
    path = made.to_csv(tmp_path_factory.mktemp("csv") / "agenda.csv")
    read = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype={"title": "string"})
    assert Agenda.from_frame(read, "13:00", "Any") == made
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("broken", ["replace", "fsync"])
@pytest.mark.parametrize("write", ["to_csv", "to_ics"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: str, broken: str
) -> None:
    path = tmp_path / "agenda"
    path.write_text("old")

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, broken, full)
    with pytest.raises(ValueError, match="could not be written"):
        getattr(proposal("AG01", "2026-05-12 13:00"), write)(path)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["agenda"]


def test_a_file_that_is_there_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "agenda.csv"
    path.write_text("old")
    assert proposal("AG01").to_csv(str(path)) == path
    assert len(pd.read_csv(path)) == 11


# --------------------------------------------------------------------------------------------------------- methods


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from([None, "open", "gather_ideas", "decide", "handle_conflict", "energise"]),
    st.sampled_from([None, *PHASES]),
    st.one_of(st.none(), st.integers(1, 300)),
    st.one_of(st.none(), st.integers(1, 200)),
)
def test_the_methods_are_those_whose_cards_allow_it(
    purpose: str | None, phase: str | None, group_size: int | None, minutes: int | None
) -> None:
    with (data.folder() / "methods.csv").open(encoding="utf-8", newline="") as file:
        fitting = [
            (row["purpose"] != purpose, row["method_id"])
            for row in csv.DictReader(file)
            if purpose in (None, row["purpose"], row["purpose_also"])
            and phase in (None, row["phase"])
            and (group_size is None or int(row["group_min"]) <= group_size <= int(row["group_max"]))
            and (minutes is None or int(row["minutes_min"]) <= minutes)
        ]
    found = suggest_methods(purpose, phase, group_size, minutes)
    expected = [name for _also, name in (sorted(fitting) if purpose else fitting)]
    assert found["method_id"].tolist() == expected
    assert found.index.tolist() == list(range(len(expected)))


def test_24_people_and_a_quarter_of_an_hour_leave_a_choice_in_every_phase() -> None:
    for phase in PHASES:
        found = suggest_methods(phase=phase, group_size=24, minutes=15)
        assert 3 <= len(found) < 15
    assert "Brainstorming" not in suggest_methods("gather_ideas", "diverge", 24, 15)["name"].tolist()


def test_cards_are_in_the_language_in_use_and_purposes_may_be_words() -> None:
    english = suggest_methods("gather ideas", group_size=8)
    with in_language("sv"):
        swedish = suggest_methods("samla idéer", group_size=8)
    assert english["method_id"].tolist() == swedish["method_id"].tolist()
    assert english.columns.tolist() == swedish.columns.tolist()
    assert "1-2-4-alla" in swedish["name"].tolist()


def test_nothing_that_fits_is_an_empty_table_with_its_columns() -> None:
    found = suggest_methods("decide", group_size=300, minutes=1)
    assert found.empty
    assert "name" in found


# ------------------------------------------------------------------------------------------------------- bad input

GOOD = pd.DataFrame({"title": ["A", "B"], "minutes": [10, 20], "format": ["plenary", "pairs"]})


def build(**columns: Any) -> Callable[[], object]:
    return lambda: Agenda.from_frame(GOOD.assign(**columns), "13:00", "Kick-off")


def start(value: object) -> Callable[[], object]:
    return lambda: Agenda.from_frame(GOOD, value, "Kick-off")


def good() -> Agenda:
    return Agenda.from_frame(GOOD, "13:00", "Kick-off")


ALL = data.load("agendas")
BAD = [
    pytest.param(lambda: Agenda.from_frame([1], "13:00", "A"), ValueError, "give a DataFrame", "ange en DataFrame"),
    pytest.param(lambda: Agenda.from_frame(GOOD[:0], "13:00", "A"), ValueError, "frame is empty", "frame är tom"),
    pytest.param(
        lambda: Agenda.from_frame(GOOD.drop(columns="minutes"), "13:00", "A"),
        KeyError,
        "frame has no column 'minutes'",
        "'minutes'",
    ),
    pytest.param(
        lambda: Agenda.from_frame(GOOD.drop(columns="title"), "13:00", "A"), KeyError, "no column 'title'", "'title'"
    ),
    pytest.param(
        lambda: Agenda.from_frame(ALL, "13:00", "A"), ValueError, "holds 4 agendas", "innehåller 4 körscheman"
    ),
    pytest.param(lambda: Agenda.from_frame(GOOD, "13:00", " "), ValueError, "title is ' '", "title är ' '"),
    pytest.param(build(title=["A", None]), ValueError, "Block 2: title is nan", "Block 2: title är nan"),
    pytest.param(build(minutes=[10, -5]), ValueError, "Block 2: minutes is -5", "Block 2: minutes är -5"),
    pytest.param(build(minutes=[10, None]), ValueError, "Block 2: minutes is nan", "Block 2: minutes är nan"),
    pytest.param(
        build(minutes=[10, 7.5]), ValueError, "minutes is 7.5; give a whole", "minutes är 7.5; ange ett heltal"
    ),
    pytest.param(build(minutes=["ten", 5]), ValueError, "Block 1: minutes is 'ten'", "Block 1: minutes är 'ten'"),
    pytest.param(
        build(format=["plenary", "talk"]),
        ValueError,
        "format is 'talk'; choose one of plenary",
        "format är 'talk'; välj",
    ),
    pytest.param(build(format=["plenary", None]), ValueError, "format is nan", "format är nan"),
    pytest.param(build(phase=["open", "later"]), ValueError, "phase is 'later'", "phase är 'later'"),
    pytest.param(
        build(method_id=["M99", None]), ValueError, "'M99'; give a card from M01 to M90", "'M99'; ange ett kort från"
    ),
    pytest.param(build(group_size=[0, 5]), ValueError, "group_size is 0", "group_size är 0"),
    pytest.param(
        start("25:00"), ValueError, "start is '25:00'; give a clock time", "start är '25:00'; ange ett klockslag"
    ),
    pytest.param(start("2026-02-30 13:00"), ValueError, "give a clock time", "ange ett klockslag"),
    pytest.param(start(None), ValueError, "start is None", "start är None"),
    pytest.param(start(pd.NaT), ValueError, "start is NaT", "start är NaT"),
    pytest.param(start("2026-03-29 02:30"), ValueError, "there is no such time", "den tiden finns inte"),
    pytest.param(lambda: good().moved(3, to=1), ValueError, "block is 3; give", "block är 3; ange"),
    pytest.param(lambda: good().moved(1, to=0), ValueError, "to is 0; give", "to är 0; ange"),
    pytest.param(lambda: good().without(1).without(1), ValueError, "at least one block", "minst ett block"),
    pytest.param(
        lambda: good().changed(1, colour="red"), ValueError, "no colour; it has title", "inget som heter colour"
    ),
    pytest.param(lambda: good().changed(2, minutes=0), ValueError, "Block 2: minutes is 0", "Block 2: minutes är 0"),
    pytest.param(lambda: good().with_block("C", 5, "pairs", at=4), ValueError, "at is 4; give", "at är 4; ange"),
    pytest.param(lambda: good().check(plenary_share=60), ValueError, "25 % is 0.25", "plenary_share är 60"),
    pytest.param(lambda: good().check(minutes=0), ValueError, "minutes is 0", "minutes är 0"),
    pytest.param(lambda: good().to_ics("x.ics"), ValueError, "has no day", "har ingen dag"),
    pytest.param(lambda: good().to_csv("no/such/a.csv"), ValueError, "could not be written", "gick inte att skriva"),
    pytest.param(lambda: good().to_csv(3), ValueError, "path is 3", "path är 3"),  # type: ignore[arg-type]
    pytest.param(lambda: good().to_csv("a\0b"), ValueError, "could not be written", "gick inte att skriva"),
    pytest.param(lambda: suggest_methods("chat"), ValueError, "purpose is 'chat'; choose", "purpose är 'chat'; välj"),
    pytest.param(lambda: suggest_methods(phase="end"), ValueError, "phase is 'end'; choose", "phase är 'end'; välj"),
    pytest.param(lambda: suggest_methods(group_size=0), ValueError, "group_size is 0", "group_size är 0"),
    pytest.param(lambda: suggest_methods(minutes=1.5), ValueError, "minutes is 1.5", "minutes är 1.5"),  # type: ignore[arg-type]
]

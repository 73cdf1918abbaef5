"""The toolbox in a real browser, served by Voilà: every tool is used as in a meeting, and the browser then closed."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import icalendar
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from siru_course.language import gettext as _
from siru_course.language import in_language
from siru_course.widgets._serve import Served, serve
from siru_course.widgets._toolbox import TOOLS

from .conftest import SIZES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("toolbox")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with in_language("en"), serve(folder) as running:
        yield running


class Meeting:
    """A browser that opens the toolbox, and can be closed and opened again."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self.browser, self.served = browser, served
        self.complaints: list[str] = []
        self.strangers: list[str] = []

    def open(self, tool: str, size: str = "desktop") -> Page:
        self.page = self.browser.new_context(viewport=SIZES[size], is_mobile=size == "phone").new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.goto(self.served.address)
        self.choose(tool)
        return self.page

    def choose(self, tool: str) -> None:
        # Opening starts a kernel, which takes its time on a busy machine.
        self.page.get_by_role("button", name=_(TOOLS[tool][0]), exact=True).click(timeout=90_000)
        expect(self.page.get_by_role("heading", level=2)).to_have_text(_(TOOLS[tool][0]))

    def close(self) -> None:
        self.page.context.close()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def fill(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label, exact=True)
        field.fill(text)
        field.blur()

    def says(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("status").filter(visible=True)).to_contain_text(words, timeout=20_000)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.served.address, "data:", "blob:")):
            self.strangers.append(url)


@pytest.fixture
def meeting(browser: Browser, served: Served) -> Iterator[Meeting]:
    opened = Meeting(browser, served)
    yield opened
    opened.close()
    assert opened.complaints == []
    assert opened.strangers == []


def eventually(look: Callable[[], object], wanted: object) -> None:
    """Wait until what is on the disk is what it should be: a click travels to the kernel and back."""
    end = time.monotonic() + 20
    while (found := look()) != wanted and time.monotonic() < end:
        time.sleep(0.1)
    assert found == wanted


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_agenda_retimes_itself_and_goes_into_a_calendar(meeting: Meeting, folder: Path) -> None:
    page = meeting.open("agenda_planner")
    meeting.fill("Block 1: minutes", "25")
    meeting.says("The meeting ends at 13:25")
    meeting.press("Add after block 1")
    meeting.fill("Block 2: what happens", "Rundan")
    meeting.fill("Block 2: minutes", "30")
    meeting.says("The meeting ends at 13:55")
    expect(page.get_by_text("Block 2 · 13:25–13:55")).to_be_visible()
    meeting.fill("Day", "2027-05-04")
    meeting.press("Save for a calendar (.ics)")
    meeting.says("agenda.ics")
    calendar = icalendar.Calendar.from_ical((folder / "agenda.ics").read_bytes())
    blocks = [event for event in calendar.walk("VEVENT") if "Rundan" in event["SUMMARY"]]
    assert [event.decoded("DTSTART").strftime("%Y-%m-%d %H:%M") for event in blocks] == ["2027-05-04 13:25"]
    meeting.close()
    page = meeting.open("agenda_planner")
    expect(page.get_by_label("Block 2: what happens", exact=True)).to_have_value("Rundan")


def test_the_talk_clock_counts_and_a_closed_browser_loses_no_turn(meeting: Meeting, folder: Path) -> None:
    page = meeting.open("talk_clock")
    meeting.fill("People in the room, one a line", "Åsa; civil\nBo; public")
    meeting.press("Use these people")
    meeting.press("Åsa")
    page.wait_for_timeout(2200)
    meeting.press("Bo")
    expect(page.get_by_role("row", name=re.compile("Åsa")).first).to_contain_text(re.compile(r"[2-9]"))
    meeting.says("Bo")
    eventually(lambda: [turn["person"] for turn in rows(folder / "talk.csv")], ["Åsa", "Bo"])
    turns = rows(folder / "talk.csv")
    assert 2 <= float(turns[0]["seconds"]) <= 20
    meeting.close()
    page = meeting.open("talk_clock")
    expect(page.get_by_role("row", name=re.compile("Åsa")).first).to_be_visible()
    assert [turn["person"] for turn in rows(folder / "talk.csv")] == ["Åsa", "Bo"]


def test_tables_are_mixed_and_place_cards_printed(meeting: Meeting, folder: Path) -> None:
    page = meeting.open("table_mixer")
    names = [f"{name}; {sector}" for name, sector in zip("ABCDEFGH", ["civil", "public"] * 4, strict=True)]
    meeting.fill("Participants, one a line", "\n".join(names))
    meeting.fill("Most people at a table", "4")
    meeting.press("Mix the tables")
    meeting.says("8 people are seated; tables: 2, rounds: 3.")
    meeting.press("Save the place cards")
    meeting.says("place_cards.html")
    cards = (folder / "place_cards.html").read_text(encoding="utf-8")
    assert cards.count("<article>") == 8
    before = rows(folder / "tables.csv")
    meeting.close()
    page = meeting.open("table_mixer")
    meeting.says("8 people are read from")
    expect(page.get_by_role("heading", name="Round 3")).to_be_visible()
    assert rows(folder / "tables.csv") == before


def test_a_vote_is_taken_under_several_rules(meeting: Meeting, folder: Path) -> None:
    page = meeting.open("vote")
    meeting.fill("Options, one a line", "Buses\nMentors")
    meeting.press("Use these options")
    for number, (first, second) in enumerate([("Buses", "Mentors"), ("Mentors", "Buses"), ("Mentors", "Buses")], 1):
        page.get_by_label("Place 1", exact=True).select_option(first)
        page.get_by_label("Place 2", exact=True).select_option(second)
        meeting.fill("Dots for Buses", "3")
        meeting.press("Add the ballot")
        meeting.says(f"Ballots: {number}.")
    expect(page.get_by_role("row", name=re.compile("^Plurality"))).to_contain_text("Mentors")
    expect(page.get_by_role("row", name=re.compile("^Dot-voting"))).to_contain_text("Buses")
    assert len(rows(folder / "ballots.csv")) == 3


def test_a_board_scores_and_sees_its_agreement(meeting: Meeting, folder: Path) -> None:
    page = meeting.open("board_scorecard")
    meeting.fill("Ideas, one a line", "Buses\nMentors")
    meeting.fill("Criteria, one a line", "need")
    meeting.fill("Reviewers, one a line", "R1\nR2")
    meeting.press("Use these names")
    for reviewer, scores in (("R1", ("2", "5")), ("R2", ("1", "4"))):
        page.get_by_label("Who scores", exact=True).select_option(reviewer)
        meeting.says(reviewer)
        for idea, score in zip(("Buses", "Mentors"), scores, strict=True):
            page.get_by_label("Idea to score", exact=True).select_option(idea)
            expect(page.get_by_label("Score: need", exact=True)).to_have_value("not scored")
            choice = page.get_by_label("Score: need", exact=True).locator("option").nth(int(score))
            page.get_by_label("Score: need", exact=True).select_option(choice.text_content())
            expect(page.get_by_label("Score: need", exact=True)).to_have_value(re.compile(f"^{score}"))
    wanted = {("R1", "Buses"): "2", ("R1", "Mentors"): "5", ("R2", "Buses"): "1", ("R2", "Mentors"): "4"}
    eventually(
        lambda: {(r["reviewer"], r["idea_id"]): r["score"] for r in rows(folder / "board.csv") if r["score"]}, wanted
    )
    page.get_by_text("Show the result").filter(visible=True).click()
    expect(page.get_by_text(re.compile("Krippendorff")).filter(visible=True).first).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^Mentors")).filter(visible=True).first).to_be_visible()


def test_a_theory_is_built_and_checked(meeting: Meeting, folder: Path) -> None:
    page = meeting.open("theory_builder")
    for level, words in (("Impact", "The road to work is shorter"), ("Activity", "We meet employers")):
        page.get_by_label("Level", exact=True).select_option(level)
        meeting.fill("What the step says", words)
        meeting.press("Save the step")
        expect(page.get_by_label("What the step says", exact=True)).to_have_value("")
    expect(page.locator("svg[role=img]").filter(visible=True)).to_be_visible()
    for end, place in (("From", 2), ("To", 1)):
        option = page.get_by_label(end, exact=True).locator("option").nth(place).text_content()
        page.get_by_label(end, exact=True).select_option(option)
    meeting.press("Save the arrow")
    expect(page.get_by_text(re.compile("level", re.IGNORECASE)).filter(visible=True).first).to_be_visible()
    eventually(lambda: [row["kind"] for row in rows(folder / "theory.csv")], ["step", "step", "link"])
    meeting.close()
    page = meeting.open("theory_builder")
    expect(page.get_by_text("We meet employers").filter(visible=True).first).to_be_visible()


def test_a_value_map_is_explored_with_its_uncertainty(meeting: Meeting, folder: Path) -> None:
    page = meeting.open("value_explorer")
    shown = page.locator("table", has_text="The map now")
    ratio = shown.get_by_role("row", name="Ratio", exact=False).first
    before = ratio.inner_text()
    handle = page.get_by_role("slider", name=re.compile("Deadweight")).first
    handle.focus()
    for _press in range(10):
        page.keyboard.press("ArrowRight")
    meeting.says(re.compile(r"Deadweight: 5\d %"))
    eventually(lambda: ratio.inner_text() != before, True)
    expect(page.get_by_role("row", name="Nine draws in ten")).to_contain_text(re.compile(r"\d\.\d\d–\d\.\d\d"))
    eventually((folder / "value_map.csv").exists, True)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_every_tool_is_accessible_and_fits(meeting: Meeting, size: str) -> None:
    page = meeting.open("vote", size)
    for tool in TOOLS:
        meeting.choose(tool)
        found = Axe().run(page).response["violations"]
        assert [f"{item['id']}: {node['html'][:200]}" for item in found for node in item["nodes"]] == [], tool
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, tool


def test_the_toolbox_speaks_swedish(browser: Browser, tmp_path: Path) -> None:
    with in_language("sv"), serve(tmp_path) as running:
        meeting = Meeting(browser, running)
        page = meeting.open("talk_clock")
        assert page.get_attribute("html", "lang") == "sv"
        expect(page).to_have_title("Facilitatorns verktygslåda")
        for tool in TOOLS:
            meeting.choose(tool)
            words = page.locator("label, button, h1, h2, h3, [role=status]").filter(visible=True).all_inner_texts()
            assert [text for text in words if re.search(r"\b(the|and|with|save)\b", text, re.IGNORECASE)] == [], tool
        meeting.close()
        assert meeting.strangers == []


def test_a_button_does_not_overtake_what_is_typed_fast(meeting: Meeting, folder: Path) -> None:
    page = meeting.open("theory_builder")
    words = "Everybody who wants a job has met somebody who has one to give, and has been asked what they can do."
    page.get_by_label("Level", exact=True).select_option("Output")
    page.get_by_label("What the step says", exact=True).press_sequentially(words)
    meeting.press("Save the step")
    eventually(lambda: words in [row["label"] for row in rows(folder / "theory.csv")], True)

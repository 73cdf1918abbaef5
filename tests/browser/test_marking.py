"""Marking in a real browser: by keyboard alone, closed and opened again, on a wide and a narrow screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, expect

from siru_course.classroom.marking import marking
from siru_course.classroom.marking_tool import serve_marking
from siru_course.widgets._serve import Served

from ..classroom.marking_class import ASSIGNMENT, FRAME, STUDENTS, make
from .conftest import SIZES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("marked") / "class")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with serve_marking(folder, "dialogue", "Eva") as running:
        yield running


class Desk:
    """A browser that opens the page, and can be closed and opened again."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self.browser, self.served = browser, served
        self.complaints: list[str] = []
        self.strangers: list[str] = []

    def open(self, size: str = "desktop") -> Page:
        self.page = self.browser.new_context(viewport=SIZES[size], is_mobile=size == "phone").new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.goto(self.served.address)
        # Opening starts a kernel, which takes its time on a busy machine.
        self.page.get_by_role("button", name="Save and next", exact=True).wait_for(timeout=90_000)
        return self.page

    def tab_to(self, label: str) -> None:
        """Press Tab until the control with this label is reached, as somebody without a mouse does."""
        for _press in range(60):
            name = self.page.evaluate(
                "() => { const at = document.activeElement; if (!at) return '';"
                " return at.labels && at.labels.length ? at.labels[0].innerText : at.innerText || ''; }"
            )
            if name.strip() == label:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{label} is not reached by Tab")

    def close(self) -> None:
        self.page.context.close()

    def _asked(self, url: str) -> None:
        if not url.startswith((self.served.address, "data:", "blob:")):
            self.strangers.append(url)


@pytest.fixture
def desk(browser: Browser, served: Served) -> Iterator[Desk]:
    opened = Desk(browser, served)
    yield opened
    opened.close()
    assert opened.complaints == []
    assert opened.strangers == []


def given(folder: Path) -> list[tuple[float, str]]:
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "siru") as book:
        found = []
        for student in STUDENTS:
            grade = book.find_grade("frame_challenge", "dialogue", ASSIGNMENT, student)
            comment = book.find_comment("frame_challenge", "dialogue", ASSIGNMENT, student)
            if grade.manual_score is not None:
                assert not grade.needs_manual_grade
                found.append((grade.manual_score, comment.manual_comment or ""))
        return sorted(found)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_it_is_accessible_and_fits(desk: Desk, folder: Path, size: str) -> None:
    page = desk.open(size)
    page.get_by_role("button", name="Show how it stands").click()
    expect(page.get_by_role("heading", name="How the marking stands")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    # Every answer, also the one with a table, a picture and what would have been a script.
    for answer in marking(folder, "dialogue", "Eva").queue(FRAME):
        page.get_by_label("Open an answer").select_option(index=answer.number - 1)
        expect(page.get_by_role("heading", name=f"Answer {answer.number}", exact=True)).to_be_visible()
        found = Axe().run(page).response["violations"]
        assert [f"{item['id']}: {node['html'][:200]}" for item in found for node in item["nodes"]] == []
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0
    assert page.title() == "Marking"


def test_two_answers_are_marked_by_keyboard_and_a_third_goes_on_after_a_break(desk: Desk, folder: Path) -> None:
    page = desk.open()
    for turn, keys in enumerate(["32212", "10010"]):
        desk.tab_to("One problem")
        for criterion, key in enumerate(keys):
            page.keyboard.press(key)
            if criterion < len(keys) - 1:
                page.keyboard.press("Tab")
        total = str(sum(map(int, keys)))
        expect(page.get_by_label("Points, 0 to 15")).to_have_value(total)
        desk.tab_to("Comment to the student")
        page.keyboard.type(f"Comment {turn}")
        desk.tab_to("Save and next")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text(re.compile(rf"is saved with {total} of 15 points"))
        # The keyboard is where the next answer's marks begin.
        expect(page.get_by_label("One problem")).to_be_focused()
        expect(page.get_by_label("One problem")).to_have_value("–")
    assert given(folder) == [(2, "Comment 1"), (10, "Comment 0")]
    expect(page.get_by_text("1 of 3 answers left to mark")).to_be_visible()
    desk.tab_to("One problem")
    page.keyboard.press("3")
    desk.tab_to("Comment to the student")
    page.keyboard.type("Half a sent")
    heading = page.get_by_role("heading", name=re.compile(r"^Answer \d")).inner_text()
    page.wait_for_timeout(1000)
    desk.close()
    page = desk.open()
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.get_by_label("Comment to the student")).to_have_value("Half a sent")
    expect(page.get_by_label("One problem")).to_have_value(re.compile(r"^3 · "))
    desk.tab_to("Points, 0 to 15")
    page.keyboard.type("7.5")
    desk.tab_to("Save and next")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No answer is left to mark in this task.")).to_be_visible()
    expect(page.get_by_role("table", name="Distribution").get_by_role("row")).to_have_count(4)
    assert given(folder) == [(2, "Comment 1"), (7.5, "Half a sent"), (10, "Comment 0")]


def test_the_address_is_not_to_be_guessed(browser: Browser, served: Served) -> None:
    root = re.match(r"http://127\.0\.0\.1:\d+/", served.address)
    assert root
    page = browser.new_page()
    for guess in ("", "voila/render/tool.ipynb", "api/kernels", "files/tool.ipynb"):
        answer = page.request.get(root.group() + guess)
        assert answer.status == 404, guess
    page.close()

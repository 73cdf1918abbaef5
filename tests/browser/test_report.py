"""The pages for teachers in a real browser: accessible, without script, on a phone and on a desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from siru_course.classroom import _report_page
from siru_course.classroom.report import report
from siru_course.classroom.similarity import similarity

from ..classroom.small_class import ASSIGNMENT, STUBS, Handed, make
from .conftest import SIZES

pytestmark = pytest.mark.slow

LONG = "Donaudampfschifffahrtsgesellschaftskapitänspatentprüfungsordnung" * 3
ANSWERS = {
    task: f"{STUBS[task]}\n" + "\n".join(f"x{n} = {n} + len(votes)  # {LONG}" for n in range(12)) for task in STUBS
}
PRINTED = {"count": f"✗ Pairs: not met. Divide `once` more. {LONG}"}


@pytest.fixture(params=["en", "sv"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    handed = {
        f"s{n:02}": Handed(
            n % 11, n % 6, n % 5, ANSWERS if n < 2 else {}, PRINTED, flagged=n == 3, first=LONG, last="Ek"
        )
        for n in range(14)
    }
    return make(tmp_path / "class", handed, request.param)


@pytest.mark.parametrize("size", SIZES)
def test_pages_are_accessible_fit_and_need_no_script(
    folder: Path, browser: Browser, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    similarity(folder, "small")
    drawn = report(folder, "small")
    monkeypatch.setattr(_report_page, "find_spec", lambda name: None)
    plain = report(folder, "small", folder / "plain.html")
    page_of_pairs = folder / ".siru" / "similarity" / f"{ASSIGNMENT}.html"
    assert page_of_pairs.read_text(encoding="utf-8").count("<section>") == 1
    for path in (drawn, plain, page_of_pairs):
        # axe itself is a script, which the page's own policy would stop.
        context = browser.new_context(viewport=SIZES[size], is_mobile=size == "phone", bypass_csp=True)
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(path.as_uri())
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
        assert page.locator("script").count() == 0
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        page.emulate_media(media="print")
        assert page.locator("main").is_visible()
        context.close()


def test_the_charts_are_drawn(folder: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(report(folder, "small").as_uri())
    widths = page.evaluate("[...document.images].map(image => image.naturalWidth)")
    assert len(widths) == 2
    assert min(widths) > 200
    page.close()

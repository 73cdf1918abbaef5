"""The book in a real browser: what a reader on a desktop or a phone, in light or dark, meets."""

from __future__ import annotations

from pathlib import Path

import icalendar
import pytest
from axe_playwright_python.sync_playwright import Axe

from siru_course import data, valuation
from siru_course.book import reference

from .conftest import Visit

pytestmark = pytest.mark.slow

PAGES = [
    "index.html",
    *(
        f"{language}/{page}.html"
        for language in ("en", "sv")
        for page in (
            "index",
            "facilitate",
            "learn",
            "teach/index",
            "ground/facilitation",
            "meet/dialogue",
            "measure/valuation",
            "handouts/index",
            "handouts/facilitation",
            "handouts/competencies",
            "handouts/dialogue",
            "handouts/all",
            "ground/methods",
            "handouts/valuation",
            "reference/glossary",
            "reference/bibliography",
            "data/index",
            "data/planted",
            "data/sets/dialogue_ideas",
            "data/sets/brobygget_value_map",
            "package/index",
            "package/dialogue",
            "package/valuation",
            "search",
        )
    ),
]
THEMES = ["ground/facilitation", "meet/dialogue", "measure/valuation"]
CHAPTERS = [f"{language}/{theme}.html" for theme in THEMES for language in ("en", "sv")]
VERDICTS = {"en": {"Right", "Not right"}, "sv": {"Rätt", "Inte rätt"}}


def violations(visit: Visit) -> list[str]:
    found = Axe().run(visit.page).response["violations"]
    return [f"{item['id']}: {node['html'][:200]}" for item in found for node in item["nodes"]]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_alone_and_is_accessible_by_day_and_by_night(sizes: Visit, address: str, page: str) -> None:
    shown = sizes.open(address + page)
    sizes.settle()
    for _scheme in range(2):
        assert [url for url in sizes.requests if not url.startswith((address, "data:"))] == []
        assert sizes.complaints == []
        assert shown.get_attribute("html", "data-theme") == (None if page == "index.html" else sizes.scheme)
        wider = shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"the page is {wider} px wider than the screen"
        sizes.turn()
    # Last, as axe reads style sheets by itself, and by wrong addresses.
    for _scheme in range(2):
        assert violations(sizes) == []
        sizes.turn()


@pytest.mark.parametrize("language", ["en", "sv"])
def test_every_page_that_is_made_fits_a_phone(phone: Visit, address: str, site: Path, language: str) -> None:
    pages = sorted(
        path.relative_to(site).as_posix()
        for folder in ("data/sets", "package")
        for path in (site / language / folder).glob("*.html")
    )
    assert len(pages) == len(data.package()["resources"]) + len(reference.modules()) + 1
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    found = {}
    for page in pages:
        phone.page.goto(address + page)
        found[page] = phone.page.evaluate(wider)
    assert found == dict.fromkeys(pages, 0)


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_page_opened_from_disk_asks_for_nothing_else(desktop: Visit, site: Path, page: str) -> None:
    shown = desktop.open((site / page).as_uri())
    desktop.settle()
    assert [url for url in desktop.requests if not url.startswith(("file:", "data:"))] == []
    assert desktop.complaints == []
    shown.wait_for_selector(".siru-chart[data-live] svg")


@pytest.mark.parametrize("page", CHAPTERS)
def test_the_language_switch_lands_on_the_twin(visit: Visit, address: str, page: str) -> None:
    here, rest = page.split("/", 1)
    there = {"en": "sv", "sv": "en"}[here]
    shown = visit.open(address + page)
    shown.click(f".siru-languages a[hreflang={there}]")
    shown.wait_for_url(f"{address}{there}/{rest}")
    assert shown.get_attribute("html", "lang") == there


@pytest.mark.parametrize("page", CHAPTERS)
def test_the_chart_answers_its_control(visit: Visit, address: str, page: str) -> None:
    shown = visit.open(address + page)
    live = shown.locator(".siru-chart[data-live]").first
    live.wait_for()
    before = live.locator("svg").inner_html()
    control = live.locator(".vega-bind input, .vega-bind select").first
    kind = control.evaluate("element => element.type")
    if kind == "select-one":
        control.select_option(index=1)
    elif kind == "range":
        control.focus()
        shown.keyboard.press("ArrowRight")
    else:
        live.locator(".vega-bind input[type=radio]").nth(1).check()
    shown.wait_for_function(
        "([chart, before]) => chart.querySelector('svg').innerHTML !== before", arg=[live.element_handle(), before]
    )
    assert live.locator("svg").inner_html() != before


@pytest.mark.parametrize("page", [page for page in CHAPTERS if page.endswith("facilitation.html")])
def test_the_agenda_re_times_and_checks_itself(visit: Visit, address: str, page: str) -> None:
    shown = visit.open(address + page)
    chart = shown.locator(".siru-chart[data-live]:has(input[type=range])")
    chart.wait_for()
    drawn = "chart => chart.querySelector('svg').textContent"
    assert chart.evaluate(drawn).count("✗") == 2  # as AG02 is planted: plenary talk and late voices
    for box in chart.locator("input[type=checkbox]").all():
        box.check()
    chart.locator("input[type=range]").fill("25")
    chart.locator("select").select_option(label="09:00")
    shown.wait_for_function(f"chart => !({drawn})(chart).includes('✗')", arg=chart.element_handle())
    text = chart.evaluate(drawn)
    # 15 minutes of welcome and 10 of check-in come before the lecture of 25; three hours in all.
    assert all(clock in text for clock in ("09:00", "09:15", "09:25", "09:50", "12:00")), text
    chart.locator("input[type=range]").fill("30")
    shown.wait_for_function(f"chart => ({drawn})(chart).split('✗').length === 2", arg=chart.element_handle())
    assert "185 min" in chart.evaluate(drawn)


@pytest.mark.parametrize("page", [page for page in CHAPTERS if page.endswith("facilitation.html")])
def test_the_calendar_file_on_the_page_is_the_meeting(desktop: Visit, address: str, page: str) -> None:
    shown = desktop.open(address + page)
    with shown.expect_download() as fetched:
        shown.click("a[download$='.ics']")
    events = icalendar.Calendar.from_ical(Path(fetched.value.path()).read_bytes()).walk("VEVENT")
    assert len(events) == 12  # the meeting, and the eleven blocks of AG01
    meeting = events[0]
    assert (meeting.decoded("dtend") - meeting.decoded("dtstart")).total_seconds() == 3 * 60 * 60
    assert f"{meeting.decoded('dtstart'):%Y-%m-%d %H:%M}" == "2027-05-11 13:00"


@pytest.mark.parametrize("page", CHAPTERS)
def test_charts_stand_in_the_page_without_script(browser: object, address: str, page: str) -> None:
    context = browser.new_context(java_script_enabled=False)  # type: ignore[attr-defined]
    shown = context.new_page()
    shown.goto(address + page)
    charts = shown.locator(".siru-chart")
    assert charts.count() >= 2
    for number in range(charts.count()):
        assert charts.nth(number).locator("svg").is_visible()
        assert len(charts.nth(number).get_attribute("aria-label")) > 40
    answers = shown.locator(".siru-quiz-answers").first
    answers.locator("summary").click()
    assert answers.locator(".siru-quiz-feedback").first.is_visible()
    context.close()


@pytest.mark.parametrize(("page", "words"), [(page, VERDICTS[page[:2]]) for page in CHAPTERS])
def test_a_quiz_is_answered_with_the_keyboard(visit: Visit, address: str, page: str, words: set[str]) -> None:
    shown = visit.open(address + page)
    quiz = shown.locator(".siru-quiz:has(input[type=radio])").first
    said = quiz.locator("[role=status]")
    assert said.inner_text() == ""
    quiz.locator("input").first.focus()
    verdicts = set()
    shown.keyboard.press("Space")
    for _option in range(quiz.locator("input").count()):
        text = said.inner_text()
        verdicts.add(text.split(":")[0].lstrip("✓✗ "))
        assert len(text) > 40
        shown.keyboard.press("ArrowDown")
    assert verdicts == words


@pytest.mark.parametrize(
    ("page", "word", "theme"),
    [
        ("en/search.html", "tables", "meet/dialogue"),
        ("sv/search.html", "borden", "meet/dialogue"),
        ("en/search.html", "deductions", "measure/valuation"),
        ("sv/search.html", "avdragen", "measure/valuation"),
        ("en/search.html", "interviewing", "ground/facilitation"),
        ("sv/search.html", "uppdragsgivarens", "ground/facilitation"),
    ],
)
def test_search_finds_the_chapter_by_an_inflected_word(
    desktop: Visit, address: str, page: str, word: str, theme: str
) -> None:
    shown = desktop.open(f"{address}{page}?q={word}")
    shown.wait_for_selector(f"ul.search li a[href*='{theme}']")


@pytest.mark.parametrize(
    ("page", "holds"),
    [
        ("en/handouts/dialogue", "13.00"),
        ("sv/handouts/dialogue", "13.00"),
        ("en/handouts/valuation", "We cannot say"),
        ("sv/handouts/valuation", "Vi kan inte säga"),
        *((f"{language}/handouts/facilitation", "13.00") for language in ("en", "sv")),
        *((f"{language}/handouts/competencies", "IAF") for language in ("en", "sv")),
    ],
)
def test_the_handout_prints_on_one_page(desktop: Visit, address: str, page: str, holds: str, tmp_path: Path) -> None:
    from pypdf import PdfReader

    shown = desktop.open(f"{address}{page}.html")
    target = tmp_path / "handout.pdf"
    shown.pdf(path=target, prefer_css_page_size=True)
    pages = PdfReader(target).pages
    assert len(pages) == 1
    assert round(float(pages[0].mediabox.width)) == 595  # A4, in points
    text = pages[0].extract_text()
    assert holds in text
    assert len(text.split()) > 150


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_sliders_of_the_value_map_show_what_the_package_reckons(phone: Visit, address: str, language: str) -> None:
    valued = valuation.brobygget()
    shown = phone.open(f"{address}{language}/measure/valuation.html")
    chart = shown.locator(".siru-chart[data-live]").last
    chart.wait_for()

    def ratio() -> float:
        text = chart.locator("svg text", has_text="kvot:" if language == "sv" else "ratio:").first.text_content()
        return float(str(text).rsplit(" ", 1)[1].replace(",", "."))

    assert ratio() == round(valued.ratio(), 2)
    deadweight = chart.locator("input[type=range]").first
    deadweight.focus()
    for _press in range(4):
        shown.keyboard.press("ArrowRight")
    assert deadweight.input_value() == "20"
    more = valuation.ValueMap(
        valued.outcomes.assign(deadweight=(valued.outcomes["deadweight"] + 0.2).clip(upper=1)),
        valued.inputs,
        valued.rate,
    )
    shown.wait_for_function(
        "([chart, before]) => !chart.querySelector('svg').textContent.replace(',', '.').includes(before)",
        arg=[chart.element_handle(), f": {valued.ratio():.2f}"],
    )
    assert ratio() == round(more.ratio(), 2)


def test_the_chooser_leads_to_both_languages(phone: Visit, address: str) -> None:
    shown = phone.open(address)
    for language in ("en", "sv"):
        assert shown.locator(f"a[hreflang={language}]").get_attribute("href") == f"{language}/index.html"
    shown.click("a[hreflang=sv]")
    shown.wait_for_url(f"{address}sv/index.html")
    assert shown.locator(".siru-doors .sd-card").count() == 3

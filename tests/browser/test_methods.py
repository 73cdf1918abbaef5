"""Choosing among the method cards in a real browser, in both languages."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from siru_course import data, facilitation, use_language

from .conftest import Visit
from .test_book import violations

pytestmark = pytest.mark.slow

LANGUAGES = ["en", "sv"]
ALL = len(data.load("methods"))
SHOWN = "[...document.querySelectorAll('.siru-method')].filter((card) => card.checkVisibility()).map((card) => card.id)"


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def cards(desktop: Visit, address: str, language: str) -> Iterator[Page]:
    """Open the page of the cards; at the end it has complained about nothing."""
    page = desktop.open(f"{address}{language}/ground/methods.html")
    desktop.settle()
    yield page
    assert desktop.complaints == []


def choose(page: Page, **choices: object) -> list[str]:
    """Fill in the form from scratch, and give the numbers of the cards that are left."""
    page.click(".siru-methods button[type=reset]")
    for name, value in choices.items():
        field = page.locator(f".siru-methods [name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(str(value))
        else:
            field.fill(str(value))
    return list(page.evaluate(SHOWN))


def said(page: Page) -> str:
    return page.locator(".siru-methods [role=status]").inner_text()


def combinations() -> list[dict[str, object]]:
    """Give two hundred combinations: every purpose and every phase alone, and a random choice of all others."""
    purposes = [None, *data.categories(data.column("methods", "purpose"), "en")]
    phases = [None, *data.categories(data.column("methods", "phase"), "en")]
    people, minutes = [None, 1, 2, 6, 15, 24, 100, 501], [None, 1, 5, 10, 15, 60, 180, 1000]
    every = [
        {"purpose": purpose, "phase": phase, "people": many, "minutes": long}
        for purpose, phase, many, long in itertools.product(purposes, phases, people, minutes)
    ]
    alone = [one for one in every if sum(value is not None for value in one.values()) == 1]
    chosen = alone + random.Random(6).sample(every, 200 - len(alone))
    return [{name: value for name, value in one.items() if value is not None} for one in chosen]


def test_the_form_chooses_what_the_function_suggests(cards: Page, language: str) -> None:
    use_language(language)
    found = cards.evaluate(
        """(combinations) => combinations.map((chosen) => {
          const form = document.querySelector(".siru-methods");
          for (const field of form.querySelectorAll("select, input")) field.value = chosen[field.name] ?? "";
          form.dispatchEvent(new Event("input", { bubbles: true }));
          const shown = [...document.querySelectorAll(".siru-method")].filter((card) => card.checkVisibility());
          return [shown.map((card) => card.id), form.querySelector("[role=status]").textContent];
        })""",
        combinations(),
    )
    sizes = set()
    for chosen, (ids, told) in zip(combinations(), found, strict=True):
        given = {"group_size" if name == "people" else name: value for name, value in chosen.items()}
        suggested = facilitation.suggest_methods(**given)  # type: ignore[arg-type]
        assert sorted(ids) == sorted(suggested["method_id"]), chosen
        assert told.startswith(f"{len(ids)} {'of' if language == 'en' else 'av'} {ALL} "), chosen
        main = int((suggested["purpose"] == chosen.get("purpose")).sum())
        assert set(ids[:main]) == set(suggested["method_id"][:main]), "those whose main purpose it is come first"
        sizes.add(len(ids))
    assert len(sizes) > 20  # the combinations are of all kinds


def test_choosing_by_hand_does_the_same(cards: Page, language: str) -> None:
    ids = choose(cards, purpose="decide", phase="converge", people=24, minutes=10)
    suggested = facilitation.suggest_methods("decide", "converge", 24, 10)
    assert sorted(ids) == sorted(suggested["method_id"])
    assert cards.locator(".siru-method-group h2:visible").count() == 1
    assert cards.locator(".page-toc li:visible").count() == 1


def test_words_are_looked_for_in_all_of_the_card(cards: Page, language: str) -> None:
    words = {"en": "BREAKOUT silence", "sv": "GRUPPRUM tystnad"}[language]
    ids = choose(cards, text=words)
    first, second = words.lower().split()
    assert 0 < len(ids) < ALL
    for number in ids:
        text = cards.locator(f"#{number}").evaluate("card => card.textContent").lower()
        assert first in text
        assert second in text
    assert choose(cards, text="M14") == ["M14"]


@pytest.mark.parametrize("wrong", ["0", "-3", "2.5"])
def test_what_is_no_number_of_people_is_told_and_leaves_the_cards(cards: Page, language: str, wrong: str) -> None:
    assert len(choose(cards, people=wrong)) == ALL
    assert {"en": "whole numbers", "sv": "hela tal"}[language] in said(cards)
    assert cards.locator("[name=people]").get_attribute("aria-invalid") is not None


def test_a_list_is_shared_by_its_address(cards: Page, language: str) -> None:
    ids = choose(cards, purpose="gather_ideas", people=24, minutes=15, text="a")
    address = cards.url
    assert "purpose=gather_ideas&people=24&minutes=15&text=a" in address
    cards.goto("about:blank")
    cards.goto(address)
    assert cards.evaluate(SHOWN) == ids
    assert cards.locator("[name=purpose]").input_value() == "gather_ideas"
    other = {"en": "sv", "sv": "en"}[language]
    choose(cards, purpose="gather_ideas", people=24)
    cards.click(f".siru-languages a[hreflang={other}]")
    cards.wait_for_url(f"**/{other}/ground/methods.html?purpose=gather_ideas&people=24")
    assert sorted(cards.evaluate(SHOWN)) == sorted(facilitation.suggest_methods("gather_ideas", None, 24)["method_id"])


def test_an_address_that_makes_no_sense_leaves_the_cards(cards: Page) -> None:
    cards.goto(cards.url + "?" + urlencode({"purpose": "sleep", "people": "many", "other": "1"}))
    assert len(cards.evaluate(SHOWN)) == ALL


def test_when_nothing_fits_the_page_says_what_to_loosen(cards: Page, language: str) -> None:
    assert choose(cards, purpose="decide", people=24, minutes=1) == []
    assert said(cards).startswith("0 ")
    ways = cards.locator(".siru-methods-loosen button")
    assert ways.count() == 1  # no method takes a minute, whatever it is for
    then = facilitation.suggest_methods("decide", None, 24)
    assert f" {len(then)} " in ways.inner_text()
    ways.click()
    assert sorted(cards.evaluate(SHOWN)) == sorted(then["method_id"])
    assert cards.evaluate("document.activeElement.name") == "minutes"
    assert choose(cards, people=1000, minutes=1) == []
    assert ways.count() == 0
    assert {"en": "start over", "sv": "börja om"}[language] in said(cards)


def test_it_is_used_with_the_keyboard(cards: Page, language: str) -> None:
    cards.locator("[name=purpose]").focus()
    cards.keyboard.press("ArrowDown")
    cards.keyboard.press("Tab")
    cards.keyboard.press("Tab")
    cards.keyboard.type("12")
    assert said(cards).startswith(f"{len(facilitation.suggest_methods('open', None, 12))} ")
    for _field in range(5):  # minutes, words, start over, open all, the first card
        cards.keyboard.press("Tab")
    if cards.evaluate("document.activeElement.tagName") == "A":  # the heading's own link
        cards.keyboard.press("Tab")
    assert cards.evaluate("document.activeElement.tagName") == "SUMMARY"
    cards.keyboard.press("Enter")
    assert cards.locator(".siru-method[open]").count() == 1


def test_a_link_to_a_card_opens_it_whatever_was_chosen(cards: Page) -> None:
    cards.goto(cards.url + "?purpose=decide#M14")
    cards.wait_for_selector("#M14[open]")
    assert cards.locator("#M14").evaluate("card => card.getBoundingClientRect().top") < 200
    assert cards.locator(".siru-method[open]").count() == 1


def test_all_are_opened_and_closed(cards: Page) -> None:
    choose(cards, purpose="frame")
    button = cards.locator(".siru-methods-all")
    button.click()
    assert cards.locator(".siru-method[open]").count() == len(cards.evaluate(SHOWN)) > 0
    cards.wait_for_function("document.querySelector('.siru-methods-all').textContent.match(/Close|Stäng/)")
    button.click()
    assert cards.locator(".siru-method[open]").count() == 0


def test_what_is_chosen_is_printed_open_and_nothing_else(cards: Page, language: str, tmp_path: Path) -> None:
    ids = choose(cards, purpose="frame")
    cards.pdf(path=tmp_path / "cards.pdf", prefer_css_page_size=True)
    pages = [page.extract_text() for page in PdfReader(tmp_path / "cards.pdf").pages]
    frame = data.load("methods").set_index("method_id")
    for number, row in frame.iterrows():
        name, risk = row[f"name_{language}"], " ".join(row[f"risk_{language}"].split()[:4])
        holds = [name in page and risk in " ".join(page.split()) for page in pages]
        assert sum(holds) == (number in ids), f"{number} is whole on one page, or on none"
    assert cards.locator(".siru-method[open]").count() == 0


def test_one_card_is_printed_alone(cards: Page, language: str, tmp_path: Path) -> None:
    cards.evaluate("window.print = () => {}")
    cards.locator("#M14 summary").click()
    cards.locator("#M14 .siru-method-print").click()
    cards.pdf(path=tmp_path / "card.pdf", prefer_css_page_size=True)
    pages = PdfReader(tmp_path / "card.pdf").pages
    names = data.load("methods").set_index("method_id")[f"name_{language}"]
    assert len(pages) == 1
    text = pages[0].extract_text()
    assert names["M14"] in text
    assert names["M15"] not in text
    assert cards.locator("#M15").is_visible()  # afterwards the page is as it was


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_open_cards_and_an_empty_list_are_accessible_and_fit(
    browser: Browser, address: str, language: str, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, is_mobile=True)  # type: ignore[arg-type]
    visit = Visit(context.new_page())
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for query in ("", "?purpose=decide&minutes=1", "?people=0"):
        page = visit.open(f"{address}{language}/ground/methods.html{query}")
        if page.locator(".siru-methods-all").is_enabled():
            page.click(".siru-methods-all")
        assert page.evaluate(wider) <= 0
        assert violations(visit) == []
    context.close()


def test_without_a_script_all_cards_can_be_read(browser: Browser, address: str, language: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}{language}/ground/methods.html")
    assert page.locator(".siru-methods").is_hidden()
    steps = page.locator(".siru-method > ol")
    assert steps.count() == ALL
    assert all(steps.nth(number).is_visible() for number in range(ALL))
    assert page.locator(".siru-method-print:visible").count() == 0
    context.close()


def test_it_works_from_disk(desktop: Visit, site: Path, language: str) -> None:
    page = desktop.open((site / language / "ground/methods.html").as_uri())
    ids = choose(page, purpose="plan", minutes=20)
    assert sorted(ids) == sorted(facilitation.suggest_methods("plan", None, None, 20)["method_id"])
    assert "purpose=plan&minutes=20" in page.url
    desktop.settle()
    assert desktop.complaints == []
    assert json.dumps([url for url in desktop.requests if not url.startswith(("file:", "data:"))]) == "[]"

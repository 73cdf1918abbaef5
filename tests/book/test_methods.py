"""The page of the method cards as it is built: every card, in both languages, without any script."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from siru_course import data, use_language
from siru_course.book import builder, methods

CARDS = data.load("methods")


def page(site: Path, language: str) -> str:
    return (site / language / "ground/methods.html").read_text(encoding="utf-8")


def plain(html: str) -> str:
    """Give what a reader sees of a piece of HTML."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html))).strip()


def card(html: str, number: str) -> str:
    found = re.search(rf'<details class="siru-method" id="{number}".*?</details>', html, re.DOTALL)
    assert found is not None, number
    return found[0]


def test_a_method_is_named_in_the_language_in_use() -> None:
    assert methods.name_of("M14") == "Think–pair–share"
    use_language("sv")
    assert methods.name_of("M14") == "EPA (enskilt, par, alla)"
    with pytest.raises(ValueError, match="Det finns inget metodkort M00; de är M01 till M90"):
        methods.name_of("M00")


def test_sources_that_look_like_keys_are_in_the_bibliography() -> None:
    known = re.findall(r"^@\w+\{([^,\s]+),", (builder.ROOT / "book/references.bib").read_text("utf-8"), re.MULTILINE)
    keys = {source for source in CARDS["source"] if methods._KEY.fullmatch(source)}
    assert len(keys) > 5
    assert keys <= set(known)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "sv"])
class TestPage:
    def test_every_card_says_all_that_the_data_say(self, site: Path, language: str) -> None:
        html = page(site, language)
        purposes, phases = (data.categories(data.column("methods", name), language) for name in ("purpose", "phase"))
        for row in CARDS.to_dict("records"):
            text = plain(card(html, row["method_id"]))
            texts = [row[f"{name}_{language}"] for name in ("name", "material", "online", "risk")]
            steps = row[f"steps_{language}"].split(" | ")
            words = [purposes[row["purpose"]], phases[row["phase"]], row["method_id"]]
            if isinstance(row["purpose_also"], str):
                words.append(purposes[row["purpose_also"]])
            ranges = [
                str(low) if low == high else f"{low}–{high}"
                for low, high in (
                    (row["group_min"], row["group_max"]),
                    (row["minutes_min"], row["minutes_max"]),
                )
            ]
            missing = [said for said in [*texts, *steps, *words, *ranges] if re.sub(r"\s+", " ", said) not in text]
            assert missing == [], row["method_id"]

    def test_each_is_open_and_stands_under_its_purpose(self, site: Path, language: str) -> None:
        html = page(site, language)
        assert html.count('<details class="siru-method"') == len(CARDS)
        groups = re.split(r'<section class="siru-method-group" id="methods-', html)[1:]
        found = {
            number: group.split('"', 1)[0]
            for group in groups
            for number in re.findall(r'<details class="siru-method" id="(M\d+)"[^>]* open>', group)
        }
        assert found == dict(CARDS.set_index("method_id")["purpose"])

    def test_the_source_is_cited_or_said_in_words(self, site: Path, language: str) -> None:
        html = page(site, language)
        words = {
            "en": {"common_practice": "common practice, no known author", "siru_course": "the course's own"},
            "sv": {"common_practice": "allmän praxis, ingen känd upphovsperson", "siru_course": "kursens egen"},
        }[language]
        for row in CARDS.to_dict("records"):
            box = card(html, row["method_id"])
            if methods._KEY.fullmatch(row["source"]):
                assert 'href="../reference/bibliography.html#' in box
                assert row["source"] not in plain(box)
            else:
                assert words.get(row["source"], row["source"]) in plain(box)

    def test_the_form_waits_for_the_script_and_only_this_page_loads_it(self, site: Path, language: str) -> None:
        html = page(site, language)
        assert re.search(r'<form class="siru-methods"[^>]* hidden>', html)
        with_script = [path for path in (site / language).rglob("*.html") if "methods.js" in path.read_text("utf-8")]
        assert with_script == [site / language / "ground/methods.html"]

"""The figures of a results flyer, how well claims are known, and the flyer itself."""

from __future__ import annotations

import csv
import os
import re
import shutil
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser
from pypdf import PdfReader

from siru_course import data, use_language
from siru_course.results import Summary, claims, evidence_table, flyer, summary

LANGUAGES = pytest.mark.parametrize("language", ["en", "sv"])
TABLES = ("activities", "participants", "attendance", "individual_meetings")


@pytest.fixture(scope="module")
def siru() -> Summary:
    return summary(*(data.load(name) for name in TABLES))


def rows(name: str) -> list[dict[str, str]]:
    with (data.folder() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ACTIVITIES = pd.DataFrame(
    {
        "activity_id": ["A1", "A2", "A3", "A4", "A5"],
        "date": ["2016-09-22", "2017-01-10", "2017-01-17", "2019-05-02", "2019-06-01"],
        "kind": ["workshop", "training_day", "training_day", "seminar", "conversation"],
        "cross_sector": [True, True, True, False, True],
        "coompanion": [True, True, True, True, False],
        "series": [None, "F1", "F1", None, "S"],
    }
)
PEOPLE = pd.DataFrame(
    {"person_id": ["P1", "P2", "P3"], "gender": ["woman", "man", "woman"], "facilitator_trained": [True, False, False]}
)
ATTENDANCE = pd.DataFrame({"activity_id": ["A1", "A2", "A2", "A3"], "person_id": ["P1", "P1", "P2", "P3"]})
MEETINGS = pd.DataFrame({"meeting_id": ["M1", "M2", "M3"], "person_id": ["P1", "P1", "P2"]})

# ------------------------------------------------------------------------------------------------ figures


def test_the_flyers_figures_are_rebuilt(siru: Summary) -> None:
    # Coompanion Jönköpings län, Resultat & effekter: SIRU; the 20 facilitators are from the project's page.
    assert siru.people == 900
    assert (siru.women, siru.men) == (0.6, 0.4)
    assert siru.individual_meetings is not None
    assert siru.individual_meetings > 100
    assert siru.cross_sector_coompanion > 50
    assert siru.cross_sector_courses_once > 50
    assert siru.facilitators_trained == 20
    # "the share of women was larger, also at the individual meetings"
    assert siru.individual_meetings_women is not None
    assert siru.individual_meetings_women > 0.5


def test_the_figures_are_what_a_count_of_the_files_gives(siru: Summary) -> None:
    people = {row["person_id"]: row["gender"] for row in rows("participants")}
    came = Counter(row["person_id"] for row in rows("attendance"))
    both = [row for row in rows("activities") if row["cross_sector"] == row["coompanion"] == "true"]
    met = [row["person_id"] for row in rows("individual_meetings")]
    assert siru.participations == sum(came.values())
    assert siru.came_once == sum(times == 1 for times in came.values())
    assert siru.participations_women == pytest.approx(
        sum(times for person, times in came.items() if people[person] == "woman") / came.total(), abs=1e-12
    )
    assert siru.activities == len(rows("activities"))
    assert siru.cross_sector == sum(row["cross_sector"] == "true" for row in rows("activities"))
    assert siru.cross_sector_coompanion == len(both)
    courses = {row["series"] for row in both if row["series"].startswith("F")}
    assert siru.cross_sector_courses_once == len(courses) + sum(not row["series"].startswith("F") for row in both)
    assert (siru.individual_meetings, siru.advised_people) == (len(met), len(set(met)))
    assert siru.individual_meetings_women == pytest.approx(
        sum(people[person] == "woman" for person in met) / len(met), abs=1e-12
    )
    assert (siru.first_year, siru.last_year, siru.left_out) == (2016, 2019, {})


def test_a_small_case_by_hand() -> None:
    result = summary(ACTIVITIES, PEOPLE, ATTENDANCE, MEETINGS)
    assert (result.people, result.women, result.men) == (3, pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert (result.participations, result.came_once, result.participations_women) == (4, 2, 0.75)
    assert (result.activities, result.cross_sector) == (5, 4)
    assert (result.cross_sector_coompanion, result.cross_sector_courses_once) == (3, 2)
    assert (result.individual_meetings, result.advised_people) == (3, 2)
    assert result.individual_meetings_women == pytest.approx(2 / 3)
    assert (result.facilitators_trained, result.first_year, result.last_year) == (1, 2016, 2019)
    assert result.genders.to_dict() == {"woman": 2, "man": 1}


def test_without_attendance_and_meetings_these_are_not_counted() -> None:
    result = summary(ACTIVITIES, PEOPLE)
    assert (result.participations, result.came_once, result.individual_meetings) == (None, None, None)
    assert "Participations" not in str(result)


@LANGUAGES
def test_words_for_codes_give_the_same_figures(siru: Summary, language: str) -> None:
    worded = summary(*(data.load(name, labels=language) for name in TABLES))
    assert worded.figures() == siru.figures()


def test_what_is_not_stated_is_left_out_and_told() -> None:
    people = pd.concat([PEOPLE, pd.DataFrame({"person_id": ["P4"], "gender": [None], "facilitator_trained": [None]})])
    activities = ACTIVITIES.astype({"cross_sector": object}).assign(cross_sector=[True, True, True, None, True])
    attendance = pd.concat([ATTENDANCE, pd.DataFrame({"activity_id": ["A1"], "person_id": ["P4"]})])
    meetings = pd.concat([MEETINGS, pd.DataFrame({"meeting_id": ["M4", "M5"], "person_id": [None, "P9"]})])
    result = summary(activities, people, attendance, meetings)
    assert result.people == 4
    assert (result.women, result.men) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert (result.participations, result.participations_women) == (5, 0.75)
    assert (result.individual_meetings, result.individual_meetings_women) == (5, pytest.approx(2 / 3))
    assert result.left_out == {
        "gender": 1,
        "facilitator_trained": 1,
        "cross_sector": 1,
        "participations": 1,
        "meetings": 2,
    }
    assert "People whose gender is not stated, who are left out of the shares: 1." in str(result)
    use_language("sv")
    assert "Individuella möten där personens kön inte är känt, inte med i andelen: 2." in result._repr_html_()


def test_people_in_no_attendance_list_are_told() -> None:
    result = summary(ACTIVITIES, PEOPLE, ATTENDANCE[:3])
    assert result.left_out == {"no_attendance": 1}
    assert "in no attendance list: 1" in str(result)


def test_a_third_gender_counts_among_the_people_and_in_the_shares() -> None:
    result = summary(ACTIVITIES, PEOPLE.assign(gender=["woman", "man", "non-binary"]))
    assert (result.women, result.men) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert result.genders["non-binary"] == 1


def test_when_no_gender_is_stated_no_share_is_shown() -> None:
    result = summary(ACTIVITIES, PEOPLE.assign(gender=None))
    assert pd.isna(result.women)
    assert "Women" not in str(result)


@settings(max_examples=50, deadline=None)
@given(st.sets(st.tuples(st.integers(1, 5), st.integers(0, 6)), min_size=1), st.randoms(use_true_random=False))
def test_people_and_participations_are_counted_apart(came: set[tuple[int, int]], random: Any) -> None:
    people = pd.DataFrame(
        {"person_id": range(7), "gender": ["woman", "man"] * 3 + ["woman"], "facilitator_trained": False}
    )
    pairs = sorted(came)
    random.shuffle(pairs)
    attendance = pd.DataFrame({"activity_id": [f"A{a}" for a, _p in pairs], "person_id": [p for _a, p in pairs]})
    result = summary(ACTIVITIES, people, attendance)
    times = Counter(person for _activity, person in came)
    assert (result.people, result.participations) == (7, len(came))
    assert result.came_once == list(times.values()).count(1)
    assert result.left_out.get("no_attendance", 0) == 7 - len(times)


@LANGUAGES
def test_it_says_that_figures_are_outputs(siru: Summary, language: str) -> None:
    use_language(language)
    assert {"en": "These are outputs.", "sv": "Det här är prestationer."}[language] in str(siru)
    assert {"en": "2,212", "sv": "2\N{NO-BREAK SPACE}212"}[language] in siru._repr_html_()


# ------------------------------------------------------------------------------------------------ claims


def claim(**changes: Any) -> pd.DataFrame:
    return pd.DataFrame([{"claim": "They know more", "kind": "outcome", "evidence": "before_after"} | changes])


@pytest.mark.parametrize(
    ("evidence", "level"),
    [
        # Puttick and Ludlow (2013): 1 an account, 2 data that show change, 3 a control or comparison group, 4 an
        # independent replication, 5 manuals and systems.
        ("theory", 1),
        ("before_after", 2),
        ("comparison", 3),
        ("randomised", 3),
        ("replicated", 4),
        ("standardised", 5),
        # The course's own reading: none of these shows a change.
        ("none", 0),
        (None, 0),
        ("", 0),
        ("told", 1),
        ("counted", 1),
        ("after", 1),
    ],
)
@pytest.mark.parametrize("kind", ["outcome", "outcome_short", "outcome_medium", "impact"])
def test_evidence_decides_the_level(kind: str, evidence: str | None, level: int) -> None:
    assert claims(claim(kind=kind, evidence=evidence))["level"].tolist() == [level]


@pytest.mark.parametrize("kind", ["input", "activity", "output"])
def test_what_was_done_is_on_no_level_however_well_it_is_counted(kind: str) -> None:
    judged = claims(claim(kind=kind, evidence="standardised")).iloc[0]
    assert pd.isna(judged["level"])
    assert judged["may_be_called"] == "something done, and no effect"


def test_only_a_comparison_lets_a_change_be_called_an_effect() -> None:
    judged = claims(pd.concat([claim(evidence=evidence) for evidence in evidence_table().index], ignore_index=True))
    assert judged["may_be_called"].str.contains("effect").tolist() == (judged["level"] >= 3).tolist()


def test_what_would_raise_a_claim_differs_by_level() -> None:
    judged = claims(pd.concat([claim(evidence=evidence) for evidence in evidence_table().index], ignore_index=True))
    assert (judged.groupby("level")["to_raise"].nunique() == 1).all()
    assert judged["to_raise"].nunique() == 6


@LANGUAGES
def test_claims_are_told_in_the_language_in_use(language: str) -> None:
    use_language(language)
    both = pd.DataFrame({"claim_en": ["More"], "claim_sv": ["Mer"], "kind": ["impact"], "evidence": ["comparison"]})
    judged = claims(both).iloc[0]
    assert judged["claim"] == {"en": "More", "sv": "Mer"}[language]
    assert judged["may_be_called"].split()[0] == {"en": "an", "sv": "en"}[language]
    assert (
        evidence_table()
        .loc["theory", "meaning"]
        .startswith({"en": "an effect chain", "sv": "en effektkedja"}[language])
    )


def test_kinds_and_evidence_may_be_in_words_and_other_columns_stay() -> None:
    judged = claims(claim(kind="Utfall på kort sikt", evidence="samma sak mätt före och efter", page=3))
    assert judged[["kind", "evidence", "level", "page"]].iloc[0].tolist() == ["outcome_short", "before_after", 2, 3]


def test_judged_claims_can_be_judged_again() -> None:
    given = claim().set_axis(["k7"])
    before = given.copy()
    once = claims(given)
    pd.testing.assert_frame_equal(claims(once), once)
    pd.testing.assert_frame_equal(given, before)


# ------------------------------------------------------------------------------------------------ the flyer

CLAIMS = pd.DataFrame(
    [
        ("900 people took part.", "900 personer deltog.", "output", "counted"),
        ("The target groups know more.", "Målgrupperna vet mer.", "outcome", "told"),
        ("Facilitators feel surer.", "Facilitatorerna är tryggare.", "outcome", "before_after"),
        ("Entrepreneurs go on working together.", "Företagarna fortsätter ihop.", "outcome", "told"),
        ("Brobygget leads to more work.", "Brobygget leder till mer arbete.", "outcome", "comparison"),
        ("The road to work is two years.", "Vägen till arbete är två år.", "impact", None),
    ],
    columns=["claim_en", "claim_sv", "kind", "evidence"],
)


class Outline(HTMLParser):
    """Collect what stands in a page: the tags with their attributes, and the words by language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: dict[str, str] = {}
        self._languages: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)
            self._languages.append(dict(attrs).get("lang") or (self._languages[-1] if self._languages else ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self._languages.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            code = self._languages[-1]
            self.words[code] = self.words.get(code, "") + data


def written(folder: Path, siru: Summary, **more: Any) -> Outline:
    made = flyer(siru, path=folder / "siru.html", pdf=False, **more)
    outline = Outline(made.html.read_text(encoding="utf-8"))
    assert outline.open == []
    return outline


@LANGUAGES
def test_the_flyer_has_the_figures_in_the_language_in_use(tmp_path: Path, siru: Summary, language: str) -> None:
    use_language(language)
    outline = written(tmp_path, siru, claims=CLAIMS)
    assert list(outline.words)[-1] == language
    words = outline.words[language]
    assert ("60 % are women and 40 % are men" if language == "en" else "60 % kvinnor och 40 % män") in words
    for figure in ("900", "62", "118", "20", {"en": "2,212", "sv": "2\N{NO-BREAK SPACE}212"}[language]):
        assert figure in words
    for text in CLAIMS[f"claim_{language}"]:
        assert text in words
    assert {"en": "Level 3 of 5", "sv": "Nivå 3 av 5"}[language] in words


def test_a_flyer_in_both_languages_says_the_same_twice(tmp_path: Path, siru: Summary) -> None:
    outline = written(tmp_path, siru, claims=CLAIMS, languages=["sv", "en"])
    assert [attrs["lang"] for tag, attrs in outline.tags if tag in ("html", "article")] == ["sv", "sv", "en"]
    assert "personer deltog" in outline.words["sv"]
    assert "people took part" in outline.words["en"]
    assert "people took part" not in outline.words["sv"]
    for tag in ("h1", "h2", "li"):
        assert sum(found == tag for found, _attrs in outline.tags) % 2 == 0


def test_made_up_data_are_said_to_be_made_up(tmp_path: Path, siru: Summary) -> None:
    assert "Made-up data" in written(tmp_path, siru).words["en"]
    assert "Påhittade data" in written(tmp_path, siru, languages="sv").words["sv"]
    assert "Made-up data" not in written(tmp_path, siru, synthetic=False).words["en"]


def test_the_page_fetches_nothing_and_runs_nothing(tmp_path: Path, siru: Summary) -> None:
    outline = written(tmp_path, siru, claims=CLAIMS, languages=["en", "sv"])
    assert {tag for tag, _attrs in outline.tags}.isdisjoint({"script", "link", "img", "iframe", "object"})
    for _tag, attrs in outline.tags:
        assert not any(name.startswith("on") or name == "src" for name in attrs)
        assert (attrs.get("href") or "#").startswith("#")
    assert not re.search(r"url\(|@import|https?:", (tmp_path / "siru.html").read_text(encoding="utf-8"))


def test_headings_come_in_order_and_the_bar_is_told_in_words(tmp_path: Path, siru: Summary) -> None:
    outline = written(tmp_path, siru, claims=CLAIMS)
    assert [tag for tag, _attrs in outline.tags if re.fullmatch("h[1-6]", tag)] == ["h1", "h2", "h2", "h2"]
    assert [attrs["aria-hidden"] for tag, attrs in outline.tags if attrs.get("class") == "bar"] == ["true"]
    assert sum(tag == "dt" for tag, _attrs in outline.tags) == sum(tag == "dd" for tag, _attrs in outline.tags) == 5


def test_what_somebody_wrote_is_text_and_no_markup(tmp_path: Path, siru: Summary) -> None:
    outline = written(
        tmp_path, siru, claims=claim(claim="<script>x</script> & y"), title={"en": "<b>T</b>"}, about="<i>A</i>"
    )
    assert {tag for tag, _attrs in outline.tags}.isdisjoint({"script", "i"})
    assert "<script>x</script> & y" in outline.words["en"]
    assert "<b>T</b>" in outline.words["en"]


def test_a_flyer_may_be_written_anew_and_no_other_file(tmp_path: Path, siru: Summary) -> None:
    path = tmp_path / "siru.html"
    flyer(siru, path=path, pdf=False)
    first = path.read_bytes()
    flyer(siru, CLAIMS, path, pdf=False)
    assert path.read_bytes() != first
    for name in ("notes.html", "table.html"):
        (tmp_path / name).write_text("mine", encoding="utf-8")
        with pytest.raises(ValueError, match="no flyer"):
            flyer(siru, path=tmp_path / name)
        assert (tmp_path / name).read_text(encoding="utf-8") == "mine"
    (tmp_path / "report.pdf").write_bytes(b"mine")
    with pytest.raises(ValueError, match=r"report\.pdf"):
        flyer(siru, path=tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test_a_write_that_fails_leaves_the_old_flyer(
    tmp_path: Path, siru: Summary, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "siru.html"
    flyer(siru, path=path, pdf=False)
    before = path.read_bytes()

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ValueError, match="could not be written"):
        flyer(siru, CLAIMS, path, pdf=False)
    assert path.read_bytes() == before


@LANGUAGES
def test_without_a_browser_the_result_says_so(
    tmp_path: Path, siru: Summary, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    use_language(language)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    made = flyer(siru, path=tmp_path / "siru.html")
    assert made.pdf is None
    assert {"en": "no Chromium or Chrome was found", "sv": "varken Chromium eller Chrome"}[language] in str(made)
    assert str(made.html) in made._repr_html_()


def test_a_browser_that_fails_is_told(tmp_path: Path, siru: Summary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: sys.executable if name == "chromium" else None)
    made = flyer(siru, path=tmp_path / "siru.html")
    assert made.pdf is None
    assert "failed" in made.reason
    assert os.listdir(tmp_path) == ["siru.html"]


@pytest.mark.slow
def test_the_pdf_is_one_a4_page_a_language(tmp_path: Path, siru: Summary, chromium: str) -> None:
    made = flyer(siru, CLAIMS, tmp_path / "siru.html", languages=["en", "sv"])
    assert (made.pdf, made.reason) == (tmp_path / "siru.pdf", "")
    pages = PdfReader(tmp_path / "siru.pdf").pages
    assert len(pages) == 2
    for page, figure, words in zip(pages, ("2,212", "118"), ("people took part", "personer deltog"), strict=True):
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx((595, 842), abs=1)
        text = re.sub(r"\s+", " ", page.extract_text())
        assert figure in text
        assert words in text
    assert PdfReader(tmp_path / "siru.pdf").trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert sorted(os.listdir(tmp_path)) == ["siru.html", "siru.pdf"]


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_is_accessible_and_fits_a_phone(tmp_path: Path, siru: Summary, browser: Browser, width: int) -> None:
    made = flyer(siru, CLAIMS, tmp_path / "siru.html", languages=["en", "sv"], pdf=False)
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(made.html.as_uri())
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


# ------------------------------------------------------------------------------------------------ bad input

DONE = summary(ACTIVITIES, PEOPLE)

BAD: list[Any] = [
    pytest.param(
        lambda: summary("log", PEOPLE), ValueError, "activities is 'log'", "activities är 'log'", id="no activities"
    ),
    pytest.param(
        lambda: summary(ACTIVITIES, PEOPLE[:0]), ValueError, "participants is empty", "participants är tom", id="nobody"
    ),
    pytest.param(
        lambda: summary(ACTIVITIES, PEOPLE.drop(columns="gender")),
        KeyError,
        "participants has no column 'gender'",
        "participants har ingen kolumn 'gender'",
        id="no gender",
    ),
    pytest.param(
        lambda: summary(ACTIVITIES, pd.concat([PEOPLE, PEOPLE])),
        ValueError,
        "P1 stands twice in participants, which should have one row for each person_id",
        "P1 står två gånger i participants, som ska ha en rad för varje person_id",
        id="participations as people",
    ),
    pytest.param(
        lambda: summary(ACTIVITIES, PEOPLE.assign(person_id=["P1", None, None])),
        ValueError,
        "participants has 2 rows without person_id",
        "participants har 2 rader utan person_id",
        id="no id",
    ),
    pytest.param(
        lambda: summary(ACTIVITIES, PEOPLE, ATTENDANCE.assign(person_id="P9")),
        ValueError,
        "attendance names 'P9' in person_id, which is not in participants",
        "attendance nämner 'P9' i person_id, som inte finns i participants",
        id="unknown person",
    ),
    pytest.param(
        lambda: summary(ACTIVITIES, PEOPLE, ATTENDANCE.assign(activity_id="A9")),
        ValueError,
        "attendance names 'A9'",
        "attendance nämner 'A9'",
        id="unknown activity",
    ),
    pytest.param(
        lambda: summary(ACTIVITIES, PEOPLE, pd.concat([ATTENDANCE, ATTENDANCE])),
        ValueError,
        "P1 stands twice at A1",
        "P1 står två gånger på A1",
        id="twice at one activity",
    ),
    pytest.param(
        lambda: summary(ACTIVITIES.assign(date="soon"), PEOPLE),
        ValueError,
        "Row 0: date is 'soon'; write a date",
        "Rad 0: date är 'soon'; skriv datum",
        id="no date",
    ),
    pytest.param(
        lambda: summary(ACTIVITIES.assign(cross_sector="yes"), PEOPLE),
        ValueError,
        "cross_sector is 'yes'; give True or False",
        "cross_sector är 'yes'; ange True eller False",
        id="yes",
    ),
    pytest.param(
        lambda: summary(ACTIVITIES, PEOPLE, None, pd.concat([MEETINGS, MEETINGS])),
        ValueError,
        "M1 stands twice in individual_meetings",
        "M1 står två gånger i individual_meetings",
        id="meeting twice",
    ),
    pytest.param(lambda: claims([1]), ValueError, "frame is [1]", "frame är [1]", id="no claims"),
    pytest.param(
        lambda: claims(claim().drop(columns="evidence")),
        KeyError,
        "no column 'evidence'",
        "kolumn 'evidence'",
        id="column",
    ),
    pytest.param(
        lambda: claims(claim(claim=" ")),
        ValueError,
        "Row 0: the claim is empty",
        "Rad 0: påståendet är tomt",
        id="empty",
    ),
    pytest.param(
        lambda: claims(claim(kind="effect")),
        ValueError,
        "kind is 'effect'; choose one of input, activity, output, outcome",
        "kind är 'effect'; välj något av input",
        id="unknown kind",
    ),
    pytest.param(
        lambda: claims(claim(evidence="sure")),
        ValueError,
        "evidence is 'sure'; choose one of none, told",
        "evidence är 'sure'; välj något av none, told",
        id="unknown evidence",
    ),
    pytest.param(
        lambda: flyer("900", path="x.html"),
        ValueError,
        "summary is '900'; give",
        "summary är '900'; ange",
        id="summary",
    ),
    pytest.param(
        lambda: flyer(DONE, path="x.docx"), ValueError, "path is 'x.docx'; give", "path är 'x.docx'; ange", id="ending"
    ),
    pytest.param(
        lambda: flyer(DONE, path="nowhere/x.html"),
        ValueError,
        "in a folder that exists",
        "i en mapp som finns",
        id="folder",
    ),
    pytest.param(lambda: flyer(DONE, path=None), ValueError, "path is None", "path är None", id="no path"),
    pytest.param(
        lambda: flyer(DONE, path="x.html", languages="de"),
        ValueError,
        "languages is 'de'; choose one or both of en, sv",
        "languages är 'de'; välj en eller båda av en, sv",
        id="language",
    ),
    pytest.param(
        lambda: flyer(DONE, claim(kind="effect"), "x.html"),
        ValueError,
        "kind is 'effect'",
        "kind är 'effect'",
        id="claims",
    ),
]

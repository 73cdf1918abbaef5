"""The glossary and the list of references that every page of the book links to."""

import csv
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pybtex.errors
import pytest
from pybtex.database import BibliographyData, Entry, parse_file
from pybtex.plugin import find_plugin
from pybtex.richtext import Text

BOOK = Path(__file__).parents[1] / "book"
COLUMNS = ["en", "sv", "definition_en", "definition_sv"]

with (BOOK / "glossary.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.reader(_file))
TERMS = [dict(zip(COLUMNS, row, strict=False)) for row in ROWS[1:]]

# One of the alternatives in each tuple must be there: fields BibTeX itself asks for, and for a web page or a
# document outside the trade a way to find it.
REQUIRED = {
    "article": [("author",), ("title",), ("journal",), ("year",)],
    "book": [("author", "editor"), ("title",), ("publisher",), ("year",)],
    "incollection": [("author",), ("title",), ("booktitle",), ("publisher",), ("year",)],
    "techreport": [("author",), ("title",), ("institution",), ("year",)],
    "misc": [("author",), ("title",), ("year", "url")],
}


def synonyms(cell: str) -> list[str]:
    """Return the terms of a cell, which commas outside parentheses keep apart."""
    return re.split(r",\s+(?![^(]*\))", cell)


def plain(name: str) -> str:
    """Return the ascii letters of a name in lower case."""
    decomposed = unicodedata.normalize("NFKD", name)
    return re.sub(r"[^a-z]", "", decomposed.encode("ascii", "ignore").decode().lower())


@pytest.fixture(scope="module")
def references() -> BibliographyData:
    with pybtex.errors.capture() as problems:
        data = parse_file(str(BOOK / "references.bib"), bib_format="bibtex")
    assert problems == []
    return data


def test_every_row_has_a_term_and_a_definition_in_both_languages():
    assert ROWS[0] == COLUMNS
    assert [row for row in ROWS[1:] if len(row) != len(COLUMNS)] == []
    assert [row for row in ROWS[1:] if any(not cell or cell != cell.strip() for cell in row)] == []
    assert len(TERMS) > 150


@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_term_is_defined_once(language):
    # A link to a term is found whatever its capitals, so terms must differ in more than those.
    counts = Counter(term.casefold() for row in TERMS for term in synonyms(row[language]))
    assert [term for term, count in counts.items() if count > 1] == []


def test_synonyms_are_split_outside_parentheses_only():
    assert synonyms("facilitator, processledare") == ["facilitator", "processledare"]
    assert synonyms("avtal (socialt, utfall)") == ["avtal (socialt, utfall)"]


@pytest.mark.parametrize("column", ["definition_en", "definition_sv"])
def test_a_definition_is_one_or_two_whole_sentences(column):
    definitions = [row[column] for row in TERMS]
    assert [text for text in definitions if not re.search(r"[^.\s]\.$", text)] == []
    assert [text for text in definitions if not text[0].isupper() and not text[0].isdigit()] == []
    assert [text for text in definitions if len(re.findall(r"[.?!](?=\s+[A-ZÅÄÖ]|$)", text)) > 2] == []


@pytest.mark.parametrize(
    ("column", "unwanted"),
    [
        ("definition_en", r"\b(just|simply|easy|easily|etc)\b|\b(e\.g|i\.e)\."),
        ("definition_sv", r"\b(t\.?\s?ex|d\.?v\.?s|o\.?s\.?v|etc)\b|\b(m\.m|bl\.\s?a)\.|\d\.\d|\d%"),
    ],
)
def test_a_definition_has_no_filler_and_no_abbreviation(column, unwanted):
    assert [row[column] for row in TERMS if re.search(unwanted, row[column], re.IGNORECASE)] == []


def test_the_definition_of_impact_says_that_usage_varies():
    (impact,) = (row for row in TERMS if row["en"] == "impact")
    assert "varies" in impact["definition_en"]
    assert "varierar" in impact["definition_sv"]


@pytest.mark.parametrize(
    "word",
    ["bökzonen", "samtyckesskala", "näve-till-fem", "mellanlägescentralitet", "värdekarta", "prickröstning"],
)
def test_words_made_for_the_course_are_said_to_be_so(word):
    (row,) = (row for row in TERMS if row["sv"] == word)
    assert f"kursens egen översättning av engelskans {row['en']}" in row["definition_sv"]


def first_author(entry: Entry) -> str:
    person = (entry.persons.get("author") or entry.persons["editor"])[0]
    organisation = not person.first_names
    # An organisation goes by its short name, which BibTeX keeps in the field `key`.
    return entry.fields["key"] if organisation else " ".join(person.prelast_names + person.last_names)


def test_keys_are_first_author_and_year(references):
    for key, entry in references.entries.items():
        name, year, suffix = re.fullmatch(r"([a-z]+?)(\d{4}|nd)([a-z]?)", key).groups()
        assert name == plain(first_author(entry)), key
        assert year == entry.fields.get("year", "nd"), key
        siblings = [other for other in references.entries if re.fullmatch(f"{name}{year}[a-z]?", other)]
        assert bool(suffix) == (len(siblings) > 1), siblings


def test_keys_are_unique_whatever_their_capitals(references):
    source = (BOOK / "references.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{([^,\s]+),", source, re.MULTILINE)
    assert len({key.lower() for key in keys}) == len(keys) == len(references.entries)


def test_no_field_is_empty_and_none_is_missing(references):
    for key, entry in references.entries.items():
        present = {field for field, value in entry.fields.items() if value.strip("{} ")} | set(entry.persons)
        assert present >= set(entry.fields), key
        for alternatives in REQUIRED[entry.type]:
            assert present & set(alternatives), f"{key} lacks {' or '.join(alternatives)}"


def test_titles_keep_their_capitals(references):
    style = find_plugin("pybtex.style.formatting", "plain")()
    with pybtex.errors.capture() as problems:
        shown = {entry.key: entry.text.render_as("text") for entry in style.format_bibliography(references)}
    assert problems == []
    assert set(shown) == set(references.entries)
    for key, entry in references.entries.items():
        title = Text.from_latex(entry.fields["title"]).render_as("text")
        assert title in shown[key], key


def test_dois_and_addresses_are_well_formed(references):
    for key, entry in references.entries.items():
        assert re.fullmatch(r"10\.\d{4,9}/\S+", entry.fields.get("doi", "10.1000/none")), key
        assert re.fullmatch(r"https?://\S+", entry.fields.get("url", "https://none")), key

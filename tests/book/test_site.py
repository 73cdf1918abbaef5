"""The built site, as files: both languages, no other host, and notebooks to take home."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import openpyxl
import pytest

from siru_course import valuation
from siru_course.book import builder
from siru_course.language import in_language

pytestmark = pytest.mark.slow

CHAPTERS = ("ground/facilitation", "meet/dialogue", "measure/valuation")
HANDOUTS = ("handouts/facilitation", "handouts/competencies", "handouts/dialogue", "handouts/valuation")
PAGES = (
    *("index", "facilitate", "learn", "teach/index", "handouts/all", "ground/methods", "reference/glossary"),
    *CHAPTERS,
    *HANDOUTS,
)


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("page", PAGES)
def test_each_page_says_its_language_and_links_to_its_twin(site: Path, language: str, page: str) -> None:
    other = {"en": "sv", "sv": "en"}[language]
    html = (site / language / f"{page}.html").read_text(encoding="utf-8")
    up = "../" * page.count("/")
    assert f'<html lang="{language}"' in html
    for code in ("en", "sv"):
        assert f'<link rel="alternate" hreflang="{code}" href="{up or "./"}../{code}/{page}.html">' in html
    assert f'hreflang="{other}" href="{up or "./"}../{other}/{page}.html">' in html
    assert (site / other / f"{page}.html").exists()


def test_no_page_asks_another_host_for_anything(site: Path) -> None:
    asks = re.compile(
        r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=["']?(?:https?:)?//|<link\b(?![^>]*rel="(?:alternate|canonical)")[^>]*href=["']?(?:https?:)?//"""
    )
    for path in site.rglob("*.html"):
        assert not asks.search(path.read_text(encoding="utf-8")), path


def test_no_page_loads_mathjax_or_require(site: Path) -> None:
    for path in site.rglob("*.html"):
        scripts = re.findall(r"<script[^>]*>", path.read_text(encoding="utf-8"))
        assert not [script for script in scripts if re.search("mathjax|require", script, re.IGNORECASE)], path


def test_formulas_are_in_the_page(site: Path) -> None:
    assert "<math" in (site / "en/meet/dialogue.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_interface_of_the_swedish_book_is_swedish(site: Path, chapter: str) -> None:
    html = (site / f"sv/{chapter}.html").read_text(encoding="utf-8")
    for english in (
        "Toggle",
        "Skip to main",
        "Color mode",
        "Link to this",
        "Show the code",
        "Show code",
        "Table 1",
        "Contents<",
    ):
        assert english not in html, english
    assert (
        '"docnames"' in (site / "sv/searchindex.js").read_text(encoding="utf-8")
        or (site / "sv/searchindex.js").stat().st_size
    )
    assert "SwedishStemmer" in (site / "sv/_static/language_data.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("chapter", CHAPTERS)
class TestNotebooks:
    def test_the_chapter_can_be_downloaded_in_the_page_s_language(
        self, site: Path, language: str, chapter: str
    ) -> None:
        html = (site / language / f"{chapter}.html").read_text(encoding="utf-8")
        assert f'href="../notebooks/{Path(chapter).name}.ipynb"' in html
        book = json.loads(notebook(site, language, chapter).read_text(encoding="utf-8"))
        assert f'use_language("{language}")' in "".join("".join(cell["source"]) for cell in book["cells"])

    def test_it_reads_as_plain_markdown(self, site: Path, language: str, chapter: str) -> None:
        book = json.loads(notebook(site, language, chapter).read_text(encoding="utf-8"))
        text = "\n".join("".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "markdown")
        assert not re.search(r"^:{3,}|\{[a-z:-]+\}`|^\([\w-]+\)=", text, re.MULTILINE)

    def test_what_the_book_shows_is_what_the_learner_gets(
        self, site: Path, language: str, chapter: str, tmp_path: Path
    ) -> None:
        shutil.copy(notebook(site, language, chapter), tmp_path)
        result = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "--nbval",
                "-q",
                "-p",
                "no:cacheprovider",
                "-c",
                os.devnull,
                f"{Path(chapter).name}.ipynb",
            ],
            cwd=tmp_path,
            env=os.environ | {"IPYTHONDIR": str(builder.kernel_profile(tmp_path))},
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stdout[-4000:]


def notebook(site: Path, language: str, chapter: str) -> Path:
    return site / language / "notebooks" / f"{Path(chapter).name}.ipynb"


@pytest.mark.parametrize(("language", "heading"), [("en", "Deadweight %"), ("sv", "Dödvikt %")])
def test_the_value_map_to_take_to_a_meeting_is_brobyggets(site: Path, language: str, heading: str) -> None:
    html = (site / language / "measure/valuation.html").read_text(encoding="utf-8")
    links = set(re.findall(r'href="(\.\./_downloads/[^"]+/value_map\.xlsx)"', html))
    assert len(links) == 1
    file = (site / language / "measure" / links.pop()).resolve()
    with in_language(language):
        assert valuation.ValueMap.from_excel(file).ratio() == valuation.brobygget().ratio()
    sheet = openpyxl.load_workbook(file).active
    assert heading in {cell.value for row in sheet.iter_rows(max_row=20) for cell in row}


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_faults_of_the_exercise_in_valuation_are_not_in_the_chapter(site: Path, language: str) -> None:
    text = unescape((site / language / "measure/valuation.html").read_text(encoding="utf-8"))
    with in_language(language):
        good, flawed = (valuation.brobygget(version).outcomes["note"] for version in ("good", "flawed"))
    notes = set(flawed) - set(good)
    assert len(notes) == 6
    assert [note for note in notes if note in text] == []
    assert good["V01"] in text


class TestStrictness:
    """A copy of the book with one fault in it does not build, and the site that was there stays."""

    @pytest.mark.parametrize(
        ("fault", "complaint"),
        [
            ("\n{doc}`nowhere`\n", "nowhere"),
            ("\n{term}`no such term`\n", "no such term"),
            ("\n{cite:p}`nobody1900`\n", "nobody1900"),
            ("\n:::{quiz} Why?\n- [ ] A\n\n  No.\n:::\n", "at least two options"),
            ("\n{method}`M91`\n", "no method card M91"),
            ("\n{minutes}`exercise`\n", "learn.md has no exercise"),
        ],
    )
    def test_a_fault_stops_the_build(self, tmp_path: Path, fault: str, complaint: str) -> None:
        root = small_book(tmp_path)
        page = root / "book/en/learn.md"
        page.write_text(page.read_text(encoding="utf-8") + fault, encoding="utf-8")
        (built,) = builder.build(["en"], out=tmp_path / "out", root=root)
        assert not built.ok
        assert complaint in built.complaints
        assert not (tmp_path / "out/site").exists()

    def test_a_cell_that_fails_stops_the_build(self, tmp_path: Path) -> None:
        root = small_book(tmp_path)
        page = root / "book/en/learn.md"
        page.write_text(
            "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n  display_name: Python 3\n---\n\n# A\n\n"
            "```{code-cell} ipython3\n1 / 0\n```\n",
            encoding="utf-8",
        )
        (built,) = builder.build(["en"], out=tmp_path / "out", root=root)
        assert not built.ok
        assert "ZeroDivisionError" in built.log


def small_book(folder: Path) -> Path:
    """Copy the book without its chapters, so that it builds in seconds."""
    root = folder / "course"
    # The whole book may be in the making beside this test: its drafts come and go.
    ignore = shutil.ignore_patterns("*.mo", "__pycache__", "tmp*")
    for name in ("book", "siru_course", "data"):
        shutil.copytree(builder.ROOT / name, root / name, ignore=ignore)
    shutil.copy(builder.ROOT / "_config.yml", root)
    for language in ("en", "sv"):
        for chapter in builder._executed_pages(root / "book" / language):
            chapter.unlink()
    (root / "book/en/_toc.yml").write_text(
        "format: jb-book\nroot: learn\nchapters:\n  - file: reference/glossary\n  - file: reference/bibliography\n",
        encoding="utf-8",
    )
    page = root / "book/en/learn.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(re.sub(r"\{doc\}`[^`]*`", "", text), encoding="utf-8")
    return root

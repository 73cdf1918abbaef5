"""All handouts together: one page and one PDF a language, in the order of the contents, with and without a browser."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from siru_course import _browser
from siru_course.book import builder, handouts

from .test_site import small_book

pytestmark = pytest.mark.slow

# The order of the contents is not that of the alphabet.
NAMES = ("dialogue", "canvas", "agenda")
A4 = (595, 842)
TITLE = {"canvas": "A canvas of one page", "agenda": "Round the table"}


def book(folder: Path) -> Path:
    """Give a small book with three handouts; each has a part with the same title."""
    root = small_book(folder)
    for language in ("en", "sv"):
        tree = root / "book" / language
        for name, title in TITLE.items():
            text = f"# {title}\n\n## Steps\n\nWords on {name}.\n\n## Fill in\n\n| A | B |\n|---|---|\n| one | two |\n"
            (tree / f"handouts/{name}.md").write_text(text, encoding="utf-8")
        contents = "".join(f"          - file: handouts/{name}\n" for name in NAMES)
        (tree / "_toc.yml").write_text(
            "format: jb-book\nroot: learn\nparts:\n  - caption: A\n    chapters:\n"
            "      - file: reference/glossary\n      - file: reference/bibliography\n"
            f"      - file: handouts/index\n        sections:\n{contents}",
            encoding="utf-8",
        )
        for page in (tree / "learn.md", tree / "handouts/index.md"):
            page.write_text(re.sub(r"\{doc\}`[^`]*`", "", page.read_text(encoding="utf-8")), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build the small book in both languages; give its folder and that of what was made."""
    folder = tmp_path_factory.mktemp("handouts")
    root = book(folder)
    for made in builder.build(out=folder / "out", root=root):
        assert made.ok, made.complaints
    return root, folder / "out"


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_page_has_every_handout_in_the_order_of_the_contents(built: tuple[Path, Path], language: str) -> None:
    site = built[1] / "site" / language / "handouts"
    html = (site / "all.html").read_text(encoding="utf-8")
    first = re.search(r"<h1>(.*?)<a", (site / "dialogue.html").read_text(encoding="utf-8"))
    assert first is not None
    sheets = re.findall(r'<article class="siru-sheet">.*?<h1>(.*?)<a', html, re.DOTALL)
    assert sheets == [first[1], TITLE["canvas"], TITLE["agenda"]]
    assert f'<html lang="{language}"' in html
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert [name for name in set(ids) if ids.count(name) > 1] == []
    inside = re.findall(r'<article class="siru-sheet">.*</article>', html, re.DOTALL)[0]
    assert [link for link in re.findall(r'href="#([^"]+)"', inside) if link not in ids] == []


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_pdf_has_one_a4_page_for_each_handout(built: tuple[Path, Path], chromium: str, language: str) -> None:
    site = built[1] / "site" / language / "handouts"
    pages = PdfReader(site / "handouts.pdf").pages
    assert [(round(page.mediabox.width), round(page.mediabox.height)) for page in pages] == [A4] * len(NAMES)
    text = [page.extract_text() for page in pages]
    assert "13.00" in text[0]
    assert len(text[0].split()) > 150
    for page, name in zip(text[1:], NAMES[1:], strict=True):
        assert TITLE[name] in page
        assert f"Words on {name}." in page
    index = (site / "index.html").read_text(encoding="utf-8")
    assert 'href="all.html"' in index
    assert 'href="handouts.pdf"' in index


def test_it_is_printed_again_only_when_something_has_changed(
    built: tuple[Path, Path], chromium: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, out = built
    printed = []
    real = _browser.print_pdf

    def counted(browser: str, page: Path, pdf: Path) -> bool:
        printed.append(page.parts[-3])
        return real(browser, page, pdf)

    monkeypatch.setattr(_browser, "print_pdf", counted)
    builder.build(out=out, root=root)
    assert printed == []
    assert (out / "site/sv/handouts/handouts.pdf").exists()
    page = root / "book/sv/handouts/canvas.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nEn rad till.\n", encoding="utf-8")
    builder.build(out=out, root=root)
    assert printed == ["site.sv.new"]
    assert "En rad till." in PdfReader(out / "site/sv/handouts/handouts.pdf").pages[1].extract_text()


@pytest.mark.parametrize("which", [None, sys.executable], ids=["no browser", "a browser that fails"])
def test_without_a_browser_the_build_goes_on_and_says_so(
    built: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str | None
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: which)
    work = next(folder for folder in (built[1] / "sv").iterdir() if folder.is_dir())
    site = tmp_path / "site"
    shutil.copytree(work / "html", site)
    note = handouts.finish(site, tmp_path / "kept", "sv")
    assert "PDF" in note
    assert note.count("\n") == 0
    index = (site / "handouts/index.html").read_text(encoding="utf-8")
    assert "handouts.pdf" not in re.sub(r"<!--.*?-->", "", index)
    assert 'href="all.html"' in index
    assert "Print it to a PDF" in index  # the copy of the course is without the compiled translations


def test_a_book_without_handouts_has_no_page_of_them(tmp_path: Path) -> None:
    (made,) = builder.build(["en"], out=tmp_path / "out", root=small_book(tmp_path))
    assert (made.ok, made.note) == (True, "")
    assert not (tmp_path / "out/site/en/handouts").exists()

"""All handouts together: a page to print with one A4 a handout, and the same as a PDF where there is a browser.

The page ``handouts/all`` is written by Sphinx from the handouts in the order of the table of contents. The PDF is
printed when the site is put together (:func:`finish`), so the directive ``{handouts-together}`` leaves a mark in the
page of all handouts, where the link to the PDF comes when it has been made.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.io import StringOutput
from sphinx.util.docutils import SphinxDirective

from siru_course import _browser
from siru_course.language import gettext as _
from siru_course.language import in_language

from .parts import part

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = "handouts"
INDEX, ALL = f"{FOLDER}/index", f"{FOLDER}/all"
PDF = "handouts.pdf"
_MARK = re.compile(r"<!-- handouts-pdf -->.*?<!-- /handouts-pdf -->", re.DOTALL)
_ID = re.compile(r'(?P<before>\b(?:id|for|aria-labelledby|aria-describedby)="|\bhref="#)(?P<name>[^"]+)')


class Together(SphinxDirective):
    """The ``{handouts-together}`` directive: where all handouts are in one piece."""

    def run(self) -> list[nodes.Node]:
        """Write the link to the page, and how to get a PDF from it."""
        with in_language(self.config.language):
            link = escape(_("All handouts on one page to print"))
            by_hand = escape(_("Print it to a PDF from the browser to have them in one file."))
            return [
                part(
                    f'<p><a href="{ALL.rsplit("/", 1)[-1]}.html">{link}</a>. '
                    f"<!-- handouts-pdf -->{by_hand}<!-- /handouts-pdf --></p>\n"
                )
            ]


def _collect(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Give Sphinx the page with all handouts, when the book has any."""
    names = [name for name in app.env.toctree_includes.get(INDEX, []) if name.startswith(f"{FOLDER}/")]
    if not names or app.builder.format != "html":
        return
    with in_language(app.config.language):
        title = _("All handouts")
    sheets = "".join(f'<article class="siru-sheet">{_sheet(app, name)}</article>\n' for name in names)
    yield ALL, {"title": title, "body": sheets}, "page.html"


def _sheet(app: Sphinx, name: str) -> str:
    """Write a handout as its own page does, with ids that no other handout has."""
    builder: Any = app.builder
    doctree = app.env.get_and_resolve_doctree(name, builder)
    builder.post_process_images(doctree)
    doctree.settings = builder.docsettings
    builder.secnumbers = app.env.toc_secnumbers.get(name, {})
    builder.fignumbers = app.env.toc_fignumbers.get(name, {})
    builder.current_docname = name
    builder.docwriter.write(doctree, StringOutput(encoding="utf-8"))
    builder.docwriter.assemble_parts()
    return apart(str(builder.docwriter.parts["fragment"]), name.rsplit("/", 1)[-1])


def apart(html: str, name: str) -> str:
    """Put a name before every id of a piece of HTML, so that it can stand on a page with others.

    Examples
    --------
    >>> apart('<h2 id="plan">Plan<a href="#plan">#</a></h2>', "dialogue")
    '<h2 id="dialogue-plan">Plan<a href="#dialogue-plan">#</a></h2>'
    """
    return _ID.sub(rf"\g<before>{name}-\g<name>", html)


def finish(site: Path, kept: Path, language: str) -> str:
    """Print the handouts of a built language to a PDF and link to it; give a note when that cannot be done.

    Parameters
    ----------
    site
        The built pages of the language, which are changed.
    kept
        A folder for the PDF between builds: it is not printed again while the page and the styles are the same.
    language
        The language of the pages.
    """
    page, index = site / f"{ALL}.html", site / f"{INDEX}.html"
    if not page.exists():
        return ""
    with in_language(language):
        link = _("They are also in one PDF.")
    pdf = kept / f"{_fingerprint(site, page)}.pdf"
    if not pdf.exists():
        browser = _browser.find()
        if browser is None:
            return _("The handouts are not in a PDF, as no Chromium or Chrome was found.")
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        if not _browser.print_pdf(browser, page, pdf):
            return _("The handouts are not in a PDF: {browser} failed.").format(browser=browser)
    shutil.copyfile(pdf, site / FOLDER / PDF)
    html = index.read_text(encoding="utf-8")
    index.write_text(_MARK.sub(f'<a href="{PDF}">{escape(link)}</a>', html), encoding="utf-8")
    return ""


def _fingerprint(site: Path, page: Path) -> str:
    digest = hashlib.sha256(page.read_bytes())
    for path in sorted((site / "_static").rglob("*.css")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def setup(app: Sphinx) -> None:
    """Register the directive, and the page with all handouts."""
    app.add_directive("handouts-together", Together)
    app.connect("html-collect-pages", _collect)

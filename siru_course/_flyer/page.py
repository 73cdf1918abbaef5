"""The results flyer as a page, and the page as a PDF."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from .. import _browser
from .._arguments import short
from .._files import replace_file
from ..charts import HIGHLIGHT
from ..language import gettext as _
from ..language import in_language, number

_MARK = '<meta name="generator" content="siru_course.results">'
_NAMES = {"en": "English", "sv": "Svenska"}

_STYLE = f"""
@page {{ size: A4; margin: 12mm 14mm; }}
* {{ box-sizing: border-box; }}
:root {{ color-scheme: light; }}
body {{ margin: 0; color: #1b1b1b; background: #fff; font: 1rem/1.4 system-ui, "Segoe UI", Arial, sans-serif; }}
nav, article {{ max-width: 48rem; margin: 0 auto; padding: 0.8rem 1rem; }}
h1 {{ margin: 0 0 0.4rem; font-size: 1.9rem; line-height: 1.15; color: {HIGHLIGHT}; overflow-wrap: anywhere; }}
h2 {{ margin: 1.1rem 0 0.4rem; font-size: 1.15rem; color: {HIGHLIGHT}; }}
p {{ margin: 0 0 0.5rem; }}
a {{ color: {HIGHLIGHT}; }}
.made-up {{ border: 2px solid #1b1b1b; padding: 0.4rem 0.7rem; }}
.figures {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(8.2rem, 1fr)); gap: 0.5rem; }}
.figures div {{ display: flex; flex-direction: column; border-top: 4px solid {HIGHLIGHT}; padding-top: 0.2rem; }}
.figures dd {{ order: -1; margin: 0; font-size: 2rem; font-weight: 700; line-height: 1.1; }}
.bar {{ display: flex; height: 1.1rem; border: 1px solid {HIGHLIGHT}; }}
.bar span {{ background: {HIGHLIGHT}; }}
.claims {{ margin: 0; padding-left: 1.4rem; }}
.claims li {{ margin-bottom: 0.5rem; break-inside: avoid; }}
.claims li::marker {{ font-weight: 700; }}
.claims strong, .claims span {{ display: block; overflow-wrap: anywhere; }}
.notes {{ margin: 0; padding-left: 1.4rem; font-size: 0.92em; }}
@media print {{
  nav {{ display: none; }}
  body {{ font-size: 9.6pt; line-height: 1.3; }}
  article {{ max-width: none; padding: 0; print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
  article + article {{ break-before: page; }}
  h1 {{ font-size: 20pt; }} h2 {{ font-size: 12pt; margin: 3mm 0 1mm; }}
  .figures {{ grid-template-columns: repeat(5, 1fr); }}
  .figures dd {{ font-size: 21pt; }}
  .claims li {{ margin-bottom: 1.6mm; }}
}}
"""


@dataclass(frozen=True)
class Content:
    """What one language's page says."""

    title: str
    about: str
    figures: list[tuple[str, str]]
    shares: tuple[float, float]
    notes: list[str]
    claims: pd.DataFrame | None
    synthetic: bool


def place(path: str | os.PathLike[str]) -> Path:
    """Check where the flyer may be written: never over a file that is no flyer."""
    try:
        file = Path(os.path.abspath(path))
    except TypeError:
        message = _("path is {value}; give the name of a file that ends with .html.")
        raise ValueError(message.format(value=short(path))) from None
    if file.suffix.lower() != ".html" or not file.parent.is_dir() or file.is_dir():
        message = _("path is {value}; give the name of a file that ends with .html, in a folder that exists.")
        raise ValueError(message.format(value=short(os.fspath(path))))
    for there in (file, file.with_suffix(".pdf")):
        if there.exists() and not _is_flyer(file):
            message = _(
                "There is a file {file} already, which is no flyer, and it is left as it is. Choose another name."
            )
            raise ValueError(message.format(file=there))
    return file


def write(file: Path, content: Mapping[str, Content]) -> None:
    """Write the page, through to the disk or not at all."""
    try:
        replace_file(file, page(content).encode("utf-8"))
    except OSError as error:
        message = _("The file {file} could not be written. Choose a folder that exists and that you may write in.")
        raise ValueError(message.format(file=file)) from error


def page(content: Mapping[str, Content]) -> str:
    """Give the page: an article for each language, with no script and nothing to fetch."""
    articles = []
    for code, said in content.items():
        with in_language(code):
            articles.append(f'<article lang="{code}" id="{code}">\n{_article(said)}</article>\n')
    first = next(iter(content))
    links = " · ".join(f'<a href="#{code}" lang="{code}">{_NAMES[code]}</a>' for code in content)
    with in_language(first):
        label = escape(_("Language"))
    choose = f'<nav aria-label="{label}">{links}</nav>\n' if len(content) > 1 else ""
    return (
        f'<!doctype html>\n<html lang="{first}">\n<head>\n<meta charset="utf-8">\n{_MARK}\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(content[first].title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{choose}<main>\n{''.join(articles)}</main>\n</body>\n</html>\n"
    )


def print_pdf(file: Path) -> tuple[Path | None, str]:
    """Print the page to a PDF beside it; without a browser, say what to do instead."""
    browser = _browser.find()
    by_hand = _("Open the page in a browser and print it to get a PDF.")
    if browser is None:
        return None, " ".join([_("No PDF was made, as no Chromium or Chrome was found."), by_hand])
    pdf = file.with_suffix(".pdf")
    if not _browser.print_pdf(browser, file, pdf):
        return None, " ".join([_("No PDF was made: {browser} failed.").format(browser=browser), by_hand])
    return pdf, ""


def _article(said: Content) -> str:
    parts = [f"<h1>{escape(said.title)}</h1>", f"<p>{escape(said.about)}</p>"]
    if said.synthetic:
        told = _(
            "Made-up data: this page was made in a course. The people and activities behind its figures do not exist."
        )
        parts.append(f'<p class="made-up"><strong>{escape(told)}</strong></p>')
    figures = "".join(f"<div><dt>{escape(words)}</dt><dd>{escape(n)}</dd></div>" for n, words in said.figures)
    parts.append(f'<dl class="figures">{figures}</dl>')
    parts.append(_genders(*said.shares))
    parts += [_heading(_("What the figures say")), f"<p>{escape(_limits())}</p>"]
    if said.claims is not None:
        parts += [_heading(_("What we claim, and how well it is known")), _claim_list(said.claims)]
    notes = "".join(f"<li>{escape(note)}</li>" for note in said.notes)
    parts += [_heading(_("How it was counted")), f'<ul class="notes">{notes}</ul>']
    return "\n".join(parts) + "\n"


def _heading(words: str) -> str:
    return f"<h2>{escape(words)}</h2>"


def _limits() -> str:
    return _(
        "They count what was done and who came. They do not say what became different for those who came, or whether "
        "it would have happened anyway. For that one must ask the same people before and after, and compare."
    )


def _genders(women: float, men: float) -> str:
    if pd.isna(women):
        return ""
    told = _("Of those who took part, {women} % are women and {men} % are men.")
    told = told.format(women=number(100 * women, 0), men=number(100 * men, 0))
    bar = f'<div class="bar" aria-hidden="true"><span style="width: {100 * women:.1f}%"></span></div>'
    return f"<p>{escape(told)}</p>\n{bar}"


def _claim_list(claims: pd.DataFrame) -> str:
    items = []
    for claim in claims.to_dict("records"):
        more = _("To know more: {what}").format(what=claim["to_raise"])
        items.append(
            f"<li><strong>{escape(str(claim['claim']))}</strong>"
            f"<span>{_standing(claim)}</span><span>{escape(more)}</span></li>"
        )
    scale = _("The levels are Nesta's Standards of Evidence, 1 to 5; 0 is before the first.")
    return f'<ol class="claims">{"".join(items)}</ol>\n<p>{escape(scale)}</p>'


def _standing(claim: Mapping[Any, Any]) -> str:
    level = claim["level"]
    if pd.isna(level):
        return escape(_("This says what was done, and claims no effect."))
    steps = "●" * int(level) + "○" * (5 - int(level))
    where = _("Level {level} of 5: {standard}.").format(level=level, standard=claim["standard"])
    call = _("It may be called {name}.").format(name=claim["may_be_called"])
    return f'<b aria-hidden="true">{steps}</b> {escape(where)} {escape(call)}'


def _is_flyer(file: Path) -> bool:
    try:
        return _MARK in file.read_text(encoding="utf-8")[:500]
    except (OSError, UnicodeDecodeError):
        return False

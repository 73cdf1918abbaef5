"""Are the pages sound? Terms, references, text alternatives, links, and the minutes that a chapter takes."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

from siru_course.book import glossary, minutes
from siru_course.language import LANGUAGES
from siru_course.language import gettext as _

from .base import DERIVED, ROOT, Element, Finding, Page, pages

_BESIDE = re.compile(r".*<(?P<target>[^<>]+)>\s*$", re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_GLANCE = re.compile(r"^(?P<slug>[a-z-]+)-glance$")
_SHEET_TIME = re.compile(r"^\* - (?P<hour>\d{1,2})[.:](?P<minute>\d{2})\s*$", re.MULTILINE)


def _each(root: Path) -> Iterator[tuple[str, str, Page, dict[str, Page]]]:
    for language in LANGUAGES:
        tree = pages(root, language)
        for name, page in tree.items():
            yield language, f"book/{language}/{name}", page, tree


def _target(text: str) -> str:
    beside = _BESIDE.match(text)
    return (beside["target"] if beside else text).strip()


def is_chapter(page: Page) -> bool:
    """Tell whether a page is a chapter: it has a part *At a glance*."""
    return any(_GLANCE.match(label) for label, _line in page.labels)


def check_terms(root: Path = ROOT) -> Iterator[Finding]:
    """Find terms that the glossary does not have in the page's language, and chapters that link none."""
    entries = glossary.read(root / "book" / glossary.FILE)
    for number, entry in enumerate(entries, start=2):
        for language in LANGUAGES:
            if not all(entry.terms[language]) or not entry.definition[language].strip():
                yield Finding(
                    "terms",
                    f"book/{glossary.FILE}",
                    number,
                    _("The term or its definition is missing in {language}.").format(language=language),
                )
    known = {code: {term.casefold() for entry in entries for term in entry.terms[code]} for code in LANGUAGES}
    for language, file, page, _tree in _each(root):
        used = [(_target(text), line) for role, text, line in page.roles if role == "term"]
        for term, line in used:
            if term.casefold() not in known[language]:
                yield Finding(
                    "terms",
                    file,
                    line,
                    _("The glossary has no {term!r}. Add it, or use its term.").format(term=term),
                )
        if is_chapter(page) and not used:
            yield Finding("terms", file, 1, _("The chapter links no term to the glossary."))


def check_references(root: Path = ROOT) -> Iterator[Finding]:
    """Find citations that ``references.bib`` does not have."""
    text = (root / "book" / "references.bib").read_text(encoding="utf-8")
    known = set(re.findall(r"^@\w+\{([^,\s]+),", text, re.MULTILINE))
    for _language, file, page, _tree in _each(root):
        for role, keys, line in page.roles:
            if role.startswith("cite"):
                for key in (key.strip() for key in keys.split(",")):
                    if key not in known:
                        yield Finding("references", file, line, _("references.bib has no {key!r}.").format(key=key))


def check_alternatives(root: Path = ROOT) -> Iterator[Finding]:
    """Find images and charts that have no text alternative."""
    for _language, file, page, _tree in _each(root):
        for element in page.elements:
            if element.name in ("image", "figure") and not element.options.get("alt"):
                yield Finding("alternatives", file, element.line, _("The image has no :alt: text."))
            if element.name == "code-cell" and _draws(element) and "description" not in _keywords(element):
                yield Finding(
                    "alternatives",
                    file,
                    element.line,
                    _("The chart has no text alternative. Add .properties(description=…)."),
                )
        for number, line in enumerate(page.text.splitlines(), start=1):
            for image in _IMAGE.finditer(line):
                if not image["alt"].strip():
                    yield Finding("alternatives", file, number, _("The image has no alternative text."))


def _draws(element: Element) -> bool:
    return "alt.Chart(" in "\n".join(element.body)


def _keywords(element: Element) -> set[str | None]:
    try:
        tree = ast.parse("\n".join(element.body))
    except SyntaxError:
        return set()
    return {keyword.arg for node in ast.walk(tree) if isinstance(node, ast.Call) for keyword in node.keywords}


def check_links(root: Path = ROOT) -> Iterator[Finding]:
    """Find links inside the book that lead nowhere."""
    for _language, file, page, tree in _each(root):
        names = {name for other in tree.values() for name, _line in other.names}
        here = page.path.parent
        home = page.path.parents[len(Path(file).parts) - 3]
        for role, text, line in page.roles:
            target = _target(text)
            if role in ("ref", "numref") and target not in names:
                yield _nowhere(file, line, target)
            if role == "doc":
                base = home / target.lstrip("/") if target.startswith("/") else Path(os.path.normpath(here / target))
                if any(base.is_relative_to(home / folder) for folder in DERIVED):
                    continue  # written when the book is built, which fails on a link to nowhere
                if not base.with_name(base.name + ".md").exists():
                    yield _nowhere(file, line, target)
        for number, text in enumerate(page.text.splitlines(), start=1):
            for match in (*_LINK.finditer(text), *_IMAGE.finditer(text)):
                target = match["target"]
                if re.match(r"[a-z]+:", target):
                    continue
                path, _hash, label = target.partition("#")
                if (path and not (here / path).exists()) or (not path and label not in names):
                    yield _nowhere(file, number, target)


def _nowhere(file: str, line: int, target: str) -> Finding:
    return Finding("links", file, line, _("The link to {target!r} leads nowhere.").format(target=target))


def check_minutes(root: Path = ROOT) -> Iterator[Finding]:
    """Find chapters that do not say how long they take, and run sheets whose times do not follow from the minutes."""
    for _language, file, page, _tree in _each(root):
        if is_chapter(page):
            stated = {text for role, text, _line in page.roles if role == "minutes"}
            for kind in minutes.Minutes.__dataclass_fields__:
                if kind not in stated:
                    yield Finding(
                        "minutes",
                        file,
                        1,
                        _("The chapter does not say the minutes to {kind}. Write {{minutes}}`{kind}`.").format(
                            kind=kind
                        ),
                    )
        for element in page.elements:
            if element.name == "list-table" and element.options.get("class") == "run-sheet":
                yield from _times(file, element)


def _times(file: str, sheet: Element) -> Iterator[Finding]:
    text = "\n".join(sheet.body)
    lengths = [int(found) for found in re.findall(r"^\* - .*\n {2}- (\d+)\s*$", text, re.MULTILINE)]
    times = [60 * int(found["hour"]) + int(found["minute"]) for found in _SHEET_TIME.finditer(text)]
    if len(times) != len(lengths) or not times:
        yield Finding("minutes", file, sheet.line, _("A row of the run sheet lacks its time or its minutes."))
        return
    for row, (time, length, following) in enumerate(zip(times, lengths, times[1:], strict=False), start=1):
        if time + length != following:
            yield Finding(
                "minutes",
                file,
                sheet.line,
                _("Row {row} of the run sheet ends at {end}, but the next begins at {begin}.").format(
                    row=row, end=_clock(time + length), begin=_clock(following)
                ),
            )


def _clock(minutes_: int) -> str:
    return f"{minutes_ // 60:02d}.{minutes_ % 60:02d}"

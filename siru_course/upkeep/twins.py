"""Do the two languages agree? Same pages, same structure, same code, and no translation older than its original."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from siru_course.language import gettext as _

from .base import (
    ORIGINAL,
    ROOT,
    TRANSLATION,
    Element,
    Finding,
    Page,
    notebooks,
    pages,
    shape_of_code,
    source,
)

_STAMP = re.compile(r"^original: .*$", re.MULTILINE)


def check_twins(root: Path = ROOT) -> Iterator[Finding]:
    """Find pages and notebooks without a twin, and twins that are built differently."""
    for tree, read in (("book", pages), ("exercises", notebooks)):
        ours, theirs = read(root, ORIGINAL), read(root, TRANSLATION)
        for missing in sorted(ours.keys() ^ theirs.keys()):
            here, there = (ORIGINAL, TRANSLATION) if missing in ours else (TRANSLATION, ORIGINAL)
            yield Finding(
                "twins",
                f"{tree}/{here}/{missing}",
                1,
                _("There is no {twin}. Write it, or remove this one.").format(twin=f"{tree}/{there}/{missing}"),
            )
    english, swedish = pages(root, ORIGINAL), pages(root, TRANSLATION)
    for name in sorted(english.keys() & swedish.keys()):
        yield from _compare_pages(f"book/{TRANSLATION}/{name}", english[name], swedish[name])
    english_books, swedish_books = notebooks(root, ORIGINAL), notebooks(root, TRANSLATION)
    for name in sorted(english_books.keys() & swedish_books.keys()):
        yield from _compare_notebooks(f"exercises/{TRANSLATION}/{name}", english_books[name], swedish_books[name])
    tocs = [root / "book" / code / "_toc.yml" for code in (ORIGINAL, TRANSLATION)]
    if all(toc.exists() for toc in tocs) and len({tuple(_toc_files(toc)) for toc in tocs}) > 1:
        yield Finding(
            "twins",
            f"book/{TRANSLATION}/_toc.yml",
            1,
            _("The tables of contents name different pages, or in another order."),
        )


def _compare_pages(file: str, original: Page, twin: Page) -> Iterator[Finding]:
    for what, ours, theirs in (
        (_("headings"), original.headings, twin.headings),
        (_("labels"), original.labels, twin.labels),
        (_("directives"), [_kind(e) for e in original.elements], [_kind(e) for e in twin.elements]),
        (_("citations"), _cited(original), _cited(twin)),
        (_("numbers from the data"), _glued(original), _glued(twin)),
    ):
        yield from _first_difference(file, what, ours, theirs)


def _kind(element: Element) -> tuple[str, int]:
    extra = ""
    if element.name == "quiz":
        extra = "".join("x" if line.startswith("- [x]") else "o" for line in element.body if line.startswith("- ["))
    if element.name == "list-table":
        extra = str(sum(line.startswith("* -") for line in element.body))
    return (
        " ".join(part for part in (element.name, element.options.get("name", ""), extra) if part),
        element.line,
    )


def _cited(page: Page) -> list[tuple[str, int]]:
    # Word order differs between languages, so only what is cited is compared, paragraph by paragraph is not.
    keys = {
        (key.strip(), line) for role, text, line in page.roles if role.startswith("cite") for key in text.split(",")
    }
    first: dict[str, int] = {}
    for key, line in sorted(keys):
        first.setdefault(key, line)
    return sorted(first.items())


def _glued(page: Page) -> list[tuple[str, int]]:
    first: dict[str, int] = {}
    for role, text, line in page.roles:
        if role.startswith("glue"):
            first.setdefault(text, line)
    return sorted(first.items())


def _first_difference(
    file: str, what: str, ours: Sequence[tuple[Any, int]], theirs: Sequence[tuple[Any, int]]
) -> Iterator[Finding]:
    for (mine, _line), (yours, line) in zip(ours, theirs, strict=False):
        if mine != yours:
            yield Finding(
                "twins",
                file,
                line,
                _("The {what} differ: the original has {mine!r} where this page has {yours!r}.").format(
                    what=what, mine=mine, yours=yours
                ),
            )
            return
    if len(ours) != len(theirs):
        more = ours if len(ours) > len(theirs) else theirs
        extra, line = more[min(len(ours), len(theirs))]
        side = _("the original") if more is ours else _("this page")
        yield Finding(
            "twins",
            file,
            theirs[-1][1] if theirs and more is ours else line,
            _("The {what} differ: {side} has {extra!r} besides.").format(what=what, side=side, extra=extra),
        )


def _compare_notebooks(file: str, original: dict[str, Any], twin: dict[str, Any]) -> Iterator[Finding]:
    def shape(book: dict[str, Any]) -> list[tuple[Any, int]]:
        return [
            (
                (
                    cell["cell_type"],
                    cell.get("id"),
                    cell["metadata"].get("nbgrader"),
                    cell["metadata"].get("tags"),
                ),
                number,
            )
            for number, cell in enumerate(book["cells"], start=1)
        ]

    yield from _first_difference(file, _("cells"), shape(original), shape(twin))


def _toc_files(path: Path) -> list[str]:
    return re.findall(r"(?:root|file): (\S+)", path.read_text(encoding="utf-8"))


def check_cells(root: Path = ROOT) -> Iterator[Finding]:
    """Find code that differs between twins in more than words."""
    english, swedish = pages(root, ORIGINAL), pages(root, TRANSLATION)
    for name in sorted(english.keys() & swedish.keys()):
        for ours, theirs in zip(english[name].cells, swedish[name].cells, strict=False):
            if shape_of_code("\n".join(ours.body)) != shape_of_code("\n".join(theirs.body)):
                yield _different_code(f"book/{TRANSLATION}/{name}", theirs.line)
    english_books, swedish_books = notebooks(root, ORIGINAL), notebooks(root, TRANSLATION)
    for name in sorted(english_books.keys() & swedish_books.keys()):
        cells = zip(english_books[name]["cells"], swedish_books[name]["cells"], strict=False)
        for number, (mine, yours) in enumerate(cells, start=1):
            if mine["cell_type"] == "code" and shape_of_code(source(mine)) != shape_of_code(source(yours)):
                yield _different_code(f"exercises/{TRANSLATION}/{name}", number)


def _different_code(file: str, line: int) -> Finding:
    return Finding("cells", file, line, _("The code differs from the original in more than words. Make them equal."))


def check_stale(root: Path = ROOT) -> Iterator[Finding]:
    """Find translations that are older than their originals."""
    for name, page in pages(root, TRANSLATION).items():
        original = root / "book" / ORIGINAL / name
        if original.exists():
            yield from _compare_stamp(root, page.path, page.front.get("original"), _hash(original))
    for name, book in notebooks(root, TRANSLATION).items():
        original = root / "exercises" / ORIGINAL / name
        if original.exists():
            stamp = book["metadata"].get("siru", {}).get("original")
            yield from _compare_stamp(root, root / "exercises" / TRANSLATION / name, stamp, _hash(original))


def _compare_stamp(root: Path, path: Path, stamp: Any, wanted: str) -> Iterator[Finding]:
    if stamp != wanted:
        file = path.relative_to(root).as_posix()
        yield Finding(
            "stale",
            file,
            1,
            _(
                "The original has changed since this was translated. "
                "Bring it up to date, then: siru check --accept {file}"
            ).format(file=file),
        )


def accept(path: Path, root: Path = ROOT) -> None:
    """Note in a translation that it is up to date with its original as that is now.

    Raises
    ------
    ValueError
        If the file is no translation, or its original is missing.
    """
    path = path.resolve()
    for tree in ("book", "exercises"):
        home = root / tree / TRANSLATION
        if path.is_relative_to(home):
            original = root / tree / ORIGINAL / path.relative_to(home)
            if not original.exists():
                break
            _stamp(path, _hash(original))
            return
    raise ValueError(_("{path} is not the translation of a page or of an exercise.").format(path=path))


def _stamp(path: Path, value: str) -> None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        book = json.loads(text)
        book["metadata"].setdefault("siru", {})["original"] = value
        text = json.dumps(book, ensure_ascii=False, indent=1) + "\n"
    elif _STAMP.search(text):
        text = _STAMP.sub(f'original: "{value}"', text, count=1)
    else:
        text = text.replace("---\n", f'---\noriginal: "{value}"\n', 1)
    path.write_text(text, encoding="utf-8")


def _hash(path: Path) -> str:
    if path.suffix == ".ipynb":
        content = json.dumps([source(c) for c in json.loads(path.read_text(encoding="utf-8"))["cells"]]).encode()
    else:
        content = path.read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]

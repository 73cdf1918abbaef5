"""Collects the words of the program, and compiles their translations: ``make messages``.

The catalogue ``siru_course/locale/sv/LC_MESSAGES/siru.po`` is the source; the ``.mo`` beside it is derived and is
committed, so that the package needs no tool to speak Swedish.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from siru_course.language import LOCALE_DIR

PACKAGE = LOCALE_DIR.parent
PO = LOCALE_DIR / "sv" / "LC_MESSAGES" / "siru.po"

# Click asks for these by itself, so no line of ours names them.
CLICK = (
    "Usage:",
    "Options",
    "Commands",
    "[OPTIONS]",
    "COMMAND [ARGS]...",
    "Show this message and exit.",
    "Show the version and exit.",
    "Error: {message}",
    "Try '{command} {option}' for help.",
    "No such command {name!r}.",
    "No such option: {name}",
    "Missing argument",
    "Missing argument {param_hint}.",
    "Missing option",
    "Missing parameter",
    "Missing command.",
    "Got unexpected extra argument ({args})",
    "Got unexpected extra arguments ({args})",
    "Invalid value: {message}",
    "Invalid value for {param_hint}: {message}",
    "{value!r} is not one of {choices}.",
    "{value!r} is not one of {choice}.",
    "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
    "{name} {filename!r} does not exist.",
    "default: {default}",
    "Aborted!",
)


def collect() -> Catalog:
    """Collect every message of the package's code."""
    catalogue = Catalog(project="siru-course", charset="utf-8")
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}
    for file, _line, message, comments, _context in extract_from_dir(
        str(PACKAGE),
        method_map=[("**.py", "python")],
        keywords=keywords,
        # Babel leaves out folders that begin with an underscore; ours speak too.
        directory_filter=lambda folder: Path(folder).name != "__pycache__",
    ):
        catalogue.add(message, locations=[(file, 0)], auto_comments=comments)
    for message in CLICK:
        if message not in catalogue:
            catalogue.add(message, locations=[("click", 0)])
    return catalogue


def merge(known: Catalog, found: Catalog) -> Catalog:
    """Keep the translations of the messages that are still there, and add those that are new."""
    merged = Catalog(locale="sv", project="siru-course", charset="utf-8", fuzzy=False)
    for message in sorted((message for message in found if message.id), key=lambda message: str(message.id)):
        old = known.get(message.id if isinstance(message.id, str) else message.id[0])
        places = sorted({(file, 0) for file, _line in message.locations})
        merged.add(message.id, old.string if old else None, locations=places)
    return merged


def missing(catalogue: Catalog) -> list[str]:
    """Give the messages that have no translation."""
    found = []
    for message in catalogue:
        words = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if message.id and not all(words):
            found.append(str(message.id))
    return found


def read() -> Catalog:
    """Read the Swedish catalogue."""
    with PO.open("rb") as file:
        return read_po(file, locale="sv")


def compiled(catalogue: Catalog) -> bytes:
    """Compile a catalogue to what :mod:`gettext` reads."""
    # Babel writes the moment of reading into the header; a fixed one keeps the same words the same bytes.
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def main() -> int:
    """Bring the catalogue up to date and compile it; the exit code is 1 when translations are missing."""
    merged = merge(read() if PO.exists() else Catalog(locale="sv"), collect())
    buffer = BytesIO()
    write_po(buffer, merged, width=110, omit_header=False, include_lineno=False)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    # Dates would make every run a change.
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_text("".join(line for line in lines if "-Date:" not in line), encoding="utf-8")
    PO.with_suffix(".mo").write_bytes(compiled(read()))
    for message in missing(merged):
        print(f"{Path(PO).name}: {message!r} is not translated")
    return 1 if missing(merged) else 0


if __name__ == "__main__":
    sys.exit(main())

"""The data section of the book, written from the data package each time the book is built.

One page a data set: what it is and where it comes from, its columns, its first rows, and files to download; and a page
for teachers with what is planted in all of them. The pages are derived, so they are not committed; they stand in
``book/<language>/data``.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from siru_course import data, valuation
from siru_course._data_export import KINDS, export
from siru_course.language import gettext as _
from siru_course.language import in_language, language, number

FOLDER = Path("data") / "sets"
_NO_CHAPTERS = ("handouts", "data", "package")
# A value map in Excel that calculates by itself, beside the files of the data it is made of.
VALUE_MAP, VALUE_MAP_DATA = "value_map.xlsx", ("brobygget_value_map", "brobygget_costs")
ROWS = 6
COLUMNS = 8


def write(source: Path, code: str) -> list[Path]:
    """Write the pages of one language into its tree, and give them.

    Parameters
    ----------
    source
        The tree of pages, ``book/<language>``.
    code
        The language of the pages.
    """
    folder = source / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    names = [item["name"] for item in data.package()["resources"]]
    for stale in set(folder.glob("*.md")) - {folder / f"{name}.md" for name in names}:
        stale.unlink()
    written = []
    with in_language(code):
        made = {name for name in names if _files(name, folder / "files")}
        if made.intersection(VALUE_MAP_DATA) or not (folder / "files" / VALUE_MAP).exists():
            valuation.brobygget().to_excel(folder / "files" / VALUE_MAP)
        for name in names:
            written.append(save(folder / f"{name}.md", page(name, source)))
        written.append(save(source / "data" / "index.md", index()))
        written.append(save(source / "data" / "planted.md", planted()))
    return written


def _files(name: str, folder: Path) -> bool:
    """Make the files of a data set if its data have changed, and tell whether they had."""
    # A workbook holds the time it was made: files are made again only when the data have changed.
    copy, original = folder / f"{name}.csv", data.folder() / data.resource(name)["path"]
    if copy.exists() and copy.read_bytes() == original.read_bytes():
        return False
    for kind in KINDS:
        export(name, folder, kind)
    shutil.copyfile(original, copy)
    return True


def index() -> str:
    """Write the page of all data sets, with links to theirs, in the language in use."""
    package = data.package()
    frame = data.catalogue()
    rows = [
        [
            f"{{doc}}`{row['title']} </{(FOLDER / row['name']).as_posix()}>`",
            number(row["rows"], 0),
            _kind(row["synthetic"]),
        ]
        for row in frame.to_dict("records")
    ]
    said = _(
        "Each page says what a data set is about, where it comes from and what its columns mean, and has files to "
        "download. Codes are the same in both languages; the words for them are not."
    )
    text = [
        _heading(1, _("The data")),
        data.said(package, "description"),
        said,
        _table([_("Data set"), _("Rows"), _("Kind")], rows),
    ]
    return _front(data.said(package, "description")) + "\n\n".join(text) + "\n"


def planted() -> str:
    """Write the teachers' page: what each data set holds for learners to find, in the language in use."""
    lead = _(
        "The synthetic data are made so that there is something to find in them. This page says what, so that you can "
        "prepare a seminar or judge an answer. Learners meet it nowhere else in the book."
    )
    key = _(
        "Answers to what the exercises ask of the data, such as the stages of the twelve classroom cases, are in the "
        "folder exercises/keys of the course's repository."
    )
    title = _("What is planted in the data")
    parts = [f"(data-planted)=\n# {title}", lead, key]
    for item in data.package()["resources"]:
        if teaches := data.said(item, "teaches"):
            link = f"{{doc}}`{item['name']} </{(FOLDER / item['name']).as_posix()}>`"
            parts.append(f"{_heading(2, data.said(item, 'title'))}\n\n{link}: {teaches}")
    return _front(lead) + "\n\n".join(parts) + "\n"


def page(name: str, source: Path) -> str:
    """Write the page of one data set in the language in use."""
    item = data.resource(name)
    facts = [
        [_("Kind"), _kind(item["synthetic"])],
        [_("Rows"), number(len(data.load(name)), 0)],
        [_("Used in"), ", ".join(chapter(theme, source) for theme in item.get("themes", []))],
        [_("Licence"), f"[{item['licenses'][0]['name']}]({item['licenses'][0]['path']})"],
        [_("Source"), "; ".join(_source(entry) for entry in item["sources"])],
    ]
    frame = data.load(name, labels=language()).head(ROWS)
    parts = [
        f"(data-{name.replace('_', '-')})=\n# {data.said(item, 'title')}",
        data.said(item, "description"),
        "\n".join(f"- **{label}:** {value}" for label, value in facts if value),
        _heading(2, _("Columns")),
        _columns(name),
        _heading(2, _("How it was made")),
        data.said(item, "method"),
    ]
    if consistent := data.said(item, "consistent_with"):
        label = _("It agrees with:")
        parts.append(f"**{label}** {consistent}")
    parts += [_heading(2, _("The first rows")), _preview(frame), _heading(2, _("Download")), _downloads(name)]
    return _front(data.said(item, "description")) + "\n\n".join(parts) + "\n"


def _heading(level: int, text: str) -> str:
    return f"{'#' * level} {text}"


def _front(description: str) -> str:
    sentence = description.split(". ")[0].rstrip(".").replace('"', "'")
    return f'---\nmyst:\n  html_meta:\n    description: "{sentence}."\n---\n\n'


def _columns(name: str) -> str:
    types = {"string": _("text"), "integer": _("whole number"), "number": _("number"), "boolean": _("yes or no")}
    lines = [":::{list-table}", ":class: cards", ":header-rows: 1", ":widths: 18 40 17 25", ""]
    rows = [[_("Column"), _("Meaning"), _("Type"), _("Allowed")]]
    for row in data.dictionary(name).to_dict("records"):
        kind = types[row["type"]] + (f" ({row['unit']})" if row["unit"] else "")
        rows.append([f"`{row['name']}`", str(row["meaning"]), kind, str(row["allowed"])])
    for cells in rows:
        lines += [("* - " if place == 0 else "  - ") + cell for place, cell in enumerate(cells)]
    return "\n".join([*lines, ":::"])


def _preview(frame: pd.DataFrame) -> str:
    shown = frame.iloc[:, :COLUMNS].astype(object).where(frame.iloc[:, :COLUMNS].notna(), "")
    table = _table(
        [f"`{column}`" for column in shown.columns], [[str(cell) for cell in row] for row in shown.to_numpy()]
    )
    more = len(frame.columns) - COLUMNS
    return table + ("\n\n" + _("{n} more columns are not shown.").format(n=more) if more > 0 else "")


def _downloads(name: str) -> str:
    words = {
        "csv": _("CSV: UTF-8, comma, decimal point"),
        "excel-sv": _("CSV for a Swedish Excel: semicolon, decimal comma"),
        "xlsx": _("Excel workbook"),
    }
    files = [(words[kind], f"{name}{ending}") for kind, ending in KINDS.items()]
    if name == VALUE_MAP_DATA[0]:
        files.append((_("Value map: an Excel workbook that calculates by itself"), VALUE_MAP))
    return "\n".join(f"- {{download}}`{title} <files/{file}>`" for title, file in files)


def _source(entry: dict[str, Any]) -> str:
    title = data.said(entry, "title")
    return f"[{title}]({entry['path']})" if "path" in entry else title


def _kind(synthetic: bool) -> str:
    return _("synthetic") if synthetic else _("real")


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
    )


def chapter(theme: str, source: Path) -> str:
    """Write a link to a theme's chapter in the language in use; its title only while there is no chapter.

    Parameters
    ----------
    theme
        The theme's name, as the data package has it.
    source
        The tree of pages, ``book/<language>``.
    """
    found = [path for path in source.glob(f"*/{theme}.md") if path.parent.name not in _NO_CHAPTERS]
    if not found:
        return next(data.said(entry, "title") for entry in data.package()["themes"] if entry["name"] == theme)
    title = next(line for line in found[0].read_text(encoding="utf-8").splitlines() if line.startswith("# "))[2:]
    return f"{{doc}}`{title} </{found[0].relative_to(source).with_suffix('').as_posix()}>`"


def save(path: Path, text: str) -> Path:
    """Write a derived page; an unchanged one keeps its time, so that it is not read again."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    return path

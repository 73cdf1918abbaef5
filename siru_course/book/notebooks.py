"""The executed pages as notebooks to download: MyST's directives and roles become Markdown that Jupyter shows.

The book's pages use directives (``{quiz}``, ``{list-table}``) and roles (``{term}``, ``{cite:t}``) that JupyterLab
prints as they are. A learner's notebook says the same in plain Markdown and a little HTML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from siru_course.language import gettext as _

from .methods import name_of
from .minutes import stated
from .quiz import parse_options

_ROLE = re.compile(r"\{(?P<role>[a-z:]+)\}`(?P<text>[^`]+)`")
_TARGET = re.compile(r"^\([\w-]+\)=\n", re.MULTILINE)
_FENCE = re.compile(r"^(?P<fence>:{3,}|`{3,})\{(?P<name>[\w-]+)\}[ ]*(?P<title>.*)$")
_FIELD = re.compile(r"^:(?P<name>[\w-]+):(?P<value>.*)$")
# What a label may stand for: the heading after it, a table, or a figure.
_LABELLED = re.compile(
    r"^\((?P<label>[\w-]+)\)=\n#+ (?P<heading>.+)$"
    r"|^:{3,}\{list-table\} .+\n:name: (?P<table>[\w-]+)$"
    r"|^ +name: (?P<figure>[\w-]+)\n +caption: ",
    re.MULTILINE,
)
_BESIDE = re.compile(r"(?P<text>.*?)\s*<(?P<target>[^<>]+)>$", re.DOTALL)


def readable(text: str, bibliography: Path | None = None, page: str = "", path: Path | None = None) -> str:
    """Turn an executed page (a notebook in JSON) into one that reads well in Jupyter.

    Parameters
    ----------
    text
        The notebook.
    bibliography
        The BibTeX file that the citations refer to.
    page
        The page's source.
    path
        The page's file, from which the minutes are worked out.
    """
    notebook: dict[str, Any] = json.loads(text)
    values = _glued(notebook)
    roles = _roles(values, _citations(bibliography) if bibliography else {}, page, path)
    cells = []
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if "remove-cell" in tags:
            continue
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"])
            cell["source"] = to_markdown(source, roles).splitlines(keepends=True)
        cells.append(cell)
    notebook["cells"] = _captioned(cells, _titles(page))
    notebook["metadata"] = {key: notebook["metadata"][key] for key in ("kernelspec",) if key in notebook["metadata"]}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def to_markdown(source: str, roles: Callable[[str, str], str]) -> str:
    r"""Write the MyST of one cell as plain Markdown.

    Examples
    --------
    >>> print(to_markdown("(a-label)=\n:::{note}\nMind the {term}`gap`.\n:::", lambda role, text: text))
    > **Note**
    >
    > Mind the gap.
    """
    lines = _TARGET.sub("", source).splitlines()
    return _ROLE.sub(lambda match: roles(match["role"], match["text"]), "\n".join(_blocks(lines)))


def _blocks(lines: list[str]) -> list[str]:
    done: list[str] = []
    position = 0
    while position < len(lines):
        match = _FENCE.match(lines[position])
        if not match:
            done.append(lines[position])
            position += 1
            continue
        end = position + 1
        while end < len(lines) and lines[end].rstrip() != match["fence"]:
            end += 1
        options, body = _options(lines[position + 1 : end])
        done += _directive(match["name"], match["title"].strip(), options, body)
        position = end + 1
    return done


def _options(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    found: dict[str, str] = {}
    while lines and (match := _FIELD.match(lines[0])):
        found[match["name"]] = match["value"].strip()
        lines = lines[1:]
    return found, lines


def _directive(name: str, title: str, options: dict[str, str], body: list[str]) -> list[str]:
    if name == "quiz":
        return _quiz(title, body)
    if name == "list-table":
        # The number is filled in with the other roles.
        number = f"{{numref}}`{options['name']}`. " if "name" in options else ""
        return _table(number + title, body)
    if name in ("image", "figure"):
        return [f"*{options.get('alt', '')}*", "", *_blocks(body)]
    if name == "math":
        return ["$$", *body, "$$"]
    if name == "dropdown":
        inner = "\n".join(_blocks(body)).strip("\n")
        return [f"<details><summary>{title}</summary>", "", inner, "", "</details>"]
    inner_lines = "\n".join(_blocks(body)).strip("\n").splitlines()
    if name in ("div", "container", "grid", "grid-item", "grid-item-card"):
        return [*([f"**{title}**", ""] if title and name.endswith("card") else []), *inner_lines, ""]
    heading = title or name.capitalize()
    return [f"> **{heading}**", ">", *(f"> {line}".rstrip() for line in inner_lines)]


def _quiz(question: str, body: list[str]) -> list[str]:
    options = parse_options(body)
    right, wrong, shown = _("Right"), _("Not right"), _("Show the answers")
    asked = [f"**{question}**", "", *(f"- {option.text}" for option in options), ""]
    answers = [
        f"- {right if option.right else wrong}: *{option.text}* {' '.join(option.feedback)}" for option in options
    ]
    return [*asked, f"<details><summary>{shown}</summary>", "", *answers, "", "</details>"]


def _table(title: str, body: list[str]) -> list[str]:
    rows: list[list[str]] = []
    for line in body:
        if line.startswith("* - "):
            rows.append([line[4:]])
        elif line.startswith("  - ") and rows:
            rows[-1].append(line[4:])
        elif line.startswith("    ") and rows:
            rows[-1][-1] += (" " if line.strip() else "") + line.strip()
        elif not line.strip() and rows and not rows[-1][-1].endswith("<br>"):
            rows[-1][-1] += "<br>"
    cells = [["<br>".join(part for part in cell.split("<br>") if part.strip()) for cell in row] for row in rows]
    head, *rest = cells
    return [
        *([f"**{title}**", ""] if title else []),
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(f"| {' | '.join(row)} |" for row in rest),
    ]


def _roles(
    values: dict[str, str], citations: dict[str, tuple[str, str]], page: str, path: Path | None = None
) -> Callable[[str, str], str]:
    titles = _titles(page)

    def say(role: str, text: str) -> str:
        if role == "glue:text":
            return values[text.split(":")[0]]
        if role.startswith("cite"):
            known = [citations.get(key.strip(), (key.strip(), "")) for key in text.split(",")]
            if role == "cite:t":
                return "; ".join(f"{author} ({year})" for author, year in known)
            return f"({'; '.join(f'{author} {year}' for author, year in known)})"
        if role == "minutes" and path is not None:
            return f"{stated(text, path)} min"
        if role == "method":
            return name_of(text)
        beside = _BESIDE.match(text)
        return beside["text"] if beside else titles.get(text, text)

    return say


def _titles(page: str) -> dict[str, str]:
    """Give the words for each label of a page: the heading it stands before, or the number of its table or figure."""
    found: dict[str, str] = {}
    words = {"tab": _("Table"), "fig": _("Figure")}
    count = dict.fromkeys(words, 0)
    for match in _LABELLED.finditer(page):
        if match["heading"]:
            found[match["label"]] = f"*{match['heading'].strip()}*"
        else:
            kind = "tab" if match["table"] else "fig"
            count[kind] += 1
            found[match["table"] or match["figure"]] = f"{words[kind]} {count[kind]}"
    return found


def _captioned(cells: list[dict[str, Any]], titles: dict[str, str]) -> list[dict[str, Any]]:
    """Put the caption of each figure in a cell after the one that draws it."""
    done: list[dict[str, Any]] = []
    for cell in cells:
        done.append(cell)
        figure = cell["metadata"].get("mystnb", {}).get("figure")
        if figure:
            text = f"*{titles.get(figure['name'], figure['name'])}. {figure['caption'].strip()}*"
            caption = {"cell_type": "markdown", "metadata": {}, "source": [text]}
            done.append(caption | ({"id": f"{cell['id']}-caption"} if "id" in cell else {}))
    return done


def _glued(notebook: dict[str, Any]) -> dict[str, str]:
    found = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            if name:
                found[name] = "".join(output["data"]["text/plain"]).strip("'\"")
    return found


def _citations(path: Path) -> dict[str, tuple[str, str]]:
    from pybtex.database import parse_file

    found = {}
    for key, entry in parse_file(str(path), bib_format="bibtex").entries.items():
        people = entry.persons.get("author") or entry.persons.get("editor") or []
        names = [" ".join((*person.prelast_names, *person.last_names)).strip("{}") for person in people]
        short = " & ".join(names[:2]) if len(names) < 3 else _("{name} and others").format(name=names[0])
        found[key] = (short or key, entry.fields.get("year", ""))
    return found

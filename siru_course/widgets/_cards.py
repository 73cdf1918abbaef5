"""Place cards: a page to print, or a table for a spreadsheet."""

from __future__ import annotations

import os
from collections.abc import Collection
from html import escape
from pathlib import Path

import pandas as pd

from ..language import gettext as _
from ..language import language

_STYLE = """
body { font-family: system-ui, sans-serif; margin: 1cm; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(8cm, 1fr)); gap: 0.5cm; }
article { border: 1px dashed #666; padding: 0.5cm; break-inside: avoid; }
h2 { margin: 0 0 0.3cm; font-size: 1.5rem; overflow-wrap: anywhere; }
ul { margin: 0; padding: 0; list-style: none; font-size: 1.1rem; }
@media print { @page { margin: 1cm; } body { margin: 0; } h1 { display: none; } }
"""


def write_cards(tables: pd.DataFrame, file_name: str, own: Collection[Path]) -> Path:
    """Write place cards; the ending of the file's name, .html or .csv, decides how.

    Parameters
    ----------
    tables
        One row a person, one column a round, the value is the table.
    file_name
        Where to write; without a folder, where the notebook is.
    own
        Files that may be written over. No other file is.

    Returns
    -------
    pathlib.Path
        The file, with its folder.

    Raises
    ------
    ValueError
        If the name ends otherwise, there is such a file already, or it cannot be written.
    """
    path = Path(file_name.strip())
    ending = path.suffix.lower()
    if ending not in (".html", ".csv"):
        raise ValueError(_("The file's name is {name!r}; let it end with .html or .csv.").format(name=file_name))
    content = page(tables) if ending == ".html" else sheet(tables)
    try:
        path = Path(os.path.abspath(path))
        # "x" fails if the file exists, also when it came this very moment.
        with path.open("w" if path in own else "x", encoding="utf-8", newline="") as file:
            file.write(content)
    except FileExistsError as error:
        message = _("There is a file {file} already, and it is left as it is. Choose another name.")
        raise ValueError(message.format(file=path)) from error
    except (OSError, ValueError) as error:
        message = _("The file {file} could not be written. Choose a folder that exists and that you may write in.")
        raise ValueError(message.format(file=path)) from error
    return path


def page(tables: pd.DataFrame) -> str:
    """Give the cards as an HTML page: a card a person, with the table of each round."""
    words = _("Round {round}: table {table}")
    cards = []
    for name, row in tables.iterrows():
        rounds = "".join(f"<li>{words.format(round=round_, table=table)}</li>" for round_, table in row.items())
        cards.append(f"<article><h2>{escape(str(name))}</h2><ul>{rounds}</ul></article>\n")
    title = _("Place cards")
    return (
        f'<!doctype html>\n<html lang="{language()}">\n<head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style></head>\n"
        f"<body><h1>{title}</h1>\n<main>\n{''.join(cards)}</main></body>\n</html>\n"
    )


def sheet(tables: pd.DataFrame) -> str:
    """Give the cards as a table that a spreadsheet opens by a double click in the language's setting."""
    named = tables.rename(columns=lambda round_: _("Round {number}").format(number=round_))
    # Where the comma is the decimal sign, spreadsheets expect semicolons; the mark first says that it is UTF-8.
    return "\N{ZERO WIDTH NO-BREAK SPACE}" + named.to_csv(sep=";" if language() == "sv" else ",", lineterminator="\r\n")

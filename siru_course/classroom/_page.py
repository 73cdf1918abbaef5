"""What the pages for teachers share: one look, no script, readable on a phone and on paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from siru_course.charts import HIGHLIGHT
from siru_course.language import language

STYLE = f"""
@page {{ size: A4; margin: 14mm; }}
* {{ box-sizing: border-box; }}
:root {{ color-scheme: light; }}
body {{ margin: 0; color: #1b1b1b; background: #fff; font: 1rem/1.5 system-ui, "Segoe UI", Arial, sans-serif; }}
main {{ max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }}
h1 {{ margin: 0 0 0.5rem; font-size: 1.8rem; line-height: 1.2; color: {HIGHLIGHT}; }}
h2 {{ margin: 2rem 0 0.5rem; font-size: 1.3rem; color: {HIGHLIGHT}; }}
h3 {{ margin: 1.2rem 0 0.3rem; font-size: 1.05rem; }}
h2, h3 {{ break-after: avoid; }}
p, ul, ol {{ margin: 0 0 0.7rem; }}
.private {{ border-left: 5px solid {HIGHLIGHT}; background: #eef4f5; padding: 0.5rem 0.8rem; }}
.figures {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: 0.7rem; margin: 1rem 0; }}
.figures div {{ display: flex; flex-direction: column; border-top: 4px solid {HIGHLIGHT}; padding-top: 0.2rem; }}
.figures dd {{ order: -1; margin: 0; font-size: 1.9rem; font-weight: 700; line-height: 1.2; }}
figure {{ margin: 0 0 0.7rem; break-inside: avoid; }}
figure img {{ display: block; max-width: 100%; height: auto; }}
table {{ border-collapse: collapse; width: 100%; font-size: 0.95rem; margin-bottom: 0.8rem; }}
caption {{ text-align: left; font-weight: 600; padding: 0.3rem 0; }}
th, td {{ text-align: left; vertical-align: top; padding: 0.35rem 0.5rem; border-bottom: 1px solid #c9d3d5; }}
tbody th {{ font-weight: 400; }}
td.number, th.number {{ text-align: right; font-variant-numeric: tabular-nums; }}
tr, li {{ break-inside: avoid; }}
.bar {{ display: block; height: 0.9rem; background: {HIGHLIGHT}; print-color-adjust: exact; }}
.quiet {{ color: #4a5558; }}
@media (max-width: 40rem) {{
  h1 {{ font-size: 1.5rem; }}
  table {{ font-size: 0.85rem; }}
  th, td {{ padding: 0.3rem 0.25rem; overflow-wrap: break-word; }}
  th {{ hyphens: auto; }}
}}
@media print {{ main {{ max-width: none; padding: 0; }} body {{ font-size: 10pt; }} }}
"""


def document(title: str, body: Sequence[str], style: str = "") -> str:
    """Write a page in the language in use; a browser runs and loads nothing for it."""
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="{language()}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}{style}</style></head>"
        f"<body><main>\n<h1>{escape(title)}</h1>\n" + "\n".join(body) + "\n</main></body></html>\n"
    )


def heading(text: str) -> str:
    """Write the heading of a part, escaped."""
    return f"<h2>{escape(text)}</h2>"


def paragraph(text: str, kind: str = "") -> str:
    """Write a paragraph, escaped."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def listing(lines: Sequence[str], ordered: bool = False) -> str:
    """Write a list, escaped."""
    tag = "ol" if ordered else "ul"
    return f"<{tag}>" + "".join(f"<li>{_inline(line)}</li>" for line in lines) + f"</{tag}>"


def _inline(text: str) -> str:
    """Escape text, and show what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def figures(pairs: Sequence[tuple[str, str]]) -> str:
    """Write a row of large numbers, each with its name."""
    inside = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs)
    return f'<dl class="figures">{inside}</dl>'

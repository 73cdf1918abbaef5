"""What no learner may see, and what a page of feedback says."""

from __future__ import annotations

import html
import re

import nbformat


def secrets(source: nbformat.NotebookNode) -> set[str]:
    """Find the lines, and the longer words between quotes, of hidden tests, solutions and mark schemes."""
    found: set[str] = set()
    shown = []
    for cell in source.cells:
        parts = re.split(r".*(?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS|MARK SCHEME).*\n?", cell.source)
        shown += parts[::2]
        for part in parts[1::2]:
            found |= {line.strip() for line in part.splitlines()} | set(re.findall(r'"([^"\n]{15,})"', part))
    everything = "\n".join(shown)
    return {line for line in found if len(line) > 8 and line not in everything}


def text(written: str) -> str:
    """Give the text of a page, each paragraph on a line of its own."""
    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"<p\b", "\n<p", written.partition("<body>")[2])))

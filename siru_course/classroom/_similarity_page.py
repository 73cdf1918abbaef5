"""Near-identical submissions as a page: two answers side by side, with their equal parts marked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from siru_course.language import gettext as _
from siru_course.language import ngettext, number

from ._alike import Answer
from ._page import document, listing, paragraph

if TYPE_CHECKING:
    from .similarity import Alike, Pair

# Nobody reads more, and a page of thousands does not open.
MOST = 50
_SHORTEST_RUN = 3

_STYLE = """
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 0.8rem; margin-bottom: 1rem; }
.sides h4 { margin: 0 0 0.2rem; font-size: 0.95rem; }
.sides > div { min-width: 0; }
pre { margin: 0; padding: 0.5rem; border: 1px solid #c9d3d5; font-size: 0.82rem; line-height: 1.45;
  white-space: pre-wrap; overflow-wrap: anywhere; }
mark { background: #fde8b8; color: inherit; border-bottom: 2px solid #8a5a00; print-color-adjust: exact; }
@media (max-width: 40rem) { .sides { grid-template-columns: 1fr; } }
"""


def page(title: str, students: int, unread: Sequence[str], threshold: float, pairs: Sequence[Pair]) -> str:
    """Write the page, in the language in use."""
    people = ngettext("{n} submission was compared.", "{n} submissions were compared.", students).format(n=students)
    found = ngettext("{n} pair is listed.", "{n} pairs are listed.", len(pairs)).format(n=len(pairs))
    read = _(
        "These answers are nearly the same. That is all a machine can see: the two may have worked together as "
        "they should, been taught the same, or read the same page. Read the answers, and talk with both."
    )
    none = _("No two submissions are so alike that they are listed.")
    body = [
        paragraph(
            _("This page is about named people. It was made on this machine and is not sent anywhere: keep it here."),
            "private",
        ),
        paragraph(read if pairs else none),
        paragraph(f"{people} {found}"),
        listing(
            [
                _("Only what students wrote is compared; what was in the released cells is left out."),
                _("Names of their own, comments, layout and, in text, capital letters do not count as a difference."),
                _(
                    "Two answers are alike from {share} %. Answers that are short, or that many gave, weigh little."
                ).format(share=number(100 * threshold, 0)),
                _("Equal parts are marked and underlined."),
            ]
        ),
    ]
    if unread:
        body.append(
            paragraph(_("Could not be read, and so not compared: {students}.").format(students=", ".join(unread)))
        )
    if len(pairs) > MOST:
        body.append(paragraph(_("Only the first {n} are shown here.").format(n=MOST)))
    for place, pair in enumerate(pairs[:MOST], 1):
        heading = _("{place}. {one} and {other}").format(place=place, one=pair.students[0], other=pair.students[1])
        body.append(f"<section><h2>{escape(heading)}</h2>")
        body += [_task(pair.students, alike) for alike in pair.tasks]
        body.append("</section>")
    return document(_("Similar answers: {title}").format(title=title), body, _STYLE)


def _task(students: tuple[str, str], alike: Alike) -> str:
    told = _("{share} % alike. {shared} of the {n} who wrote anything gave an answer like these.").format(
        share=number(100 * alike.similarity, 0), shared=alike.shared_by, n=alike.answered
    )
    sides = "".join(
        f"<div><h4>{escape(student)}</h4><pre>{shown}</pre></div>"
        for student, shown in zip(students, side_by_side(*alike.answers), strict=True)
    )
    return f'<h3>{escape(alike.title)}</h3>{paragraph(told, "quiet")}<div class="sides">{sides}</div>'


def side_by_side(one: Answer, other: Answer) -> tuple[str, str]:
    """Write two answers as HTML with their equal parts marked; single words and signs are not."""
    from rapidfuzz.distance import LCSseq

    spans: tuple[list[tuple[int, int]], list[tuple[int, int]]] = [], []
    for block in LCSseq.opcodes(one.tokens, other.tokens):
        if block.tag == "equal" and block.src_end - block.src_start >= _SHORTEST_RUN:
            spans[0].extend(one.spans[block.src_start : block.src_end])
            spans[1].extend(other.spans[block.dest_start : block.dest_end])
    return _marked(one.source, spans[0]), _marked(other.source, spans[1])


def _marked(source: str, spans: Sequence[tuple[int, int]]) -> str:
    """Mark the spans; those with nothing but spaces between them are one, those with a comment between are two."""
    runs: list[tuple[int, int]] = []
    for first, last in spans:
        if runs and not source[runs[-1][1] : first].strip(" "):
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    parts, end = [], 0
    for first, last in runs:
        parts += [escape(source[end:first]), "<mark>", escape(source[first:last]), "</mark>"]
        end = last
    return "".join([*parts, escape(source[end:])])

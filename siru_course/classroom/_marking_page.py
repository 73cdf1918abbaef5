"""What stands beside an answer: the task, the mark scheme with its samples, and how far the marking has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from siru_course.language import gettext as _
from siru_course.language import ngettext, number

from ._marking_parts import Summary, written
from ._marking_scheme import Criterion, Task
from ._marking_shown import render

STYLE = """<style>
.siru-marking { overflow-wrap: anywhere; line-height: 1.5; }
.siru-marking pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.siru-marking a[href] { text-decoration: underline; }
.siru-marking img { max-width: 100%; height: auto; }
.siru-marking table { border-collapse: collapse; }
.siru-marking th, .siru-marking td { border: 1px solid currentColor; padding: 0.2em 0.5em; text-align: left; }
.siru-marking blockquote { margin: 0.5em 0; padding-left: 0.8em; border-left: 3px solid currentColor; }
.siru-marking summary { cursor: pointer; font-weight: bold; padding: 0.3em 0; }
.siru-marking-tool select { width: 100%; box-sizing: border-box; }
.siru-answer { border: 1px solid currentColor; border-radius: 4px; padding: 0.2em 1em; }
</style>"""


def beside(task: Task) -> str:
    """Write what a marker marks by, as HTML; the rubric is open, and the rest opens where it is clicked."""
    parts = [_heading(_("To mark by"))]
    if task.rubric or task.scheme:
        parts.append(_part(_("Mark scheme"), _rubric(task.rubric) + render(task.scheme), opened=True))
    for sample in task.samples:
        answer = f"<blockquote>{render(sample.answer)}</blockquote>"
        # What is bold stands in the summary, which is bold itself.
        parts.append(_part(sample.title.replace("**", ""), answer + render(sample.remark)))
    if task.model:
        shown = f"<pre><code>{escape(task.model)}</code></pre>" if task.code else render(task.model)
        parts.append(_part(_("Model answer"), shown))
    if task.text:
        parts.append(_part(_("The task"), render(task.text)))
    if len(parts) == 1:
        parts.append(render(_("The source of the assignment says nothing about this task.")))
    return f'<div class="siru-marking">{"".join(parts)}</div>'


def standing(summary: Summary, most: float) -> tuple[str, str]:
    """Write how the marking of a task stands, as HTML and as text."""
    marked = len(summary.points)
    lines = [_("Marked: {marked}. Left: {left}.").format(marked=marked, left=summary.left)]
    if summary.empty:
        lines.append(
            ngettext(
                "{n} student handed in the task untouched and has 0 points.",
                "{n} students handed in the task untouched and have 0 points.",
                summary.empty,
            ).format(n=summary.empty)
        )
    html = _heading(_("How the marking stands"))
    rows: Sequence[tuple[str, ...]] = []
    if marked:
        mean = sum(summary.points) / marked
        lines.append(_("Mean: {mean} of {most} points.").format(mean=number(mean, 1), most=written(most)))
        rows = [(name, str(count), number(average, 1)) for name, count, average in summary.markers]
    html += "".join(f"<p>{escape(line)}</p>" for line in lines)
    if marked:
        counts = Counter(summary.points)
        html += _table(
            _("Distribution"),
            [_("Points"), _("Answers")],
            [(written(points), str(counts[points])) for points in sorted(counts)],
        )
    if rows:
        html += _table(_("By marker"), [_("Marker"), _("Answers"), _("Mean")], rows)
    lines += [", ".join(cells) for cells in rows]
    return f'<div class="siru-marking">{html}</div>', "\n".join(lines)


def _rubric(rubric: tuple[Criterion, ...]) -> str:
    """Write the rubric as lists, which fit a phone where a table with five columns of words does not."""
    html = ""
    for criterion in rubric:
        levels = "".join(f"<li><b>{written(points)}</b> · {escape(words)}</li>" for points, words in criterion.levels)
        html += f"<p><b>{escape(criterion.name)}</b></p><ul>{levels}</ul>"
    return html


def _heading(words: str) -> str:
    return f"<h2>{escape(words)}</h2>"


def _part(title: str, html: str, opened: bool = False) -> str:
    return f"<details{' open' if opened else ''}><summary>{escape(title)}</summary>{html}</details>"


def _table(caption: str, head: list[str], rows: Sequence[tuple[str, ...]]) -> str:
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{escape(cell)}</th>' if not at else f"<td>{cell}</td>" for at, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"

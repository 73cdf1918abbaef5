"""The report on an assignment as a page."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from importlib.util import find_spec

from siru_course.language import gettext as _
from siru_course.language import ngettext, number

from ._analysis import FEWEST, Analysis, Item, Stuck
from ._page import document, figures, heading, listing, paragraph
from ._scores import Scored

# What a chart is drawn from: labels and values.
Bars = Sequence[tuple[str, float]]


def page(found: Analysis) -> str:
    """Write the page, in the language in use."""
    body = [
        paragraph(
            _("This page is about named people. It was made on this machine and is not sent anywhere: keep it here."),
            "private",
        ),
        figures(
            [
                (_("handed in"), str(found.handed_in)),
                (_("graded"), str(len(found.graded))),
                (_("left to mark"), str(found.to_mark)),
            ]
        ),
        *_distribution(found),
        *_tasks(found),
        *_messages(found),
        *_people(found),
    ]
    return document(_("Report: {title}").format(title=found.title), body)


def _distribution(found: Analysis) -> list[str]:
    top = heading(_("How the points are spread"))
    if not found.shares:
        return [top, paragraph(_("There are no points to show yet."))]
    mean, median = found.middle
    text = _("Mean {mean} %, median {median} %.").format(mean=number(100 * mean, 0), median=number(100 * median, 0))
    if found.to_mark:
        basis = _("These are the points that tests give, as tasks are left that a person marks.")
    else:
        basis = _("These are all points, after penalties for handing in late.")
    bars = [
        (f"{10 * tenth}–{10 * tenth + (10 if tenth == 9 else 9)} %", float(count))
        for tenth, count in enumerate(found.distribution)
    ]
    told = "; ".join(f"{label}: {count:.0f}" for label, count in bars if count)
    alt = _("Students by share of the points. {told}.").format(told=told)
    drawn = _chart(bars, _("Share of the points"), _("Students"), alt, upright=True)
    return [top, paragraph(f"{text} {basis}"), drawn]


def _tasks(found: Analysis) -> list[str]:
    known = [item for item in found.items if item.difficulty is not None]
    # Short names leave the bars their room on a phone; the table below has the whole ones.
    unique = len({item.task.short for item in known}) == len(known)
    bars = [(item.task.short if unique else item.task.title, item.difficulty or 0.0) for item in known]
    told = "; ".join(f"{label}: {number(share)}" for label, share in bars)
    alt = _("Mean share of the points of each task. {told}.").format(told=told)
    names = (_("Task"), _("Difficulty (1 = easy)"), _("Discrimination"), _("Untouched"))
    head = f'<th scope="col">{escape(names[0])}</th>'
    head += "".join(f'<th scope="col" class="number">{escape(name)}</th>' for name in names[1:])
    return [
        heading(_("Task by task")),
        _chart(bars, _("Mean share of the points"), "", alt, upright=False) if bars else "",
        "<table><caption>{}</caption>".format(escape(_("The tasks"))),
        f"<thead><tr>{head}</tr></thead><tbody>",
        *map(_row, found.items),
        "</tbody></table>",
        listing(
            [
                _("Difficulty is the mean share of the task's points: 1 when everybody has all of them."),
                _(
                    "Discrimination tells whether those who do well on this task do well on the others too: "
                    "the correlation of its points with the points of the other tasks. "
                    "Near 0 or below it, read the task again: it may be unclear, or ask for something else. "
                    "Under {n} students it would be chance, and is left out."
                ).format(n=FEWEST),
                _("Untouched counts those who left the cells of the task as they were released."),
            ]
        ),
    ]


def _row(item: Item) -> str:
    if item.left:
        difficulty = _("{n} left to mark").format(n=item.left)
    elif item.difficulty is None:
        difficulty = "–"
    else:
        difficulty = _("{share} (n = {n})").format(share=number(item.difficulty), n=item.n)
        difficulty = difficulty.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
    if item.discrimination is not None:
        discrimination = number(item.discrimination).replace("-", "\N{MINUS SIGN}")
    else:
        discrimination = _("too few") if item.n < FEWEST and not item.left else "–"
    cells = (difficulty, discrimination, "–" if item.untouched is None else str(item.untouched))
    return f'<tr><th scope="row">{escape(item.task.title)}</th>' + (
        "".join(f'<td class="number">{escape(cell)}</td>' for cell in cells) + "</tr>"
    )


def _messages(found: Analysis) -> list[str]:
    parts = [heading(_("What went wrong most often"))]
    parts.append(paragraph(_("The checks' messages, each counted once a student, at most three a task.")))
    for item in found.items:
        if item.common:
            parts.append(f"<h3>{escape(item.task.title)}</h3>")
            parts.append(listing([_message(str(said), n, hidden) for said, n, hidden in item.common], ordered=True))
    if len(parts) == 2:
        parts.append(paragraph(_("No check has said anything.")))
    return parts


def _message(said: str, n: int, hidden: bool) -> str:
    students = ngettext("{n} student", "{n} students", n).format(n=n)
    note = " " + _("(hidden test)") if hidden else ""
    return f"{students}: {said}{note}"


def _people(found: Analysis) -> list[str]:
    flagged = [_named(scored) for scored in found.graded if scored.flagged]
    parts = [
        heading(_("Who is stuck")),
        paragraph(_("Everybody with less than half of the points that tests give, or with tasks left untouched.")),
        listing([_stuck(one) for one in found.stuck]) if found.stuck else paragraph(_("Nobody.")),
        heading(_("Flagged for you to look at")),
        paragraph(_("A flag takes no points: it asks you to read the submission yourself.")),
        listing(flagged) if flagged else paragraph(_("No submission is flagged.")),
    ]
    if found.absent:
        parts += [heading(_("Handed in nothing")), listing([_named(scored) for scored in found.absent])]
    if found.unread:
        parts.append(heading(_("Could not be read")))
        parts.append(paragraph(_("Their points count above, but not what they wrote. Grade them again.")))
        parts.append(listing([_named(scored) for scored in found.unread]))
    return parts


def _stuck(one: Stuck) -> str:
    parts = []
    if one.share is not None:
        parts.append(_("{share} % of the points that tests give").format(share=number(100 * one.share, 0)))
    if one.untouched:
        parts.append(_("untouched: {tasks}").format(tasks=", ".join(task.short for task in one.untouched)))
    if one.low:
        parts.append(_("less than half: {tasks}").format(tasks=", ".join(task.short for task in one.low)))
    return f"{_named(one.student)}: " + "; ".join(parts)


def _named(scored: Scored) -> str:
    return scored.name if scored.name == scored.student else f"{scored.name} ({scored.student})"


def _chart(bars: Bars, across: str, up: str, alt: str, upright: bool) -> str:
    """Draw bars as a picture, or where that cannot be done as a table with bars."""
    if find_spec("vl_convert") is None:
        return _plain_bars(bars, alt, upright)
    picture = base64.b64encode(_svg(bars, across, up, upright).encode()).decode()
    # As a picture nothing in it can run, and a reader hears the text alone.
    return f'<figure><img src="data:image/svg+xml;base64,{picture}" alt="{escape(alt)}"></figure>'


def _svg(bars: Bars, across: str, up: str, upright: bool) -> str:
    import altair
    import pandas as pd
    import vl_convert

    from siru_course.charts import theme

    theme()
    label = altair.Axis(labelLimit=170, labelAngle=0, labelOverlap=False, labelFontSize=11 if upright else 13)
    rows = pd.DataFrame(bars, columns=["label", "value"])
    if upright:
        rows["label"] = rows["label"].str.removesuffix(" %")
        encoding = {
            "x": altair.X("label:O", sort=None, title=f"{across}, %", axis=label),
            "y": altair.Y("value:Q", title=up, axis=altair.Axis(format="d", tickMinStep=1)),
        }
    else:
        # Per cent, as a decimal sign would have to be the language's own.
        rows["value"] *= 100
        encoding = {
            "y": altair.Y("label:O", sort=None, title="", axis=label),
            "x": altair.X(
                "value:Q",
                title=f"{across}, %",
                scale=altair.Scale(domain=[0, 100]),
                axis=altair.Axis(values=[0, 50, 100]),
            ),
        }
    chart = altair.Chart(rows).mark_bar().encode(**encoding)
    chart = chart.properties(width=420 if upright else 260, height=180 if upright else 26 * len(rows))
    return str(vl_convert.vegalite_to_svg(chart.to_json()))


def _plain_bars(bars: Bars, caption: str, upright: bool) -> str:
    longest = max((value for _label, value in bars), default=0) if upright else 1.0
    rows = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td class="number">{number(value, 0 if upright else 2)}</td>'
        f'<td style="width: 60%"><span class="bar" style="width: {100 * value / (longest or 1):.0f}%"></span></td></tr>'
        for label, value in bars
    )
    return f"<table><caption>{escape(caption)}</caption><tbody>{rows}</tbody></table>"

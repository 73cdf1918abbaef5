"""What a marker sees of an answer: no script, and nothing that says whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import nh3
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from siru_course.language import gettext as _

from ._marking_scheme import grade_id

_LONGEST = 50_000
_TAGS = {
    *("p", "br", "hr", "strong", "em", "b", "i", "s", "del", "sub", "sup", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "img", "a"),
}
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")
_PATH = re.compile(r"(?:/(?:home|Users|root|tmp|work|mnt|media|private)|\b[A-Za-z]:\\)[^\s'\"<>)\]]*")


def cover(text: str, student: str, first: str = "", last: str = "", email: str = "") -> str:
    """Put a neutral word in place of what says whose a text is: names, id, e-mail address and file paths.

    Ids of three letters or fewer are left: they are words too often.

    Examples
    --------
    >>> cover("Ada Lovelace, ada.l@x.se, in /home/alove/hw", "alove", "Ada", "Lovelace", "ada.l@x.se")
    '[name], [name], in [path]'
    """
    name, path = _("[name]"), _("[path]")
    text = _PATH.sub(path, text)
    whole = [f"{first} {last}", f"{last}, {first}", f"{last} {first}"] if first and last else []
    for secret in filter(None, [email, *whole, student if len(student) > 3 else ""]):
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", lambda _match: name, text, flags=re.IGNORECASE)
    # A name alone is covered only as it is written, for many are words as well.
    for secret in filter(None, [first.strip(), last.strip()]):
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", lambda _match: name, text)
    return text


def render(markdown: str, attachments: dict[str, dict[str, str]] | None = None) -> str:
    """Turn Markdown into HTML in which nothing runs and nothing is fetched; HTML in it is shown as text.

    Headings become bold paragraphs, so that they do not mix with those of the page.

    Examples
    --------
    >>> render("# Hi <script>")
    '<p><strong>Hi &lt;script&gt;</strong></p>'
    """
    try:
        renderer = IPythonRenderer(escape=True, exclude_anchor_links=True, attachments=attachments or {})
        html = str(MarkdownWithMath(renderer=renderer).render(markdown))
    # Whatever a learner has written is shown, as it stands if the parser gives up on it.
    except Exception:
        return f"<pre>{escape(markdown)}</pre>"
    html = re.sub(r"<h[1-6]\b[^>]*>", "<p><strong>", html)
    html = re.sub(r"</h[1-6]>", "</strong></p>", html)
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"img": {"alt", "src"}, "a": {"href"}},
        attribute_filter=_allowed,
        url_schemes={"http", "https", "data"},
        link_rel=None,
    )
    return clean.replace("<a href=", '<a target="_blank" rel="noopener noreferrer" href=').strip()


def answer_html(cells: Sequence[Any], name: str, owner: Iterable[str]) -> str:
    """Show what stands in the cell of a task, and for nbgrader's task cells what stands below it.

    Parameters
    ----------
    cells
        The cells of the graded notebook.
    name
        nbgrader's name of the cell.
    owner
        The student's id, first name, last name and e-mail address, which are covered.
    """
    words = tuple(owner)
    at = next((place for place, cell in enumerate(cells) if grade_id(cell) == name), None)
    if at is None:
        return _told(_("The task’s cell is not in the notebook that was handed in."))
    shown = [cells[at]]
    if cells[at]["metadata"]["nbgrader"].get("task"):
        end = next((place for place in range(at + 1, len(cells)) if grade_id(cells[place])), len(cells))
        shown = list(cells[at + 1 : end])
    return "".join(_cell(cell, words) for cell in shown) or _told(_("Nothing is written here."))


def _cell(cell: Any, owner: tuple[str, ...]) -> str:
    source, cut = cell["source"], ""
    if len(source) > _LONGEST:
        cut = _told(_("This is the beginning; the whole answer has {n} characters.").format(n=len(source)))
        source = source[:_LONGEST]
    if cell["cell_type"] != "markdown":
        outputs = "".join(_output(output, owner) for output in cell.get("outputs", []))
        return f"<pre><code>{escape(cover(source, *owner))}</code></pre>{cut}{outputs}"
    # Pictures get names of ours: a file may be called after who made it.
    attachments = {}
    for number, (file, picture) in enumerate(cell.get("attachments", {}).items(), 1):
        attachments[f"picture{number}"] = picture
        source = source.replace(f"attachment:{file}", f"attachment:picture{number}")
    return (render(cover(source, *owner), attachments) or _told(_("Nothing is written here."))) + cut


def _told(words: str) -> str:
    return f"<p><em>{escape(words)}</em></p>"


def _output(output: Any, owner: tuple[str, ...]) -> str:
    data = output.get("data", {})
    if picture := data.get("image/png"):
        source = f"data:image/png;base64,{picture}"
        if _PICTURE.fullmatch(source):
            words = escape(_("A picture that the code made"))
            return f'<p><img alt="{words}" src="{source}"></p>'
    if output["output_type"] == "error":
        # The traceback is left out: it is made of file paths.
        text = f"{output.get('ename', '')}: {output.get('evalue', '')}"
    else:
        text = output.get("text") or data.get("text/plain") or ""
    text = text if isinstance(text, str) else "".join(map(str, text))
    return f"<pre>{escape(cover(text[:_LONGEST], *owner))}</pre>" if text else ""


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img":
        fits = attribute == "alt" or bool(_PICTURE.fullmatch(value))
    else:
        fits = value.startswith(("http://", "https://"))
    return value if fits else None

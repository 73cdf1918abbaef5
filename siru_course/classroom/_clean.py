"""HTML that students made, without anything that could act: for the page of feedback and for nbgrader's own pages.

nbgrader shows markdown, answers and outputs as they are, in the teacher's own JupyterLab, where a script may set
grades. What comes out of here has words, tables, links and pictures, and nothing that runs, loads or looks like a
part of the page around it. Class directories name :func:`rendered` and :class:`SafeOutputs` in their
``nbgrader_config.py``, so these names stay.
"""

from __future__ import annotations

import re
from functools import cache, partial
from html import escape
from html.parser import HTMLParser
from typing import Any

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from traitlets import Bool

from siru_course.language import gettext as _

TAGS = frozenset(
    re.findall(
        r"\w+",
        "a abbr b blockquote br caption code col colgroup dd del div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i "
        "img ins kbd li ol p pre s samp small span strong sub sup table tbody td tfoot th thead tr ul var",
    )
)
EMPTY = frozenset({"br", "col", "hr", "img"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# A class or an id of the student's choice could pass for a button of formgrader.
CLASSES = frozenset({"dataframe", "siru-checks", "tex2jax_ignore", "mathjax_ignore"})
PLAIN = frozenset({"colspan", "rowspan", "scope", "lang", "alt", "width", "height"})
STYLES = frozenset({"text-align", "vertical-align", "font-weight", "font-style"})
IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]+")
LINK = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
LONGEST = 500_000
DEEPEST = 100
# More than that, and reading it takes minutes: the time grows with the square.
LONGEST_MARKDOWN, MOST_OPEN = 50_000, 1_000
DRAWN = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")
OPENED = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
ALONE = EMPTY | {"area", "base", "embed", "input", "link", "meta", "param", "source", "track", "wbr"}
KINDS = ("text/plain", "text/html", "text/markdown", "image/png", "image/jpeg", "image/svg+xml")


def clean(html: str, quiet: bool = False) -> str:
    """Clean HTML; empty when there is too much of it, or too much inside one another, to be read.

    Parameters
    ----------
    html
        Anything at all.
    quiet
        Whether it becomes a part of a page with headings of its own: headings become bold words, no style is kept,
        and the paths of the machine's files are shortened to the file's name.

    Examples
    --------
    >>> clean('<b onclick="alert(1)">Hello</b><script>alert(1)</script><img src="https://example.org/spy.png">')
    '<b>Hello</b>'
    >>> clean("<h2>Result</h2>", quiet=True)
    '<p><strong>Result</strong></p>'
    """
    if len(html) > LONGEST or _is_deep(html):
        return ""
    tidy = _Tidy(quiet)
    tidy.feed(_cleaner(quiet).clean(html))
    tidy.close()
    return "" if tidy.deepest > DEEPEST else "".join(tidy.parts).strip()


def markdown(source: str, attachments: Any = None, quiet: bool = False) -> str:
    """Turn Markdown into clean HTML, as Jupyter reads it; raw HTML in it is cleaned too.

    Examples
    --------
    >>> markdown("**Bold** <iframe src='https://example.org'></iframe>")
    '<p><strong>Bold</strong> </p>'
    """
    if len(source) <= LONGEST and len(DRAWN.sub("", source)) <= LONGEST_MARKDOWN:
        try:
            # Pictures come from the cell itself, never from a file beside the notebook.
            renderer = IPythonRenderer(
                escape=False, attachments=attachments or {}, embed_images=False, exclude_anchor_links=True
            )
            return clean(str(MarkdownWithMath(renderer=renderer).render(source)), quiet)
        except Exception:  # attachments can hold anything, and the parser follows nesting with its own calls
            pass
    return f"<pre>{escape(source[:LONGEST])}</pre>"


@pass_context
def rendered(context: Context, source: str) -> str:
    """Turn Markdown into clean HTML in nbgrader's templates, in place of nbconvert's filter ``markdown2html``."""
    cell = context.get("cell") or {}
    return markdown(source, cell.get("attachments"))


def without_paths(text: str) -> str:
    """Shorten the paths of files to the file's name.

    Examples
    --------
    >>> without_paths("/home/ada/.venv/lib/python3.11/csv.py:3: see https://example.org/a/b")
    '…/csv.py:3: see https://example.org/a/b'
    """
    text = re.sub(r"(?<![\w:/.])~?/(?:[^\s/'\"<>:|]+/)+([^\s/'\"<>:|]*)", r"…/\1", text)
    return re.sub(r"\b[A-Za-z]:\\(?:[^\s\\'\"<>:|]+\\)+([^\s\\'\"<>:|]*)", r"…/\1", text)


def without_tracebacks(text: str) -> str:
    r"""Leave out tracebacks that were printed, down to their last line, which says what went wrong.

    Examples
    --------
    >>> without_tracebacks('Traceback (most recent call last):\n  File "a.py", line 1\nZeroDivisionError: no')
    'ZeroDivisionError: no'
    """
    return re.sub(
        r"(?m)^.*Traceback \(most recent call last\):?[ \t]*\n(?:(?:[ \t].*|Cell In.*|File .*|-+>.*)?\n)*", "", text
    )


def is_image(kind: str, data: Any) -> bool:
    """Tell whether the base64 of an output can stand in an image."""
    return isinstance(data, str) and IMAGE.fullmatch(f"data:{kind};base64,{data.strip()}") is not None


def words(data: Any) -> str:
    r"""Give the text of an output, which a notebook may hold as a list of lines.

    Examples
    --------
    >>> words(["one\n", "two"]), words({"no": "text"})
    ('one\ntwo', '')
    """
    parts = data if isinstance(data, list) else [data]
    return "".join(part for part in parts if isinstance(part, str))


def tidied(text: str) -> str:
    """Leave out what a reader of feedback has no use for: tracebacks, and where files lie on the machine."""
    return without_paths(without_tracebacks(text))


class SafeOutputs(Preprocessor):
    """Makes a notebook harmless before nbgrader shows it, in its feedback and in formgrader."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Clean everything that a template would show as it is."""
        for key in ("widgets", "title"):
            nb.metadata.pop(key, None)
        # Formgrader's heading shows these. They are names of folders, and of people.
        for key in ("student", "first_name", "last_name", "notebook_path"):
            if isinstance(resources.get(key), str):
                resources[key] = escape(resources[key])
        for cell in nb.cells:
            grader = cell.metadata.get("nbgrader")
            known = isinstance(grader, dict) and re.fullmatch(r"[\w-]+", str(grader.get("grade_id", "")))
            cell.metadata = type(nb)({"nbgrader": grader} if known else {})
            if cell.cell_type == "raw":
                cell.source = clean(cell.source)
            if cell.cell_type == "code":
                cell.outputs = [self._safe(output) for output in cell.outputs]
        return nb, resources

    def _safe(self, output: Any) -> Any:
        kind = output.get("output_type")
        if kind == "stream":
            return type(output)(output_type=kind, name=str(output.get("name")), text=words(output.get("text")))
        if kind == "error":
            lines = [line for line in output.get("traceback", []) if isinstance(line, str)]
            return type(output)(
                output_type=kind, ename=words(output.get("ename")), evalue=words(output.get("evalue")), traceback=lines
            )
        data = {name: words(output.get("data", {}).get(name)) for name in KINDS}
        data["text/html"] = clean(data["text/html"])
        for name in ("image/png", "image/jpeg"):
            data[name] = data[name] if is_image(name, data[name]) else ""
        shown = {name: content for name, content in data.items() if content}
        # What else there was in the output's metadata could size, isolate or name what is shown.
        return type(output)(
            output_type="display_data",
            data=type(output)(shown or {"text/plain": _("(An output that is not shown here.)")}),
            metadata=type(output)(),
        )


class _Tidy(HTMLParser):
    """Leaves out pictures that would have been loaded, and fits what is clean to the page around it."""

    def __init__(self, quiet: bool) -> None:
        super().__init__()
        self.quiet = quiet
        self.parts: list[str] = []
        self.depth = self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "img":
            if "src" not in given:
                return
            given.setdefault("alt", "")
        elif tag not in EMPTY:
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)
        if self.quiet and tag in HEADINGS:
            self.parts.append("<p><strong>")
        else:
            written = "".join(f' {name}="{escape(value or "")}"' for name, value in given.items())
            self.parts.append(f"<{tag}{written}>")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1
        if self.quiet and tag in HEADINGS:
            self.parts.append("</strong></p>")
        elif self.quiet and tag == "th" and self.parts[-1].startswith("<th"):
            # The corner of a table names nothing, so it is no heading.
            self.parts[-1] = "<td></td>"
        else:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(escape(tidied(data) if self.quiet else data, quote=False))


def _is_deep(html: str) -> bool:
    """Tell whether more tags may be open at the same time than a page has; a tag closes only the one before it."""
    opened: list[str] = []
    for closing, written in OPENED.findall(html):
        name = written.lower()
        if not closing and name not in ALONE:
            opened.append(name)
            if len(opened) > MOST_OPEN:
                return True
        elif closing and opened and opened[-1] == name:
            opened.pop()
    return False


def _allowed(quiet: bool, tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if IMAGE.fullmatch(value) else None
    if name == "href":
        return value if LINK.fullmatch(value) else None
    return None if name == "style" and quiet else value


@cache
def _cleaner(quiet: bool) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS,
        clean_content_tags={"script", "style", "title", "template", "textarea", "noscript"},
        attributes={"*": PLAIN | {"style"}, "a": {"href"}, "img": {"src"}},
        attribute_filter=partial(_allowed, quiet),
        allowed_classes=dict.fromkeys(TAGS, CLASSES),
        filter_style_properties=STYLES,
        url_schemes={"http", "https", "mailto", "data"},
    )

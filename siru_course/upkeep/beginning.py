"""Begins a theme: writes the rooms that it lacks from the templates in ``theme/``, and finds what is left of them.

Everything that an author must write stands between ⟦ and ⟧ in the templates, also the advice to the author.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from siru_course.language import LANGUAGES, ngettext
from siru_course.language import gettext as _

from . import contents
from .base import ORIGINAL, ROOT, TRANSLATION, Finding, notebooks, pages, source
from .twins import accept, check_stale

TEMPLATES = Path(__file__).parent / "theme"
OPEN = "⟦"
INDEX = "handouts/index.md"


@dataclass(frozen=True)
class Theme:
    """A theme of the course: its name, its place among the others, its part and its short title by language."""

    slug: str
    number: int
    part: str
    titles: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.number:02d}-{self.slug}"


def themes(root: Path = ROOT) -> list[Theme]:
    """Read the themes of the course from ``data/datapackage.json``, in order.

    Examples
    --------
    >>> [str(theme) for theme in themes()[:2]]
    ['01-social-innovation', '02-facilitation']
    """
    package = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    return [
        Theme(item["name"], number, item.get("part", ""), {"en": item["title"], "sv": item["title_sv"]})
        for number, item in enumerate(package["themes"], start=1)
    ]


def find(name: str, root: Path = ROOT) -> Theme:
    """Find the theme that is meant by ``theory-of-change`` or ``09-theory-of-change``.

    Raises
    ------
    ValueError
        If there is none of that name, it has another number, or it has no part of the book.
    """
    number, _dash, rest = name.partition("-")
    slug = rest if number.isdecimal() and rest else name
    known = themes(root)
    for theme in known:
        if theme.slug == slug:
            break
    else:
        raise ValueError(
            _("There is no theme called {name!r}. The themes, as data/datapackage.json has them: {known}.").format(
                name=name, known=", ".join(map(str, known))
            )
        )
    if slug != name and int(number) != theme.number:
        raise ValueError(
            _("The theme {slug} has the number {n:02d}, not {given}.").format(slug=slug, n=theme.number, given=number)
        )
    if theme.part not in contents.PARTS:
        raise ValueError(
            _("data/datapackage.json says that {slug} is in the part {part!r}; choose one of {known}.").format(
                slug=slug, part=theme.part, known=", ".join(contents.PARTS)
            )
        )
    return theme


def begin(name: str, titles: Mapping[str, str] | None = None, root: Path = ROOT) -> list[str]:
    """Write what a theme lacks: chapter, handout, their places in the contents, exercise, and its answers.

    Parameters
    ----------
    name
        The theme, as :func:`find` takes it.
    titles
        The chapter's title by language; the theme's short title otherwise.
    root
        The course's folder.

    Returns
    -------
    list of str
        The files that were made or, for contents, changed. What was there is left as it was.

    Raises
    ------
    ValueError
        If there is no such theme, or `root` is not a copy of the course's repository.
    """
    if not TEMPLATES.is_dir() or not (root / "book" / ORIGINAL / "_toc.yml").is_file():
        raise ValueError(
            _("A theme is begun in a copy of the course's repository; there is none in {root}.").format(root=root)
        )
    theme = find(name, root)
    stale = {finding.file for finding in check_stale(root)}
    made = []
    for template, place in _rooms(theme):
        if _write(root / place, template, theme, titles or {}):
            made.append(place)
    numbers = {other.slug: other.number for other in themes(root)}
    for code in LANGUAGES:
        entry = contents.Entry(theme.slug, theme.part, f"{theme.number} · {theme.titles[code]}", code)
        for file, change in (
            (f"book/{code}/_toc.yml", contents.in_contents),
            (f"book/{code}/{INDEX}", contents.in_index),
        ):
            before = (root / file).read_text(encoding="utf-8")
            after = change(before, entry, numbers)
            if after != before:
                (root / file).write_text(after, encoding="utf-8")
                made.append(file)
    for place in made:
        original = place.replace(f"/{TRANSLATION}/", f"/{ORIGINAL}/")
        # A twin of a page that somebody has written, or that was stale before, is not up to date.
        if place != original and original in made and place.endswith((".md", ".ipynb")) and place not in stale:
            accept(root / place, root)
    return made


def check_beginning(root: Path = ROOT) -> Iterator[Finding]:
    """Find pages, notebooks and answers that still have what stands in the templates for an author to write."""
    for language in LANGUAGES:
        for name, page in pages(root, language).items():
            yield from _left(f"book/{language}/{name}", page.text.splitlines())
        for name, book in notebooks(root, language).items():
            yield from _left(f"exercises/{language}/{name}", [source(cell) for cell in book["cells"]])
    for path in sorted((root / "exercises" / "answers").glob("*/answers.yml")):
        yield from _left(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8").splitlines())


def _left(file: str, lines: Sequence[str]) -> Iterator[Finding]:
    count = sum(line.count(OPEN) for line in lines)
    if count:
        first = next(number for number, line in enumerate(lines, start=1) if OPEN in line)
        message = ngettext(
            "{n} passage is still the template's. Write your own and take away the brackets ⟦ ⟧.",
            "{n} passages are still the template's, here and below. Write your own and take away the brackets ⟦ ⟧.",
            count,
        )
        yield Finding("beginning", file, first, message.format(n=count))


def _rooms(theme: Theme) -> Iterator[tuple[str, str]]:
    """Give each room's template, and where it goes."""
    for code in LANGUAGES:
        yield f"chapter.{code}.md", f"book/{code}/{theme.part}/{theme.slug}.md"
        yield f"handout.{code}.md", f"book/{code}/handouts/{theme.slug}.md"
        yield f"exercise.{code}.ipynb", f"exercises/{code}/{theme}/{theme.slug}.ipynb"
    yield "answers.yml", f"exercises/answers/{theme}/answers.yml"


def _write(path: Path, template: str, theme: Theme, titles: Mapping[str, str]) -> bool:
    if path.exists():
        return False
    code = template.split(".")[1]
    title = titles.get(code) or theme.titles.get(code, "")
    words = {
        "slug": theme.slug,
        "name": theme.slug.replace("-", "_"),
        "number": f"{theme.number:02d}",
        "n": str(theme.number),
        "title": json.dumps(title, ensure_ascii=False)[1:-1] if template.endswith(".ipynb") else title,
    }
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(re.sub(r"\{\{(\w+)\}\}", lambda found: words[found[1]], text), encoding="utf-8")
    return True

"""What every page gets besides its text: the same page in the other language, and its executed notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siru_course.language import LANGUAGES, in_language
from siru_course.language import gettext as _

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

NAMES = {"en": "English", "sv": "Svenska"}


def _page_context(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    here = app.config.language
    root = context.get("content_root", "")
    context["siru_languages"] = [
        {"code": code, "name": NAMES[code], "here": code == here, "url": f"{root}../{code}/{pagename}.html"}
        for code in LANGUAGES
    ]
    links = [
        f'<link rel="alternate" hreflang="{item["code"]}" href="{item["url"]}">' for item in context["siru_languages"]
    ]
    links.append(f'<link rel="alternate" hreflang="x-default" href="{root}../en/{pagename}.html">')
    context["metatags"] = context.get("metatags", "") + "\n" + "\n".join(links)
    if "exec_data" in getattr(app.env, "nb_metadata", {}).get(pagename, {}):
        context["siru_notebook"] = f"{root}notebooks/{pagename.rsplit('/', 1)[-1]}.ipynb"
    if pagename.startswith("handouts/") and "body" in context:
        context["body"] = f'<div class="siru-handout">{context["body"]}</div>'
    with in_language(here):
        context["siru_words"] = {
            "languages": _("Language"),
            "download": _("Download this page as a notebook"),
            "notebook": _("Notebook"),
            "home": _("Home"),
            "menu": _("Menu"),
            "contents": _("On this page"),
            "pages": _("Pages"),
            "unfold": _("Show the pages in this part"),
            "licence": _(
                "Text and data: CC BY 4.0. Code: MIT. The data about people are synthetic: they describe nobody real."
            ),
        }


def setup(app: Sphinx) -> None:
    """Add the language links and the notebook link to each page's context."""
    app.connect("html-page-context", _page_context)

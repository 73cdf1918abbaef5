"""Altair charts on the pages: drawn at build time, and brought to life where a reader can change something.

Every chart stands in the page as SVG, so it shows with no script and prints. A chart with controls carries its
specification too, and the script that moves it (Vega-Lite from the wheel ``vl-convert-python``) is loaded on the
pages that have one.
"""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import vl_convert
from docutils import nodes
from sphinx.util import logging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from myst_nb.core.render import MimeData, NbElementRenderer
    from sphinx.application import Sphinx

MIME = "application/vnd.vegalite.v6+json"
SCRIPT = "siru-vega.js"

# Swedish writes 1 234,5; Vega knows no locale by itself.
FORMATS: dict[str, dict[str, Any] | None] = {
    "en": None,
    "sv": {
        "decimal": ",",
        "thousands": "\N{NO-BREAK SPACE}",
        "grouping": [3],
        "currency": ["", "\N{NO-BREAK SPACE}kr"],
        "minus": "\N{MINUS SIGN}",
        "percent": "\N{NO-BREAK SPACE}%",
    },
}

_DRAW = """
for (const box of document.querySelectorAll(".siru-chart[data-spec]")) {
  const spec = JSON.parse(document.getElementById(box.dataset.spec).textContent);
  const still = box.querySelector("svg");
  const live = document.createElement("div");
  live.className = "siru-chart-live";
  const options = {actions: false, renderer: "svg", logLevel: 1, formatLocale: window.siruNumberFormat || undefined};
  if (typeof spec.width === "number") {
    const room = box.clientWidth - 26;
    if (spec.width > room) { spec.width = room; spec.autosize = {type: "fit-x", contains: "padding"}; }
  }
  box.append(live);
  vegaEmbed(live, spec, options).then(
    (result) => { still.remove(); box.siruView = result.view; box.dataset.live = "true"; },
    (error) => { live.remove(); console.error(error); });
}
"""

log = logging.getLogger(__name__)


class VegaLiteRenderer:
    """Writes an Altair chart into the page; ``myst_nb`` finds it by its entry point."""

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = [("*", MIME, 1)]

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """Turn the chart's specification into a figure that has a text alternative."""
        if inline or data.mime_type != MIME:
            return None
        spec: Any = data.content
        spec = json.loads(spec) if isinstance(spec, (str, bytes)) else dict(spec)
        described = spec.get("description", "")
        if not described:
            log.warning(
                "a chart has no text alternative; add .properties(description=…)",
                location=(renderer.renderer.document["source"], data.line),
                type="siru",
                subtype="chart",
            )
        html = _figure(spec, described, f"{data.cell_index}-{data.output_index}", _language(renderer))
        return [nodes.raw("", html, format="html")]


def interactive(spec: dict[str, Any]) -> bool:
    """Tell whether a reader can change anything in the chart.

    Examples
    --------
    >>> interactive({"mark": "bar", "params": [{"name": "rule", "bind": {"input": "select"}}]})
    True
    >>> interactive({"mark": "bar"})
    False
    """
    if isinstance(spec, dict):
        if any("bind" in param for param in spec.get("params", []) if isinstance(param, dict)):
            return True
        return any(interactive(value) for key, value in spec.items() if key not in ("data", "datasets"))
    return isinstance(spec, list) and any(interactive(value) for value in spec)


def to_svg(spec: dict[str, Any], language: str) -> str:
    """Draw a chart as SVG with numbers written as the language writes them."""
    svg = vl_convert.vegalite_to_svg(spec, format_locale=FORMATS[language])
    return str(svg[svg.index("<svg") :])


def _figure(spec: dict[str, Any], described: str, key: str, language: str) -> str:
    svg = to_svg(spec, language).replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    label = escape(described, quote=True)
    if not interactive(spec):
        return f'<div class="siru-chart" role="img" aria-label="{label}">{svg}</div>\n'
    content = json.dumps(spec, ensure_ascii=False).replace("</", "<\\/")
    return (
        f'<div class="siru-chart" role="group" aria-label="{label}" data-spec="chart-{key}">{svg}</div>\n'
        f'<script type="application/json" id="chart-{key}">{content}</script>\n'
    )


def _language(renderer: NbElementRenderer) -> str:
    return str(renderer.renderer.sphinx_env.config.language)


@cache
def bundle() -> str:
    """Give the script that draws live charts: Vega, Vega-Lite and Vega-Embed as the wheel brings them."""
    # Its many names stay inside a function: a page's other scripts use some of the same.
    return "(() => {" + str(vl_convert.javascript_bundle(_DRAW)) + "\n})();\n"


def _load_where_needed(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if doctree is None:
        return
    if any('data-spec="chart-' in node.astext() for node in doctree.findall(nodes.raw)):
        numbers = json.dumps(FORMATS[app.config.language])
        app.add_js_file(None, body=f"window.siruNumberFormat = {numbers};", priority=800)
        app.add_js_file(SCRIPT, loading_method="defer", priority=801)


def _write_script(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        path = Path(app.outdir) / "_static" / SCRIPT
        if not path.exists():
            path.write_text(bundle(), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Load the script on the pages that need it, and write it into the site."""
    app.connect("html-page-context", _load_where_needed)
    app.connect("build-finished", _write_script)

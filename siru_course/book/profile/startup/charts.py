"""Altair charts as plain JSON in the executed page; ``siru_course.book.charts`` draws them."""

import altair


def _as_json(spec, **_options):
    return {"application/vnd.vegalite.v6+json": spec, "text/plain": spec.get("description", "")}


altair.renderers.register("siru", _as_json)
altair.renderers.enable("siru")

"""Every chart of the package: described from its data in both languages, and readable on paper and for every eye."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from typing import Any

import altair
import numpy as np
import pandas as pd
import pytest
import vl_convert

from siru_course import attribution, board, charts, data, facilitation, mapping, networks, theory_of_change, valuation
from siru_course.language import in_language, language


def agenda() -> Any:
    frame = data.load("agendas").query("agenda_id == 'AG01'")
    return facilitation.Agenda.from_frame(frame, "13:00", "Brobygget").timeline()


def region() -> Any:
    places = data.load("municipalities").set_index("code")
    return mapping.mapping_chart(data.load("initiatives")["municipality"].value_counts(), places["population_2015"])


def network() -> Any:
    graph = networks.affiliation_graph(
        data.load("attendance", labels=language()).query("year == 2016"), "person_id", "activity_id"
    )
    return networks.network_chart(networks.project(graph, "person_id"), attribute="sector")


def reviewers() -> Any:
    return board.severity_chart(board.severity(data.load("board_scores")))


def theory() -> Any:
    nodes, links = data.load("brobygget_theory_nodes"), data.load("brobygget_theory_links")
    return theory_of_change.Theory.from_frames(nodes, links, version="good").diagram()


def event() -> Any:
    return attribution.event_chart(data.load("brobygget_panel"), "employed", "treated", "quarter", "post", "person_id")


def tornado() -> Any:
    return valuation.brobygget().tornado()


def histogram() -> Any:
    return valuation.brobygget().simulate(2000, seed=1, spread=0.2).histogram()


def pockets() -> Any:
    return valuation.pockets(data.load("investment_cashflows", labels=language()), 0.035).chart()


def sliders() -> Any:
    return valuation.brobygget().sliders()


CHARTS: list[Callable[[], Any]] = [agenda, region, network, reviewers, theory, event, tornado, histogram, pockets]


@pytest.fixture(scope="module", params=CHARTS, ids=lambda make: make.__name__)
def specs(request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    """Give a chart's specification in each language."""
    made = {}
    for code in ("en", "sv"):
        with in_language(code):
            made[code] = request.param().to_dict()
    return made


def parts(spec: Any) -> Iterator[dict[str, Any]]:
    """Give every part of a chart that has marks."""
    if isinstance(spec, dict):
        if "mark" in spec:
            yield spec
        for key, value in spec.items():
            if key not in ("data", "datasets", "config"):
                yield from parts(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from parts(value)


def test_the_text_alternative_is_in_the_language_and_has_the_numbers(specs: dict[str, dict[str, Any]]) -> None:
    english, swedish = specs["en"]["description"], specs["sv"]["description"]
    assert len(english) > 60
    assert re.search(r"\d", english)
    assert re.search(r"\b(and|the|of)\b", english, re.IGNORECASE)
    assert not re.search(r"\b(and|the|of)\b", swedish)
    assert re.search(r"[åäö]", swedish)


def test_the_chart_is_drawn_without_a_script_and_fits_a_page(specs: dict[str, dict[str, Any]]) -> None:
    for spec in specs.values():
        svg = vl_convert.vegalite_to_svg(spec)
        width = float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
        assert width <= 720
        assert len(re.findall(r"<path|<text|<rect|<line", svg)) > 10
        assert "http" not in re.sub(r'xmlns(:xlink)?="[^"]*"', "", svg)


@pytest.mark.parametrize("make", [*CHARTS, sliders], ids=lambda make: make.__name__)
def test_every_channel_is_an_object(make: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    # For one that is a text or a plain value, altair looks through all of its classes, for 20 ms each time.
    looked: list[object] = []
    monkeypatch.setattr(altair.SchemaBase, "from_dict", classmethod(lambda cls, *_args, **_more: looked.append(cls)))
    make()
    assert looked == []


def test_data_stand_in_the_chart(specs: dict[str, dict[str, Any]]) -> None:
    assert '"url"' not in str(specs["en"]).replace("'", '"')


def test_no_axis_shows_the_name_of_a_column(specs: dict[str, dict[str, Any]]) -> None:
    for part in parts(specs["sv"]):
        for channel in ("x", "y"):
            encoded = part.get("encoding", {}).get(channel, {})
            axis = encoded.get("axis", {})
            if "field" in encoded and axis is not None and axis.get("labels", True):
                title = encoded.get("title", axis.get("title", encoded["field"]))
                assert title in (None, "") or "_" not in str(title)


def test_what_colour_says_is_said_in_another_way_too(specs: dict[str, dict[str, Any]]) -> None:
    """A coloured category has a place, a form, a dash or a word of its own, or is told by light against dark."""
    spec = specs["en"]
    others = ("shape", "strokeDash", "text", "x", "y", "row", "column", "facet", "detail")
    fields = {
        encoded.get("field")
        for part in parts(spec)
        for channel, encoded in part.get("encoding", {}).items()
        if channel in others and isinstance(encoded, dict)
    }
    for part in parts(spec):
        for channel in ("color", "fill", "stroke"):
            encoded = part.get("encoding", {}).get(channel, {})
            shades = [lightness(linear(colour)) for colour in encoded.get("scale", {}).get("range", [])]
            told = len(shades) == 2 and abs(shades[0] - shades[1]) > 25
            if encoded.get("type") == "nominal" and "field" in encoded and not told:
                assert encoded["field"] in fields, f"{encoded['field']} is told by colour alone"


# How a palette looks to those who lack a kind of cone: Machado, Oliveira and Fernandes (2009), A physiologically-based
# model for simulation of color vision deficiency, IEEE TVCG 15(6):1291-1298, severity 1.0, on linear RGB.
EYES = {
    "all cones": np.eye(3),
    "no red cones": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue cones": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lightness(rgb: np.ndarray) -> float:
    """CIE L* of a linear RGB colour, 0-100."""
    luminance = float(rgb @ [0.2126, 0.7152, 0.0722])
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


@pytest.mark.parametrize("eyes", EYES)
def test_the_palette_keeps_its_colours_apart_for_every_eye(eyes: str) -> None:
    seen = {colour: np.clip(np.array(EYES[eyes]) @ linear(colour), 0, 1) for colour in charts.COLOURS}
    for one, other in combinations(charts.COLOURS, 2):
        assert np.abs(np.cbrt(seen[one]) - np.cbrt(seen[other])).max() > 0.08, (one, other)


def test_neighbours_in_the_palette_differ_in_grey() -> None:
    grey = [lightness(linear(colour)) for colour in charts.COLOURS]
    assert min(abs(one - other) for one, other in pairwise(grey)) > 12


def test_text_on_the_highlight_can_be_read() -> None:
    luminance = float(linear(charts.HIGHLIGHT) @ [0.2126, 0.7152, 0.0722])
    assert 1.05 / (luminance + 0.05) >= 4.5  # WCAG 2.2, 1.4.3, white text


def test_there_is_a_dash_and_a_form_for_each_colour() -> None:
    assert len({*map(tuple, charts.DASHES)}) == len(charts.COLOURS)
    assert len({*charts.SHAPES}) == len(charts.COLOURS)
    assert pd.Series(charts.COLOURS).is_unique

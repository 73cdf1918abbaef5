"""Theme 03: rates, coverage, stale records and the map."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siru_course import data, use_language
from siru_course.book.charts import interactive, to_svg
from siru_course.mapping import coverage, mapping_chart, rate_per_inhabitant, stale_records

from .published import case

MUNICIPALITIES = data.load("municipalities").set_index("code")
POPULATION = MUNICIPALITIES["population_2015"]
INITIATIVES = data.load("initiatives")
ON_MAP = INITIATIVES[INITIATIVES["on_map"]]
DOTS = ON_MAP["municipality"].value_counts()

# ------------------------------------------------------------------------------------------------ rates


def test_rates_of_the_county_agree_with_the_published_population() -> None:
    inputs, expected, _tolerance = case("jonkoping_population")
    year = inputs["years"].index(2015)
    published = pd.Series({name.split()[0]: numbers[year] for name, numbers in inputs["population"].items()})
    # One in a hundred everywhere is 100 per 10,000 everywhere, and so it is in the whole county.
    assert rate_per_inhabitant(published / 100, published).tolist() == pytest.approx([100] * 13)
    assert published.sum() == expected["county_total"][year]
    pd.testing.assert_series_equal(published.sort_index(), POPULATION, check_names=False, check_dtype=False,
                                   check_index_type=False)  # fmt: skip


def test_a_published_rate_comes_out_of_its_counts() -> None:
    # Registered unemployed in Jönköping County in January 2018: 10,440 people, 5.8 % of the labour force.
    inputs, expected, _tolerance = case("jonkoping_unemployment_201801")
    force = expected["total_registered"] / (inputs["rate_total"] / 100)
    rate = rate_per_inhabitant({"06": inputs["born_in_sweden"] + inputs["foreign_born"]}, {"06": force}, per=100)
    assert rate["06"] == pytest.approx(inputs["rate_total"])


def test_a_place_that_was_not_counted_has_none_and_a_missing_count_stays_missing() -> None:
    rates = rate_per_inhabitant(pd.Series({"a": 2, "b": None}), {"a": 1000, "b": 500, "c": 100})
    assert rates["a"] == 20
    assert math.isnan(rates["b"])
    assert rates["c"] == 0
    assert rates.index.tolist() == ["a", "b", "c"]


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 500), st.integers(1, 10**6)), min_size=1),
    st.integers(1, 100_000),
)
def test_rates_weighted_by_population_give_the_counts_back(places: dict[str, tuple[int, int]], per: int) -> None:
    counts = {place: count for place, (count, _people) in places.items()}
    people = pd.Series({place: people for place, (_count, people) in places.items()})
    rates = rate_per_inhabitant(counts, people, per)
    assert (rates * people / per).tolist() == pytest.approx(list(counts.values()))
    assert rate_per_inhabitant(counts, 2 * people, per).tolist() == pytest.approx((rates / 2).tolist())


def test_jonkoping_has_most_dots_but_not_most_per_inhabitant() -> None:
    assert DOTS.idxmax() == "0680"
    assert rate_per_inhabitant(DOTS, POPULATION).idxmax() != "0680"


def test_dots_follow_the_search_and_initiatives_do_not() -> None:
    visits = data.load("search_effort").set_index("municipality")["visits"]
    assert visits["0680"] > visits.sum() / 2
    assert POPULATION["0680"] / POPULATION.sum() == pytest.approx(0.38, abs=0.005)
    sides = pd.Series(np.where(POPULATION.index == "0680", "Jönköping", "the others"), index=POPULATION.index)

    def gap(codes: pd.Series[Any]) -> float:
        rates = rate_per_inhabitant(codes.map(sides).value_counts(), POPULATION.groupby(sides).sum())
        return float(rates["Jönköping"] / rates["the others"])

    assert gap(INITIATIVES["municipality"]) == pytest.approx(1, abs=0.15)
    assert gap(ON_MAP["municipality"]) >= 1.5


# ------------------------------------------------------------------------------------------------ coverage

FOUND = pd.DataFrame({"need": ["work", "work", "youth", None], "place": ["Habo", "Habo", "Aneby", "Habo"]})


def test_coverage_counts_each_combination_and_lists_the_empty_ones() -> None:
    found = coverage(FOUND, "need", "place")
    assert found.table.loc["work"].to_dict() == {"Aneby": 0, "Habo": 2}
    assert found.holes.to_numpy().tolist() == [["work", "Aneby"], ["youth", "Habo"]]
    assert found.row_totals.to_dict() == {"work": 2, "youth": 1}
    assert found.column_totals.to_dict() == {"Aneby": 1, "Habo": 2}


def test_records_that_lack_one_of_the_two_are_left_out_and_told() -> None:
    found = coverage(FOUND, "need", "place")
    assert found.left_out == 1
    assert "Left out, as need or place is missing: 1." in str(found)
    assert "Left out" not in str(coverage(FOUND.dropna(), "need", "place"))


def test_a_place_without_any_record_is_a_hole_when_all_places_are_given() -> None:
    found = coverage(FOUND, "need", "place", all_columns=["Habo", "Tranås", "Aneby"])
    assert found.table.columns.tolist() == ["Habo", "Tranås", "Aneby"]
    assert "Nothing at all: Tranås." in str(found)
    categories = FOUND.assign(place=pd.Categorical(FOUND["place"], ["Habo", "Tranås", "Aneby"]))
    pd.testing.assert_frame_equal(
        coverage(categories, "need", "place").table, found.table, check_column_type=False, check_names=True
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), min_size=1, max_size=30))
def test_every_record_is_in_the_table_once_and_every_empty_cell_among_the_holes(records: list[tuple[str, str]]) -> None:
    found = coverage(pd.DataFrame(records, columns=["row", "column"]), "row", "column", list("abc"), list("xyz"))
    for row, column in product("abc", "xyz"):
        assert found.table.loc[row, column] == records.count((row, column))
    holes = set(found.holes.itertuples(index=False, name=None))
    assert holes == set(product("abc", "xyz")) - set(records)
    assert found.row_totals.sum() == found.column_totals.sum() == len(records)


def test_the_map_of_good_examples_has_more_holes_than_what_is_known() -> None:
    codes = MUNICIPALITIES.index
    on_map = coverage(ON_MAP, "need", "municipality", all_columns=codes)
    known = coverage(INITIATIVES, "need", "municipality", all_columns=codes)
    assert on_map.table.shape == known.table.shape == (8, 13)
    assert on_map.table.to_numpy().sum() == len(ON_MAP)
    assert len(on_map.holes) > len(known.holes)


def test_closed_initiatives_are_nearly_absent_from_the_map() -> None:
    status = INITIATIVES.assign(life=INITIATIVES["closed"].isna().map({True: "lives on", False: "closed"}))
    closed = coverage(status, "life", "on_map").table.loc["closed"]
    assert closed[True] <= 2 < closed[False]


def test_coverage_reads_in_both_languages() -> None:
    found = coverage(FOUND, "need", "place")
    assert "Empty cells: 2 of 4 (50 %)." in str(found)
    assert '<th scope="row">Total</th><td>1</td><td>2</td><td>3</td>' in found._repr_html_()
    use_language("sv")
    assert "Tomma rutor: 2 av 4 (50 %)." in str(found)
    assert '<th scope="row">Summa</th>' in found._repr_html_()


# ------------------------------------------------------------------------------------------------ stale records

TODAY = date(2020, 3, 31)


def test_a_record_is_stale_the_day_after_its_age_is_reached() -> None:
    records = pd.DataFrame({"last_checked": ["2020-03-01", "2020-02-29"]}, index=["fresh", "stale"])
    found = stale_records(records, "2020-03-31", max_age_days=30)
    assert found["age_days"].to_dict() == {"stale": 31}
    assert list(stale_records(records, "2020-03-31", max_age_days=31).index) == []


def test_a_record_that_was_never_checked_comes_first() -> None:
    records = pd.DataFrame({"last_checked": ["2020-03-30", None, "2018-01-01", "2019-01-01"]})
    found = stale_records(records, TODAY, 365)
    assert found.index.tolist() == [1, 2, 3]
    assert found["age_days"].isna().tolist() == [True, False, False]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 3000), min_size=1, max_size=20), st.integers(0, 3000), st.booleans())
def test_stale_are_those_older_than_the_limit_however_days_are_written(ages: list[int], limit: int, text: bool) -> None:
    days = [TODAY - timedelta(days=age) for age in ages]
    checked = pd.Series([day.isoformat() for day in days]) if text else pd.to_datetime(pd.Series(days))
    found = stale_records(pd.DataFrame({"seen": checked}), pd.Timestamp(TODAY), limit, checked="seen")
    assert found["age_days"].tolist() == sorted((age for age in ages if age > limit), reverse=True)


def test_stale_records_of_the_region_leave_the_data_as_they_were() -> None:
    before = INITIATIVES.copy()
    found = stale_records(INITIATIVES, TODAY, 730)
    pd.testing.assert_frame_equal(INITIATIVES, before)
    assert 0 < len(found) < len(INITIATIVES)
    assert (found["last_checked"] < "2018-04-01").all()
    assert found.drop(columns="age_days").columns.tolist() == INITIATIVES.columns.tolist()


# ------------------------------------------------------------------------------------------------ the map


def marks(spec: dict[str, Any], measure: str = "count") -> pd.DataFrame:
    """Give what is drawn of a measure, one row a place."""
    rows = [row for values in spec["datasets"].values() for row in values if row.get("measure") == measure]
    return pd.DataFrame(rows).set_index("place")


def test_the_area_of_a_bubble_is_proportional_to_its_number() -> None:
    spec = mapping_chart(DOTS, POPULATION).to_dict()
    for measure in ("count", "rate"):
        drawn = marks(spec, measure)
        some = drawn[drawn["number"] > 0]
        areas = some["size"] / some["number"]
        assert areas.max() / areas.min() == pytest.approx(1, abs=0.001)
    assert spec["layer"][0]["encoding"]["size"]["scale"] is None


def test_towns_lie_as_they_do_in_the_world() -> None:
    drawn = marks(mapping_chart(DOTS).to_dict())
    places = MUNICIPALITIES.set_index("name")

    def kilometres(one: str, other: str) -> float:
        """Measure along the great circle (haversine)."""
        a, b = (np.radians(places.loc[name, ["latitude", "longitude"]].astype(float)) for name in (one, other))
        half = np.sin((b["latitude"] - a["latitude"]) / 2) ** 2
        half += np.cos(a["latitude"]) * np.cos(b["latitude"]) * np.sin((b["longitude"] - a["longitude"]) / 2) ** 2
        return float(2 * 6371 * np.arcsin(np.sqrt(half)))

    pixels = {
        (one, other): math.dist(drawn.loc[one, ["x", "y"]], drawn.loc[other, ["x", "y"]])
        for one, other in combinations(drawn.index, 2)
    }
    scales = [pixels[pair] / kilometres(*pair) for pair in pixels]
    assert max(scales) / min(scales) == pytest.approx(1, abs=0.03)
    assert drawn["y"].idxmax() == "Tranås"
    assert drawn["x"].idxmin() == "Gislaved"


@pytest.mark.parametrize("counts", [DOTS, INITIATIVES["municipality"].value_counts(), POPULATION], ids=str)
def test_no_label_covers_another_or_leaves_the_map(counts: pd.Series[Any]) -> None:
    spec = mapping_chart(counts, POPULATION).to_dict()
    for measure in ("count", "rate"):
        drawn = marks(spec, measure)
        half = drawn["label"].str.len() * 6 / 2
        assert ((drawn["label_x"] - half) >= 0).all()
        assert ((drawn["label_x"] + half) <= spec["width"]).all()
        for one, other in combinations(drawn.index, 2):
            across = abs(drawn.loc[one, "label_x"] - drawn.loc[other, "label_x"]) - half[one] - half[other]
            up = abs(drawn.loc[one, "label_y"] - drawn.loc[other, "label_y"]) - 12
            assert max(across, up) > 0, (one, other)


def test_a_reader_can_choose_rates_when_the_population_is_given() -> None:
    spec = mapping_chart(DOTS, POPULATION, title="Initiatives").to_dict()
    assert interactive(spec)
    (choice,) = spec["params"]
    assert choice["value"] == "count"
    assert choice["bind"]["options"] == ["count", "rate"]
    assert choice["bind"]["labels"] == ["Number", "Per 10,000 inhabitants"]
    assert not interactive(mapping_chart(DOTS).to_dict())


@pytest.mark.parametrize(("language", "title"), [("en", "Dots, per 10,000 inhabitants"), ("sv", "per 10 000 invånare")])
def test_the_map_stands_on_paper_in_the_language_in_use(language: str, title: str) -> None:
    use_language(language)
    svg = to_svg(mapping_chart(DOTS, POPULATION, show="rate", title="Dots").to_dict(), language).replace(chr(160), " ")
    assert title in svg
    assert ("3.1" if language == "en" else "3,1") in svg
    assert svg.count("Jönköping") >= 1
    assert "Vetlanda 0<" in svg


def test_the_description_names_the_main_numbers_and_the_holes() -> None:
    spec = mapping_chart(DOTS, POPULATION, title="Initiatives on the map").to_dict()
    said = spec["description"]
    assert f"Initiatives on the map: {len(ON_MAP)} in all." in said
    assert f"Most: Jönköping {DOTS['0680']}" in said
    assert "Highest: Aneby" in said
    holes = MUNICIPALITIES["name"][~MUNICIPALITIES.index.isin(DOTS.index)]
    assert all(name in said.split("None: ")[1] for name in holes)
    use_language("sv")
    swedish = mapping_chart(DOTS, POPULATION).to_dict()["description"]
    assert "Karta över de 13 kommunerna" in swedish
    assert "Inga alls: " in swedish


def test_places_may_be_codes_or_names() -> None:
    named = data.load("initiatives", labels="sv")
    chart = mapping_chart(named[named["on_map"]]["municipality"].value_counts(), POPULATION)
    pd.testing.assert_frame_equal(marks(chart.to_dict()), marks(mapping_chart(DOTS, POPULATION).to_dict()))


def test_an_unknown_number_is_not_a_zero() -> None:
    spec = mapping_chart(pd.Series({"0680": 4.0, "0643": None})).to_dict()
    assert marks(spec).loc["Habo", "label"] == "Habo not known"
    assert "Not known: Habo." in spec["description"]
    assert "Habo" not in spec["description"].split("None: ")[1]


def test_a_map_of_nothing_can_be_drawn() -> None:
    spec = mapping_chart({"0680": 0}, POPULATION).to_dict()
    assert to_svg(spec, "en").startswith("<svg")
    assert (marks(spec)["size"] == 0).all()


# ------------------------------------------------------------------------------------------------ bad input

Call = Callable[[], object]
RECORDS = pd.DataFrame({"need": ["work"], "last_checked": ["2020-03-30"]})

BAD = [
    pytest.param(
        lambda: rate_per_inhabitant({"0680": -1}, POPULATION), ValueError, "counts is -1", "counts är -1", id="negative"
    ),
    pytest.param(
        lambda: rate_per_inhabitant(DOTS, {"0680": 0}), ValueError, "from 1 up", "från 1 och uppåt", id="nobody lives"
    ),
    pytest.param(
        lambda: rate_per_inhabitant({"0180": 3}, POPULATION),
        ValueError,
        "population lacks: 0180",
        "saknas i population: 0180",
        id="no population",
    ),
    pytest.param(lambda: rate_per_inhabitant(DOTS, POPULATION, 0), ValueError, "per is 0", "per är 0", id="per 0"),
    pytest.param(
        lambda: rate_per_inhabitant(17, 133_310),
        ValueError,
        "population is 133310",
        "population är 133310",
        id="number",
    ),
    pytest.param(
        lambda: rate_per_inhabitant(pd.Series([1, 2], index=["0680", "0680"]), POPULATION),
        ValueError,
        "0680 stands twice in counts",
        "0680 står två gånger i counts",
        id="twice",
    ),
    pytest.param(
        lambda: rate_per_inhabitant({}, POPULATION), ValueError, "counts is empty", "counts är tom", id="empty"
    ),
    pytest.param(lambda: coverage(FOUND, "need", "town"), KeyError, "no column 'town'", "'town'", id="no column"),
    pytest.param(lambda: coverage(FOUND, "need", "need"), ValueError, "both 'need'", "båda 'need'", id="same column"),
    pytest.param(
        lambda: coverage(FOUND.head(0), "need", "place"), ValueError, "frame is empty", "är tom", id="no rows"
    ),
    pytest.param(
        lambda: coverage(FOUND, "need", "place", all_columns=["Habo"]),
        ValueError,
        "all_columns lacks what the records have: Aneby",
        "all_columns saknar det som posterna har: Aneby",
        id="not among all",
    ),
    pytest.param(
        lambda: coverage(FOUND, "need", "place", all_rows="work"), ValueError, "give a list", "ange en lista", id="list"
    ),
    pytest.param(lambda: stale_records(RECORDS, "31/3 2020", 9), ValueError, "as_of is '31/3", "as_of är", id="as_of"),
    pytest.param(lambda: stale_records(RECORDS, TODAY, -1), ValueError, "max_age_days is -1", "från 0", id="age"),
    pytest.param(
        lambda: stale_records(RECORDS, "2019-12-31", 9),
        ValueError,
        "Row 0 was checked on 2020-03-30, after as_of",
        "Rad 0 kontrollerades 2020-03-30, efter as_of",
        id="checked later",
    ),
    pytest.param(
        lambda: stale_records(RECORDS.assign(last_checked="soon"), TODAY, 9),
        ValueError,
        "Row 0: last_checked is 'soon'",
        "Rad 0: last_checked är 'soon'",
        id="no date",
    ),
    pytest.param(
        lambda: stale_records(RECORDS, TODAY, 9, checked="seen"), KeyError, "no column 'seen'", "'seen'", id="not seen"
    ),
    pytest.param(
        lambda: stale_records(RECORDS.assign(age_days=1), TODAY, 9),
        ValueError,
        "already has",
        "redan en",
        id="age_days",
    ),
    pytest.param(
        lambda: mapping_chart({"Stockholm": 3}),
        ValueError,
        "not municipalities of the county: Stockholm",
        "inte är kommuner i länet: Stockholm",
        id="not in the county",
    ),
    pytest.param(lambda: mapping_chart(DOTS, show="rate"), ValueError, "give population", "ange population", id="rate"),
    pytest.param(lambda: mapping_chart(DOTS, show="dots"), ValueError, "show is 'dots'", "show är 'dots'", id="show"),
    pytest.param(lambda: mapping_chart(DOTS, title=3), ValueError, "title is 3", "title är 3", id="title"),
    pytest.param(
        lambda: mapping_chart({"0680": 1, "Jönköping": 2}), ValueError, "0680 stands twice", "0680 står två", id="both"
    ),
]

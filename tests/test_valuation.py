"""Discounting, value maps, their uncertainty, their workbooks, and who pays and gains."""

from __future__ import annotations

import datetime
import itertools
import math
import re
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.formula import Tokenizer
from openpyxl.utils import get_column_letter, range_boundaries

from siru_course import data
from siru_course._valuation import simulation as _simulation
from siru_course.language import in_language
from siru_course.valuation import (
    ValueMap,
    annuity_factor,
    brobygget,
    discount_factor,
    net_present_value,
    pockets,
)
from tests.published import case

SHARES = ["deadweight", "displacement", "attribution", "drop_off"]
COLUMNS = ["stakeholder", "outcome", "quantity", "proxy", *SHARES, "duration_years", "starts"]


def outcomes(*rows: dict[str, Any]) -> pd.DataFrame:
    """Write outcomes by what is special about each."""
    usual = {"stakeholder": "Ada", "outcome": "In work", "quantity": 10, "proxy": 100, "duration_years": 1, "starts": 1}
    return pd.DataFrame([{**usual, **dict.fromkeys(SHARES, 0.0), **row} for row in rows or [{}]])


def inputs(*values: float) -> pd.DataFrame:
    values = values or (500.0,)
    return pd.DataFrame(
        {"stakeholder": ["Municipality"] * len(values), "description": ["Money"] * len(values), "value": values}
    )


def mapped(*rows: dict[str, Any], put_in: tuple[float, ...] = (500.0,), rate: float = 0.0) -> ValueMap:
    return ValueMap(outcomes(*rows), inputs(*put_in), rate)


def by_hand(valued: ValueMap) -> list[float]:
    """Give the present value of each outcome as the definition reads, year by year."""
    worth = []
    for row in valued.outcomes.to_dict("records"):
        value = row["quantity"] * row["proxy"]
        for share in SHARES[:3]:
            value -= value * row[share]
        present = 0.0
        for year in range(int(row["starts"]), int(row["starts"] + row["duration_years"])):
            present += value / (1 + valued.rate) ** year
            value -= value * row["drop_off"]
        worth.append(present)
    return worth


shares = st.one_of(st.sampled_from([0.0, 0.25, 1.0]), st.floats(0, 1).map(lambda value: round(value, 4)))
money = st.floats(-1e5, 1e5).map(lambda value: round(value, 2))
ROW = st.fixed_dictionaries(
    {
        **{"quantity": st.floats(0, 1e4).map(lambda value: round(value, 1)), "proxy": money},
        **dict.fromkeys(SHARES, shares),
        **{"duration_years": st.integers(1, 12), "starts": st.integers(1, 3)},
        "stakeholder": st.sampled_from(["Ada", "Bo", "Cy"]),
    }
)
MAPS = st.builds(
    lambda rows, put_in, rate: mapped(*rows, put_in=tuple(put_in), rate=rate),
    st.lists(ROW, min_size=1, max_size=4),
    st.lists(st.floats(1, 1e6), min_size=1, max_size=3),
    st.sampled_from([0.0, 0.035, 0.1]),
)


# ---------------------------------------------------------------------------------------------------- discounting


def test_the_green_book_table_of_present_values() -> None:
    given_, expected, tolerance = case("greenbook_table2")
    values = given_["amount"] * discount_factor(range(len(expected["values"])), given_["rate"])
    assert values.tolist() == pytest.approx(expected["values"], abs=tolerance)
    assert values.index.tolist() == list(range(11))


def test_excels_example_of_net_present_value() -> None:
    given_, expected, tolerance = case("excel_npv_doc_1")
    assert net_present_value(given_["cashflows_t1"], given_["rate"]) == pytest.approx(expected["npv"], abs=tolerance)


def test_annuity_factors_of_the_finance_tables() -> None:
    given_, expected, tolerance = case("annuity_factors")
    found = [annuity_factor(years, rate) for rate, years in given_["pairs"]]
    assert found == pytest.approx(expected["factors"], abs=tolerance)


def test_the_example_in_the_documentation_of_numpy_financial() -> None:
    # numpy-financial, npf.npv: the first amount is not discounted.
    flows = pd.Series([-40_000, 5_000, 8_000, 12_000, 30_000])
    assert net_present_value(flows, 0.08, first="start") == pytest.approx(3065.22267, abs=1e-5)


@pytest.mark.parametrize(
    ("rate", "flows", "expected"),
    [
        (0.065, [5000], 4694.83568075117),
        (0.10, [500, 1500, 4000, 10000], 11529.60863329007),
        (0.0275 / 12, [50, 60, 40, 100, 25], 273.14193838457),
    ],
)
def test_the_examples_in_the_documentation_of_adobe_formcalc(rate: float, flows: list[float], expected: float) -> None:
    assert net_present_value(flows, rate) == pytest.approx(expected, rel=1e-12)


def test_the_loan_in_the_documentation_of_numpy_financial() -> None:
    # npf.pmt(0.075/12, 12*15, 200000) is -1854.0247200054619: so many payments are worth the loan.
    assert 1854.0247200054619 * annuity_factor(180, 0.075 / 12) == pytest.approx(200_000, rel=1e-12)


def test_a_growing_rate_of_nothing_is_a_count_of_years() -> None:
    assert annuity_factor(30, 0) == 30
    assert annuity_factor(0, 0.05) == 0
    assert annuity_factor(10, 1e-17) == pytest.approx(10, rel=1e-12)


@given(st.lists(money, min_size=1, max_size=20), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_an_amount_at_the_start_is_worth_a_years_interest_more(flows: list[float], rate: float) -> None:
    end, start = net_present_value(flows, rate), net_present_value(flows, rate, first="start")
    assert start == pytest.approx(end * (1 + rate), abs=1e-6)
    assert end == pytest.approx(math.fsum(flows * discount_factor(range(1, len(flows) + 1), rate)), abs=1e-6)


@given(st.integers(0, 60), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_an_annuity_is_the_sum_of_its_years(years: int, rate: float) -> None:
    assert annuity_factor(years, rate) == pytest.approx(sum(discount_factor(k, rate) for k in range(1, years + 1)))


# ------------------------------------------------------------------------------------------------------ the value map


def test_the_published_schedule_of_drop_off() -> None:
    given_, expected, tolerance = case("sroi_dropoff_schedule")
    row = {"quantity": 1, "proxy": given_["impact"], "drop_off": given_["drop_off"]}
    valued = mapped({**row, "duration_years": given_["duration"]}, rate=given_["discount_rate"])
    assert valued.by_year().iloc[0].tolist() == pytest.approx(expected["by_year"], abs=1e-9)
    assert valued.present_value() == pytest.approx(expected["present_value"], abs=tolerance)


def test_deductions_are_multiplied_and_not_added() -> None:
    # 30 % deadweight and 40 % attribution leave 0.7 × 0.6 = 42 %, not 30 %.
    valued = mapped({"deadweight": 0.3, "attribution": 0.4})
    assert valued.impact().tolist() == pytest.approx([420])


def test_attribution_is_what_is_thanks_to_others() -> None:
    assert mapped({"attribution": 1.0}).impact().tolist() == [0]
    assert mapped({"attribution": 0.0}).impact().tolist() == [1000]


def test_an_outcome_that_starts_the_year_after_counts_from_year_two_and_then_drops_off() -> None:
    valued = mapped({"starts": 2, "duration_years": 3, "drop_off": 0.5}, {"quantity": 1}, rate=0.1)
    assert valued.by_year().to_numpy().tolist() == [[0, 1000, 500, 250], [100, 0, 0, 0]]
    assert valued.present_value() == pytest.approx(1000 / 1.1**2 + 500 / 1.1**3 + 250 / 1.1**4 + 100 / 1.1)


def test_gross_and_net_ratio_are_one_apart() -> None:
    valued = mapped(put_in=(300.0, 200.0))
    assert (valued.ratio(), valued.net_ratio()) == (2, 1)


def test_a_loss_lowers_the_ratio() -> None:
    assert mapped({}, {"proxy": -50}).ratio() == 1


@given(MAPS)
@settings(max_examples=50, deadline=None)
def test_present_value_is_what_the_definition_says(valued: ValueMap) -> None:
    expected = by_hand(valued)
    size = 1e-9 * (1 + sum(map(abs, expected)))
    assert valued.present_value() == pytest.approx(sum(expected), abs=size)
    years = valued.by_year()
    assert (years @ discount_factor(list(years.columns), valued.rate)).tolist() == pytest.approx(expected, abs=size)
    assert valued.by_stakeholder()["present_value"].sum() == pytest.approx(sum(expected), abs=size)
    assert valued.ratio() * valued.inputs["value"].sum() == pytest.approx(valued.present_value(), abs=size)
    assert valued.net_ratio() == pytest.approx(valued.ratio() - 1)


@given(MAPS)
@settings(max_examples=50, deadline=None)
def test_at_break_even_the_ratio_is_one(valued: ValueMap) -> None:
    if valued.present_value() < 0.01:
        return
    factor = valued.break_even()
    shrunk = valued.outcomes.assign(proxy=valued.outcomes["proxy"] * factor)
    assert ValueMap(shrunk, valued.inputs, valued.rate).ratio() == pytest.approx(1, rel=1e-6)


@given(MAPS, st.sampled_from([0.1, 11.5, 1000]))
@settings(max_examples=50, deadline=None)
def test_another_currency_leaves_the_ratio(valued: ValueMap, course: float) -> None:
    other = ValueMap(
        valued.outcomes.assign(proxy=valued.outcomes["proxy"] * course),
        valued.inputs.assign(value=valued.inputs["value"] * course),
        valued.rate,
    )
    assert other.ratio() == pytest.approx(valued.ratio(), rel=1e-9, abs=1e-9)


def test_a_higher_discount_rate_never_raises_the_value_of_gains() -> None:
    table = brobygget().outcomes
    gains, put_in = table[table["proxy"] > 0], brobygget().inputs
    ratios = [ValueMap(gains, put_in, rate).ratio() for rate in (0, 0.02, 0.035, 0.1, 1)]
    assert ratios == sorted(ratios, reverse=True)


def test_the_flawed_map_shows_a_higher_ratio_than_the_good_one() -> None:
    assert brobygget("flawed").ratio() > brobygget().ratio() + 0.25


def test_who_puts_in_and_who_gains_stand_side_by_side() -> None:
    table = mapped({"stakeholder": "Ada"}, {"stakeholder": "Municipality", "proxy": 10}).by_stakeholder()
    assert table.loc["Ada", ["inputs", "present_value", "net"]].tolist() == [0, 1000, 1000]
    assert table.loc["Municipality", ["inputs", "present_value", "net"]].tolist() == [500, 100, -400]
    assert table["share"].sum() == pytest.approx(1)


def test_the_callers_table_and_the_maps_are_two() -> None:
    table, put_in = outcomes(), inputs()
    valued = ValueMap(table, put_in, 0)
    table["quantity"], put_in["value"] = 0, 1
    assert valued.ratio() == 2


def test_a_cell_that_is_changed_in_the_map_itself_is_checked_when_it_is_used() -> None:
    valued = mapped()
    valued.outcomes.loc[0, "deadweight"] = 0.5
    assert valued.ratio() == 1
    valued.outcomes.loc[0, "deadweight"] = 50.0
    with pytest.raises(ValueError, match="deadweight is 50"):
        valued.ratio()


def test_columns_of_ones_own_are_kept() -> None:
    table = data.load("brobygget_value_map").query("version == 'good'")
    valued = ValueMap(table, data.load("brobygget_costs"), 0.035)
    assert valued.outcomes.equals(table)
    assert valued.impact().index.equals(table.index)


# ------------------------------------------------------------------------------------------------------- sensitivity


def test_each_row_of_the_sensitivity_is_the_ratio_of_a_map_with_one_cell_changed() -> None:
    valued = brobygget()
    table = valued.sensitivity(0.3)
    assert len(table) == 14 * 7 + 11 + 1
    assert table["swing"].is_monotonic_decreasing
    for row in table.itertuples():
        for moved, ratio in ((row.low, row.ratio_low), (row.high, row.ratio_high)):
            rows, put_in, rate = valued.outcomes.copy(), valued.inputs.copy(), valued.rate
            if row.assumption == "rate":
                rate = moved
            elif row.assumption == "value":
                put_in["value"] = put_in["value"].astype(float)
                put_in.loc[row.row, "value"] = moved
            else:
                rows[row.assumption] = rows[row.assumption].astype(float)
                rows.loc[row.row, row.assumption] = moved
            assert ValueMap(rows, put_in, rate).ratio() == pytest.approx(ratio, rel=1e-9)


def test_a_share_stops_at_one_and_a_duration_at_one_year_and_that_is_told() -> None:
    table = mapped({"deadweight": 0.9}).sensitivity(0.2).set_index("assumption")
    assert table.loc["deadweight", ["low", "high", "capped"]].tolist() == [pytest.approx(0.72), 1, True]
    assert table.loc["duration_years", ["low", "high", "capped"]].tolist() == [1, 2, True]
    assert not table.drop(["deadweight", "duration_years"])["capped"].any()


def test_durations_move_by_whole_years() -> None:
    table = mapped({"duration_years": 10}).sensitivity(0.25).set_index("assumption")
    assert table.loc["duration_years", ["low", "high"]].tolist() == [8, 12]


def test_a_loss_has_its_lower_value_first() -> None:
    table = mapped({}, {"proxy": -50}).sensitivity(0.2)
    row = table[(table["assumption"] == "proxy") & (table["row"] == 1)].iloc[0]
    assert (row["low"], row["high"]) == (-60, -40)
    assert row["ratio_low"] < row["ratio_high"]


# -------------------------------------------------------------------------------------------------------- simulation


def test_without_spread_every_draw_is_the_ratio() -> None:
    valued = brobygget()
    drawn = valued.simulate(draws=5000, spread=0)
    assert (drawn.ratios == valued.ratio()).all()
    assert (drawn.mean, drawn.sd, len(drawn.drivers)) == (valued.ratio(), 0, 0)


@given(MAPS)
@settings(max_examples=50, deadline=None)
def test_without_spread_any_map_gives_its_ratio(valued: ValueMap) -> None:
    drawn = valued.simulate(draws=3, spread={"proxy": 0, "deadweight": 0})
    assert drawn.ratios.tolist() == [valued.ratio()] * 3


def test_mean_and_spread_are_those_of_a_product_of_independent_numbers() -> None:
    valued = mapped({"deadweight": 0.4, "attribution": 0.95, "duration_years": 3, "drop_off": 0.2}, rate=0.05)
    spread = {"quantity": 0.5, "proxy": 0.3, "deadweight": 0.6, "attribution": 0.2}
    drawn = valued.simulate(draws=400_000, spread=spread)
    # A symmetric triangular distribution of half-width h has variance h²/6; a share reaches no farther than 1.
    parts = [(1, 0.5), (1, 0.3), (0.6, 0.4 * 0.6), (0.05, 0.05)]
    relative = math.prod(1 + (half / mean) ** 2 / 6 for mean, half in parts) - 1
    assert drawn.mean == pytest.approx(valued.ratio(), rel=0.005)
    assert drawn.sd == pytest.approx(valued.ratio() * math.sqrt(relative), rel=0.005)


def test_quantiles_of_one_drawn_number_are_those_of_the_triangle() -> None:
    drawn = mapped().simulate(draws=400_000, spread={"proxy": 0.5})
    # The q-quantile of the triangle on (-1, 1) is √(2q) - 1 below the middle.
    for quantile in (0.05, 0.25):
        below = 2 * (1 + 0.5 * (math.sqrt(2 * quantile) - 1))
        assert drawn.quantiles[quantile] == pytest.approx(below, abs=0.005)
        assert drawn.quantiles[1 - quantile] == pytest.approx(4 - below, abs=0.005)
    assert drawn.quantiles[0.5] == pytest.approx(2, abs=0.005)
    assert drawn.ratios.min() >= 1
    assert drawn.ratios.max() <= 3


@pytest.mark.parametrize("share", SHARES)
def test_a_drawn_share_stays_between_nothing_and_everything(share: str) -> None:
    valued = mapped({share: 0.9, "duration_years": 2})
    drawn = valued.simulate(draws=20_000, spread={share: 1.0})
    ends = [mapped({share: end, "duration_years": 2}).ratio() for end in (1.0, 0.8)]
    assert ends[0] <= drawn.ratios.min() < drawn.ratios.max() <= ends[1]


def test_the_share_below_one_is_counted() -> None:
    drawn = mapped(put_in=(1000.0,)).simulate(draws=50_000, spread={"proxy": 0.5})
    assert drawn.below_one == (drawn.ratios < 1).mean()
    assert drawn.below_one == pytest.approx(0.5, abs=0.01)


def test_the_same_seed_gives_the_same_and_another_other_draws() -> None:
    valued = brobygget()
    assert valued.simulate(1000, seed=3).ratios.equals(valued.simulate(1000, seed=3).ratios)
    assert not valued.simulate(1000, seed=3).ratios.equals(valued.simulate(1000, seed=4).ratios)


@pytest.mark.parametrize("draws", [1, 4095, 4096, 4097, 10_000])
def test_more_draws_begin_with_the_same_ones(draws: int) -> None:
    valued = brobygget()
    assert valued.simulate(20_000).ratios.head(draws).tolist() == valued.simulate(draws).ratios.tolist()


def test_blocks_of_draws_are_independent() -> None:
    ratios = brobygget().simulate(40_960).ratios.to_numpy().reshape(10, 4096)
    together = np.corrcoef(ratios)[~np.eye(10, dtype=bool)]
    assert abs(together).max() < 5 / math.sqrt(4096)


def test_memory_does_not_grow_with_the_draws_beyond_the_ratios() -> None:
    valued, peaks = brobygget(), []
    for draws in (100_000, 400_000):
        tracemalloc.start()
        valued.simulate(draws)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 5 * 8 * 300_000


def test_drivers_share_the_variance_as_it_is_made_up() -> None:
    # Independent parts of 1000 and 2000: their variances are as 1 to 4.
    valued = mapped({"outcome": "small"}, {"outcome": "large", "proxy": 200}, put_in=(1000.0,))
    drivers = valued.simulate(100_000, spread={"proxy": 0.5}).drivers
    assert drivers["what"].tolist() == ["large", "small"]
    assert drivers["share"].tolist() == pytest.approx([0.8, 0.2], abs=0.01)
    assert (drivers["correlation"] > 0).all()


def test_more_deadweight_goes_with_a_lower_ratio() -> None:
    drivers = mapped({"deadweight": 0.5}).simulate(20_000, spread={"deadweight": 0.5}).drivers
    assert drivers["correlation"].tolist() == pytest.approx([-1])


def test_inputs_can_be_drawn_too() -> None:
    drawn = mapped().simulate(20_000, spread={"value": 0.5})
    assert drawn.drivers[["assumption", "what"]].values.tolist() == [["value", "Money"]]
    # The ratio is 2 / (1 + t/2) with t on (-1, 1).
    assert 2 / 1.5 <= drawn.ratios.min() < 1.5
    assert 3.5 < drawn.ratios.max() <= 4


def test_a_progress_bar_comes_only_when_it_takes_long(capsys: Any, monkeypatch: Any) -> None:
    brobygget().simulate(20_000)
    assert capsys.readouterr() == ("", "")
    clock = itertools.count(0, 0.9)
    monkeypatch.setattr(_simulation.time, "monotonic", lambda: next(clock))
    seen = []
    monkeypatch.setattr("rich.progress.Progress.start", lambda _bar: seen.append("start"))
    assert list(_simulation._followed(3)) == [0, 1, 2]
    assert seen == ["start"]
    clock = itertools.count(0, 0.1)
    assert list(_simulation._followed(3)) == [0, 1, 2]
    assert seen == ["start"]


# ---------------------------------------------------------------------------------------------------------- workbooks


class Cells(np.ndarray):  # type: ignore[type-arg]
    """Numbers that Excel raises to a power: 0 to 0 is an error there."""

    def __pow__(self, other: Any) -> Any:
        result = np.power(np.asarray(self), np.asarray(other))
        return np.where((np.asarray(self) == 0) & (np.asarray(other) == 0), np.nan, result).view(Cells)


class Excel:
    """Works out the formulas of a workbook, cell by cell."""

    def __init__(self, path: Path) -> None:
        self.book, self.done = openpyxl.load_workbook(path), {}
        self.last = {sheet.title: sheet.max_row for sheet in self.book.worksheets}
        self.names = {
            "SUM": lambda cells: float(np.sum(cells)),
            "SUMPRODUCT": lambda cells: float(np.sum(cells)),
            "IF": lambda test, yes, no: yes if test else no,
            "AND": lambda *tests: all(tests),
        }

    def value(self, sheet: str, cell: str) -> Any:
        if (sheet, cell) not in self.done:
            value = self.book[sheet][cell].value
            if isinstance(value, str) and self.book[sheet][cell].data_type == "f":
                with np.errstate(all="ignore"):
                    value = eval(self.python(sheet, value), {**self.names, "at": self.at})
                value = value.item() if isinstance(value, np.ndarray) else value
            self.done[sheet, cell] = value
        return self.done[sheet, cell]

    def at(self, sheet: str, place: str) -> Any:
        if "!" in place:
            sheet, place = (part.strip("'") for part in place.split("!"))
        left, top, right, bottom = range_boundaries(place.replace("$", ""))
        # Below the last row that was written all is empty, which adds nothing.
        rows = range(top, min(bottom, self.last[sheet]) + 1)
        places = [f"{get_column_letter(column)}{row}" for row in rows for column in range(left, right + 1)]
        values = [self.value(sheet, cell) for cell in places]
        cells = np.array([0.0 if value is None else value for value in values], dtype=float)
        return (cells if ":" in place else cells.reshape(())).view(Cells)

    def python(self, sheet: str, formula: str) -> str:
        parts = []
        for token in Tokenizer(formula).items:
            if token.type == "OPERAND" and token.subtype == "RANGE":
                parts.append(f"at({sheet!r}, {token.value!r})")
            else:
                parts.append({"^": "**", "=": "=="}.get(token.value, token.value))
        return "".join(parts)


def agrees(valued: ValueMap, path: Path) -> None:
    """Work out the workbook's formulas, and compare them with the map's numbers."""
    excel = Excel(path)
    name = excel.book.sheetnames[0]
    sheet = excel.book[name]
    heads = {sheet.cell(14, column).value: column for column in range(1, sheet.max_column + 1)}
    size = 1e-9 * (1 + sum(map(abs, by_hand(valued))))

    def row(number: int, columns: list[int]) -> list[float]:
        return [excel.value(name, sheet.cell(number, column).coordinate) for column in columns]

    years = [heads[year] for year in range(1, len(valued.by_year().columns) + 1)]
    for number, expected in enumerate(valued.by_year().to_numpy(), 15):
        assert row(number, years) == pytest.approx(expected, abs=size)
    numbers = range(15, 15 + len(valued.outcomes))
    impact, present = heads["Impact, first year"], heads["Present value"]
    assert [row(number, [impact])[0] for number in numbers] == pytest.approx(valued.impact().tolist(), abs=size)
    assert [row(number, [present])[0] for number in numbers] == pytest.approx(by_hand(valued), abs=size)
    assert row(10, years) == pytest.approx(valued.by_year().sum().tolist(), abs=size)
    assert sum(row(11, years)) == pytest.approx(valued.present_value(), abs=size)
    summary = [excel.value(name, f"B{number}") for number in range(3, 9)]
    put_in, worth = valued.inputs["value"].sum(), valued.present_value()
    assert summary == pytest.approx(
        [valued.rate, put_in, worth, worth - put_in, valued.ratio(), valued.net_ratio()], rel=1e-9, abs=size
    )
    assert excel.value(name, "B10") == ""
    if worth > 0.01:
        assert excel.value(name, "B9") == pytest.approx(valued.break_even(), rel=1e-9)


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Compare two tables, cell by cell: nothing lost, and nothing made up."""
    assert set(one.columns) == set(other.columns)
    for column in one.columns:
        for before, after in zip(one[column], other[column], strict=True):
            if pd.isna(before):
                assert pd.isna(after)
            elif isinstance(before, float):
                assert after == pytest.approx(before, rel=1e-14, abs=1e-300)
            else:
                assert type(after) in (type(before), int, float, pd.Timestamp, datetime.datetime)
                assert after == before


def test_the_formulas_of_brobyggets_workbook_give_its_numbers(tmp_path: Path) -> None:
    valued = brobygget()
    valued.to_excel(tmp_path / "map.xlsx")
    agrees(valued, tmp_path / "map.xlsx")


@given(MAPS)
@settings(max_examples=50, deadline=None)
def test_the_formulas_of_any_workbook_give_the_maps_numbers(valued: ValueMap) -> None:
    with tempfile.TemporaryDirectory() as folder:
        valued.to_excel(Path(folder) / "map.xlsx")
        agrees(valued, Path(folder) / "map.xlsx")


def edit(path: Path, changes: dict[str, Any], sheet: int = 0) -> Path:
    book = openpyxl.load_workbook(path)
    for cell, value in changes.items():
        book.worksheets[sheet][cell] = value
    book.save(path)
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    brobygget().to_excel(tmp_path / "värdekarta.xlsx")
    return tmp_path / "värdekarta.xlsx"


def test_what_is_changed_in_excel_changes_the_ratio_there_and_here(book: Path) -> None:
    edit(book, {"B3": 0.05, "C15": 30, "D16": 8, "E16": 2, "G17": 0.5, "J16": 1.0, "F18": -10.5})
    changed = ValueMap.from_excel(book)
    assert changed.rate == 0.05
    assert changed.outcomes.loc[2, ["duration_years", "starts", "drop_off"]].tolist() == [8, 2, 1]
    assert changed.ratio() != pytest.approx(brobygget().ratio(), rel=0.01)
    agrees(changed, book)


def test_an_outcome_beyond_the_year_columns_is_told_in_the_workbook(book: Path) -> None:
    assert Excel(book).value("Value map", "B10") == ""
    assert "longer than the year columns" in Excel(edit(book, {"D15": 10})).value("Value map", "B10")


def test_a_row_that_is_added_in_excel_is_read(book: Path) -> None:
    row = ["Teachers", "Enjoy their work", 5, 1, 1, 1000, 0, 0, 0, 0]
    edit(book, {f"{column}29": value for column, value in zip("ABCDEFGHIJ", row, strict=True)})
    assert len(ValueMap.from_excel(book).outcomes) == 15
    assert ValueMap.from_excel(book).impact().iloc[-1] == 5000


@pytest.mark.parametrize(("write", "read"), [("en", "sv"), ("sv", "en"), ("sv", "sv")])
def test_a_workbook_is_read_in_either_language(tmp_path: Path, write: str, read: str) -> None:
    with in_language(write):
        valued = brobygget()
        valued.to_excel(tmp_path / "map.xlsx")
    with in_language(read):
        again = ValueMap.from_excel(tmp_path / "map.xlsx")
    same(valued.outcomes, again.outcomes)
    same(valued.inputs, again.inputs)
    assert again.rate == valued.rate


def test_a_swedish_workbook_speaks_swedish(tmp_path: Path) -> None:
    with in_language("sv"):
        brobygget().to_excel(tmp_path / "karta.xlsx")
    read = openpyxl.load_workbook(tmp_path / "karta.xlsx")
    assert read.sheetnames == ["Värdekarta", "Resurser"]
    assert [read["Värdekarta"].cell(14, column).value for column in (1, 3, 7, 9)] == [
        "Intressent",
        "Antal",
        "Dödvikt %",
        "Tillskrivning %",
    ]
    assert read["Värdekarta"]["L14"].number_format == '"År" 0'


def test_the_workbook_keeps_to_shares_and_whole_years(book: Path) -> None:
    limits = openpyxl.load_workbook(book)["Value map"].data_validations.dataValidation
    kinds = {limit.type: (limit.formula1, limit.formula2, str(limit.sqref)) for limit in limits}
    assert kinds["decimal"][:2] == ("0", "1")
    assert "B3" in kinds["decimal"][2]
    assert kinds["whole"][:2] == ("1", "10")


ODD = ["=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "'quoted", "å ä ö €", "a\r\nb\tc", "\x07 \x00", "_x000D_", "25 %"]
TEXTS = st.one_of(st.sampled_from(ODD), st.text(min_size=1, max_size=12)).filter(str.strip)
EXTRA = st.one_of(
    st.none(),
    TEXTS,
    st.integers(-(2**53), 2**53),
    st.floats(-1e300, 1e300),
    st.booleans(),
    st.datetimes(datetime.datetime(1950, 1, 1), datetime.datetime(2100, 1, 1)).map(
        lambda day: day.replace(microsecond=0)
    ),
)
NAMES = st.one_of(
    TEXTS, st.sampled_from(["note", "Impact", "Own column: Impact", "Egen kolumn: x", "År 1", "1", "Quantity", "Rate"])
).filter(lambda name: name not in [*COLUMNS, "description", "value"])


@given(MAPS, st.dictionaries(NAMES, st.lists(EXTRA, min_size=4, max_size=4), max_size=3), st.lists(TEXTS, min_size=4))
@settings(max_examples=50, deadline=None)
def test_a_workbook_gives_back_what_was_put_in_it(
    valued: ValueMap, own: dict[str, list[Any]], words: list[str]
) -> None:
    size = len(valued.outcomes)
    table = valued.outcomes.assign(stakeholder=words[:size], outcome=words[-size:])
    put_in = valued.inputs.assign(description=words[: len(valued.inputs)])
    for name, values in own.items():
        table[name] = pd.Series(values[:size], dtype=object)
        put_in[name] = pd.Series(values[: len(put_in)], dtype=object)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.xlsx"
        ValueMap(table, put_in, valued.rate).to_excel(path)
        read = openpyxl.load_workbook(path)
        again = ValueMap.from_excel(path)
    for cell in [cell for row in read.worksheets[1].iter_rows() for cell in row]:
        assert cell.data_type != "f"
    assert all(read.worksheets[0].cell(row, 1).data_type == "s" for row in range(15, 15 + size))
    same(table, again.outcomes)
    same(put_in, again.inputs)
    assert again.rate == valued.rate


def test_text_that_looks_like_a_formula_stays_text_also_when_it_is_edited(tmp_path: Path) -> None:
    table = outcomes({"stakeholder": "=1+1", "outcome": "@SUM(A1)"})
    ValueMap(table, inputs(), 0).to_excel(tmp_path / "map.xlsx")
    cells = openpyxl.load_workbook(tmp_path / "map.xlsx")["Value map"]["A15:B15"][0]
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in cells] == [
        ("=1+1", "s", True),
        ("@SUM(A1)", "s", True),
    ]


def foreign(path: Path, heads: list[str], row: list[Any], rate: Any = 0.035) -> Path:
    """Write a workbook as somebody else might: other headings, in another order, with a note above."""
    book = openpyxl.Workbook()
    sheet, other = book.active, book.create_sheet("Insatser")
    sheet.append(["Our project", "made by hand"])
    sheet.append(["Discount rate", rate])
    sheet.append([])
    sheet.append(heads)
    sheet.append(row)
    other.append(["Stakeholders", "Inputs", "Value", "Who knows"])
    other.append(["Town", "Money", 500, "Bo"])
    book.save(path)
    return path


HEADS = ["Source", "Stakeholders", "Description", "Financial proxy", "Value in currency", "Quantity", "Outcomes start"]
HEADS += ["Duration", "Drop off %", "Attribution %", "Displacement %", "Deadweight %", "Impact", "Present Value"]
FOREIGN = ["survey", "Ada", "In work", "a year's wages", 100, 10, 1, 1, 0, 0, 0, 0.5, 99, 99]


def test_a_map_with_the_headings_of_social_value_uk_is_read(tmp_path: Path) -> None:
    valued = ValueMap.from_excel(foreign(tmp_path / "map.xlsx", HEADS, FOREIGN))
    assert valued.impact().tolist() == [500]
    assert valued.outcomes.loc[1, ["Source", "Financial proxy"]].tolist() == ["survey", "a year's wages"]
    assert "Impact" not in valued.outcomes
    assert valued.inputs["Who knows"].tolist() == ["Bo"]


@pytest.mark.parametrize(
    ("cell", "value", "english", "swedish"),
    [
        ("G16", 25, "Cell G16 on the sheet Value map: deadweight is 25; give a share", "Cell G16 på bladet Value map"),
        ("I15", "25 %", "Cell I15 on the sheet Value map: attribution is the text '25 %'", "är texten '25 %'"),
        ("J15", "0,25", "Cell J15 on the sheet Value map: drop_off is the text '0,25'", "är texten '0,25'"),
        ("H15", None, "Cell H15 on the sheet Value map: displacement is empty", "displacement är tom"),
        ("A15", None, "Cell A15 on the sheet Value map: stakeholder is empty", "stakeholder är tom"),
        ("D15", 2.5, "Cell D15 on the sheet Value map: duration_years is 2.5", "duration_years är 2.5"),
        ("C15", "=3*4", "Cell C15 on the sheet Value map: the formula has no result", "formeln har inget resultat"),
        ("B3", 3.5, "Cell B3 on the sheet Value map: rate is 3.5; give a share", "Cell B3 på bladet Value map"),
        ("G14", "Extra", "lacks the heading Deadweight % in row 14", "saknar rubriken Dödvikt % på rad 14"),
        ("A3", "Interest", "has no discount rate; write Discount rate in a cell", "saknar diskonteringsränta"),
        ("W14", "note", "has the heading note twice", "har rubriken note två gånger"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(book: Path, cell: str, value: Any, english: str, swedish: str) -> None:
    edit(book, {cell: value})
    for code, words in (("en", english), ("sv", swedish)):
        with in_language(code), pytest.raises((ValueError, KeyError)) as raised:
            ValueMap.from_excel(book)
        assert words in raised.value.args[0]


def test_an_input_that_cannot_be_read_is_named(book: Path) -> None:
    edit(book, {"C3": -5}, sheet=1)
    with pytest.raises(ValueError, match="Cell C3 on the sheet Inputs: value is -5"):
        ValueMap.from_excel(book)


def test_a_failed_save_says_to_close_excel(tmp_path: Path, monkeypatch: Any) -> None:
    def busy(_book: Any, _path: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(openpyxl.Workbook, "save", busy)
    with pytest.raises(ValueError, match=r"Permission denied.*open in Excel, close it"):
        mapped().to_excel(tmp_path / "map.xlsx")


# ------------------------------------------------------------------------------------------------ who pays and gains


def test_who_pays_gets_back_less_than_others_gain() -> None:
    flows = data.load("investment_cashflows")
    result = pockets(flows, 0.035, cashable_only=True)
    town = flows[(flows["actor"] == "municipality")]
    net = town["saving"].where(town["cashable"], 0).groupby(town["year"]).sum() - town.groupby("year")["cost"].sum()
    assert result.table.loc["municipality", "net"] == pytest.approx(
        net_present_value(net.astype(float), 0.035, first="start")
    )
    assert pd.isna(result.table.loc["municipality", "paid_back"])
    assert result.table["net"].idxmax() == "state"
    assert result.left_out == ((flows["saving"] > 0) & ~flows["cashable"]).sum()
    assert pockets(flows, 0.035).left_out == 0


def test_the_year_of_pay_back_is_the_first_from_which_it_stays_so() -> None:
    flows = pd.DataFrame({"year": [0, 1, 2, 3], "actor": "town", "cost": [100, 0, 80, 0], "saving": [0, 110, 0, 90]})
    result = pockets(flows, 0)
    assert result.by_year["town"].tolist() == [-100, 10, -70, 20]
    assert result.table.loc["town", "paid_back"] == 3
    assert pd.isna(pockets(flows, 0.2).table.loc["town", "paid_back"])


def test_who_pays_nothing_is_not_paid_back() -> None:
    flows = pd.DataFrame({"year": [0, 2], "actor": ["a", "b"], "cost": [1, 0], "saving": [0, 5]})
    result = pockets(flows, 0)
    assert result.table["paid_back"].isna().all()
    assert result.by_year.index.tolist() == [0, 1, 2]


# --------------------------------------------------------------------------------------------------- how it is shown


def test_a_map_says_what_it_comes_to_in_both_languages() -> None:
    valued = mapped(put_in=(400.0,))
    assert re.search(r"Ratio +2\.50\n", str(valued))
    assert "One row carries 100 % of the present value: Ada: In work." in str(valued)
    with in_language("sv"):
        assert re.search(r"Kvot +2,50\n", str(valued))
        assert "En enda rad bär 100 % av nuvärdet" in valued._repr_html_()


def test_a_map_without_inputs_or_value_can_still_be_looked_at() -> None:
    valued = mapped({"quantity": 0}, put_in=(0.0,))
    assert re.search(r"Ratio +–", str(valued))
    assert valued.by_stakeholder()["share"].isna().all()


def test_what_is_written_in_a_map_is_shown_as_text() -> None:
    assert "<b>" not in mapped({"outcome": "<b>x</b>"})._repr_html_()


@pytest.mark.parametrize(
    ("make", "english", "swedish"),
    [
        (lambda: brobygget().tornado(), "longest bar is quantity (V02)", "längsta stapeln är antal (V02)"),
        (lambda: brobygget().simulate(2000).histogram(), "nine in ten between", "nio av tio mellan"),
        (
            lambda: pockets(data.load("investment_cashflows"), 0.035).chart(),
            "After year 8: municipality -99,541",
            "Efter år 8: municipality -99",
        ),
        (lambda: mapped().simulate(1, spread=0).histogram(), "between 2.00 and 2.00", "mellan 2,00 och 2,00"),
        (lambda: mapped({"outcome": 'say "hi"'}).tornado(most=3), 'say "hi"', 'say "hi"'),
    ],
)
def test_a_chart_is_described_and_can_be_drawn_in_both_languages(
    make: Callable[[], Any], english: str, swedish: str
) -> None:
    for code, words in (("en", english), ("sv", swedish)):
        with in_language(code):
            chart = make().to_dict()
        assert words in chart["description"]
        assert "<svg" in vl_convert.vegalite_to_svg(chart)


@pytest.mark.parametrize(
    "locale", [None, {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", ""]}]
)
def test_a_swedish_axis_has_a_decimal_comma_whether_vega_speaks_swedish_or_not(locale: dict[str, Any] | None) -> None:
    with in_language("sv"):
        spec = brobygget().tornado().to_dict()
    assert ">1,8<" in vl_convert.vegalite_to_svg(spec, format_locale=locale)


def test_a_simulation_shows_its_interval_and_what_it_does_not_say() -> None:
    drawn = brobygget().simulate(2000)
    assert "does not show whether the map counts the right things" in str(drawn)
    assert f"5 % of the draws are below    {drawn.quantiles[0.05]:.2f}" in str(drawn)
    with in_language("sv"):
        assert "Kvoten i 2\xa0000 dragningar" in drawn._repr_html_()


# ---------------------------------------------------------------------------------------------------------- bad input


def shown(spec: dict[str, Any], **moved: Any) -> list[float]:
    """Move sliders of a chart, draw it with Vega, and read the numbers that it writes: the ratio, the ends, below 1."""
    params = [
        {**param, "value": moved.get(param["name"].removeprefix("map_"), param["value"])} for param in spec["params"]
    ]
    assert moved.keys() <= {param["name"].removeprefix("map_") for param in params}
    svg = str(vl_convert.vegalite_to_svg({**spec, "params": params}))
    lines = [re.findall(r": (-?[\d.,]+)(?: \w+ (-?[\d.,]+))?", text) for text in re.findall(r">([^<>]+: [^<>]+)<", svg)]
    return [float(number.replace(",", ".")) for line in lines for found in line for number in found if number]


def moved(valued: ValueMap, points: dict[str, float], rate: float | None = None) -> ValueMap:
    """Add percentage points to shares of every row."""
    table = valued.outcomes.assign(
        **{name: (valued.outcomes[name] + more / 100).clip(0, 1) for name, more in points.items()}
    )
    return ValueMap(table, valued.inputs, valued.rate if rate is None else rate)


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("spread", [0.2, 0.5])
def test_the_sliders_begin_with_the_numbers_of_the_map_and_its_simulation(language: str, spread: float) -> None:
    with in_language(language):
        ratio, low, high, below = shown(brobygget().sliders(seed=2016, spread=spread).to_dict())
        drawn = brobygget().simulate(250, seed=2016, spread=spread)
    assert ratio == round(drawn.ratio, 2)
    # A draw is held to the thousandth, so an end may be a hundredth off.
    assert [low, high] == pytest.approx(list(drawn.quantiles[[0.05, 0.95]]), abs=0.0101)
    assert below == round(100 * drawn.below_one)


@pytest.mark.parametrize(
    ("points", "rate"),
    [
        ({"deadweight": 20}, 3.5),
        ({"attribution": -5}, 3.5),
        ({"drop_off": 25}, 3.5),
        ({}, 0),
        ({}, 10),
        ({"deadweight": 30, "attribution": 30, "drop_off": -30}, 7),
    ],
)
def test_a_moved_slider_shows_the_ratio_of_the_map_that_is_moved(points: dict[str, float], rate: float) -> None:
    there = moved(brobygget(), points, rate / 100)
    ratio, low, high, below = shown(brobygget().sliders(seed=2016).to_dict(), **points, rate=rate)
    assert ratio == round(there.ratio(), 2)
    if "drop_off" not in points:
        # Shares of 0 are not drawn, and would be once they are more; the page holds no draws for them.
        drawn = there.simulate(250, seed=2016, spread=0.5)
        assert [low, high] == pytest.approx(list(drawn.quantiles[[0.05, 0.95]]), abs=0.0101)
        assert below == round(100 * drawn.below_one)


def test_the_spread_of_the_sliders_closes_around_the_ratio_and_opens_when_proxies_go_together() -> None:
    spec = brobygget().sliders(seed=2016).to_dict()
    ratio, low, high, _below = shown(spec, spread=0)
    assert low == high == ratio
    _ratio, low, high, _below = shown(spec)
    _ratio, lower, higher, _below = shown(spec, alike=True)
    assert lower < low
    assert higher > high


def test_the_sliders_keep_the_page_light() -> None:
    assert len(str(brobygget().sliders().to_dict())) < 160_000


BAD = [
    pytest.param(lambda: discount_factor(-1, 0.03), ValueError, "years is -1", "years är -1", id="negative years"),
    pytest.param(
        lambda: discount_factor(1, 3.5), ValueError, "25 % is 0.25", "rate är 3.5; ange", id="rate in percent"
    ),
    pytest.param(lambda: annuity_factor(2.5, 0.03), ValueError, "years is 2.5", "years är 2.5", id="half a year"),  # type: ignore[arg-type]
    pytest.param(
        lambda: net_present_value([1, math.nan], 0), ValueError, "amount of year 2 is nan", "år 2 är nan", id="NaN"
    ),
    pytest.param(lambda: net_present_value([], 0), ValueError, "cashflows is []", "cashflows är []", id="no amounts"),
    pytest.param(lambda: net_present_value([1], 0, "middle"), ValueError, "end, start", "välj", id="first"),
    pytest.param(
        lambda: mapped({}, {"stakeholder": "Bo", "deadweight": 1.2}),
        ValueError,
        "Row 1 (Bo): deadweight is 1.2",
        "Rad 1 (Bo): deadweight är 1.2",
        id="share above 1",
    ),
    pytest.param(
        lambda: mapped({"attribution": -0.1}), ValueError, "attribution is -0.1", "attribution är -0.1", id="minus"
    ),
    pytest.param(
        lambda: mapped({"duration_years": 0}),
        ValueError,
        "(Ada): duration_years is 0",
        "(Ada): duration_years är 0",
        id="no duration",
    ),
    pytest.param(lambda: mapped({"starts": 0}), ValueError, "starts is 0", "starts är 0", id="starts in year 0"),
    pytest.param(lambda: mapped({"quantity": -1}), ValueError, "quantity is -1", "quantity är -1", id="quantity"),
    pytest.param(lambda: mapped({"proxy": None}), ValueError, "proxy is empty", "proxy är tom", id="missing proxy"),
    pytest.param(lambda: mapped({"proxy": "10"}), ValueError, "proxy is the text '10'", "är texten '10'", id="text"),
    pytest.param(lambda: mapped({"outcome": " "}), ValueError, "outcome is empty", "outcome är tom", id="no outcome"),
    pytest.param(
        lambda: ValueMap(outcomes().drop(columns="drop_off"), inputs(), 0),
        KeyError,
        "has no column 'drop_off'",
        "har ingen kolumn 'drop_off'",
        id="missing column",
    ),
    pytest.param(lambda: ValueMap(outcomes().head(0), inputs(), 0), ValueError, "is empty", "är tom", id="empty"),
    pytest.param(lambda: mapped(put_in=(-1.0,)), ValueError, "value is -1", "value är -1", id="negative input"),
    pytest.param(lambda: mapped(rate=35), ValueError, "rate is 35", "rate är 35", id="rate of 35"),
    pytest.param(lambda: mapped(put_in=(0.0,)).ratio(), ValueError, "add up to 0", "värda 0", id="no inputs"),
    pytest.param(lambda: mapped({"proxy": -1}).break_even(), ValueError, "no factor", "Ingen faktor", id="factor"),
    pytest.param(lambda: mapped().sensitivity(20), ValueError, "change is 20", "change är 20", id="change in percent"),
    pytest.param(lambda: mapped().simulate(0), ValueError, "draws is 0", "draws är 0", id="no draws"),
    pytest.param(lambda: mapped().simulate(spread=2), ValueError, "spread is 2", "spread är 2", id="spread"),
    pytest.param(
        lambda: mapped().simulate(spread={"duration_years": 0.1}),
        KeyError,
        "the column 'duration_years'; it can hold",
        "kolumnen 'duration_years'",
        id="spread of another column",
    ),
    pytest.param(
        lambda: mapped().simulate(spread={"proxy": 9}),
        ValueError,
        "the spread of proxy is 9",
        "för proxy är 9",
        id="spread of a column",
    ),
    pytest.param(lambda: mapped().tornado(most=0), ValueError, "most is 0", "most är 0", id="no bars"),
    pytest.param(lambda: mapped().to_excel("map.csv"), ValueError, "end with .xlsx", "sluta på .xlsx", id="not xlsx"),
    pytest.param(
        lambda: ValueMap.from_excel("nowhere.xlsx"),
        ValueError,
        "There is no file nowhere.xlsx",
        "Det finns ingen fil",
        id="no file",
    ),
    pytest.param(
        lambda: ValueMap.from_excel(__file__),
        ValueError,
        "cannot be read as an Excel workbook",
        "går inte att läsa",
        id="no workbook",
    ),
    pytest.param(
        lambda: ValueMap(outcomes().assign(own=[[1]]), inputs(), 0).to_excel("x.xlsx"),
        ValueError,
        "own, 0 holds [1]",
        "innehåller [1]",
        id="a list in a cell",
    ),
    pytest.param(
        lambda: ValueMap(outcomes().assign(own=math.inf), inputs(), 0).to_excel("x.xlsx"),
        ValueError,
        "own, 0 holds inf",
        "innehåller inf",
        id="no end",
    ),
    pytest.param(
        lambda: ValueMap(outcomes().assign(own="x" * 40_000), inputs(), 0).to_excel("x.xlsx"),
        ValueError,
        "has 40000 characters",
        "har 40000 tecken",
        id="too long a text",
    ),
    pytest.param(
        lambda: ValueMap(outcomes().assign(**{" ": 1}), inputs(), 0).to_excel("x.xlsx"),
        ValueError,
        "a column named ' '",
        "heter ' '",
        id="a column without a name",
    ),
    pytest.param(
        lambda: brobygget().sliders(draws=5), ValueError, "draws is 5", "draws är 5", id="few draws for sliders"
    ),
    pytest.param(lambda: brobygget("bad"), ValueError, "good, flawed", "good, flawed", id="version"),
    pytest.param(
        lambda: pockets(pd.DataFrame({"year": [0], "actor": ["a"], "cost": [None], "saving": [0]}), 0),
        ValueError,
        "cost is missing",
        "cost saknas",
        id="missing cost",
    ),
    pytest.param(
        lambda: pockets(pd.DataFrame({"year": [0], "actor": ["a"], "cost": [1]}), 0),
        KeyError,
        "'saving'",
        "ingen kolumn 'saving'",
        id="no savings",
    ),
]

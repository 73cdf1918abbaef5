"""The value explorer, driven as a user drives it: move, press, read."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from siru_course.language import in_language, use_language
from siru_course.valuation import ValueMap, brobygget
from siru_course.widgets.value_explorer import ValueExplorer, value_explorer

SLIDERS = ["deadweight", "displacement", "attribution", "drop_off", "duration_years"]


def small(**changes: Any) -> ValueMap:
    """Give a map with two rows; the first is worth 400, the second 100, of inputs of 250."""
    rows = {"stakeholder": ["Ada", "Bo"], "outcome": ["In work", "A friend"], "quantity": [4, 1], "proxy": [100, 100]}
    rows |= {share: [0.0, 0.0] for share in SLIDERS[:4]}
    rows |= {"duration_years": [1, 1], "starts": [1, 1], "note": ["x", "y"]}
    put_in = {"stakeholder": ["Town"], "description": ["Money"], "value": [changes.pop("value", 250)]}
    return ValueMap(pd.DataFrame({**rows, **changes}), pd.DataFrame(put_in), 0.0)


def controls(box: Any) -> Iterator[Any]:
    """Give all controls that a person can reach by the tab key."""
    for child in box.children:
        if hasattr(child, "children"):
            yield from controls(child)
        elif type(child).__name__ != "HTML":
            yield child


def saved(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class TestControls:
    @pytest.mark.parametrize("code", ["en", "sv"])
    def test_each_control_has_a_label_of_its_own_and_a_tooltip(self, code: str) -> None:
        with in_language(code):
            found = list(controls(value_explorer()))
        assert all(control.description and control.tooltip for control in found)
        assert max(Counter(control.description for control in found).values()) == 1
        assert len(found) == 11

    def test_a_tool_keeps_the_language_it_was_made_in(self) -> None:
        with in_language("sv"):
            tool = value_explorer()
        use_language("en")
        tool.sliders["deadweight"].value = 0.9
        assert re.fullmatch(r"Dödvikt: 90 %\. Kvot: 1,\d\d\.", tool.message)
        assert "Känner att de hör hemma" in tool.result.value
        assert not re.search(r"Ratio|Assumption|Stakeholder", tool.result.value)

    def test_the_status_line_is_announced(self) -> None:
        assert re.match(r'<div role="status" lang="en">\S', value_explorer().status.value)

    def test_an_outcome_shows_its_own_assumptions(self) -> None:
        tool = value_explorer()
        tool.outcome.value = 6
        row = brobygget().outcomes.iloc[6]
        assert [tool.sliders[column].value for column in SLIDERS] == row[SLIDERS].tolist()
        assert tool.value_map.ratio() == brobygget().ratio()


class TestExploring:
    @pytest.mark.parametrize(
        ("column", "value", "ratio"),
        [("deadweight", 0.5, 1.2), ("displacement", 1, 0.4), ("attribution", 0.25, 1.6), ("duration_years", 2, 3.6)],
    )
    def test_a_slider_changes_the_row_and_the_ratio(self, column: str, value: float, ratio: float) -> None:
        tool = value_explorer(small())
        tool.sliders[column].value = value
        assert tool.value_map.outcomes[column].tolist()[0] == value
        assert tool.value_map.ratio() == pytest.approx(ratio)
        assert f"Ratio: {ratio:.2f}." in tool.message
        assert re.search(
            rf"Ratio at the start +2\.00\n(.*\n)*Net ratio +{ratio - 1:.2f}\n".replace("(.*\n)*", ""), tool.text
        )

    def test_drop_off_counts_from_the_second_year(self) -> None:
        tool = value_explorer(small(duration_years=[2, 1]))
        tool.sliders["drop_off"].value = 0.5
        assert tool.value_map.ratio() == pytest.approx((400 + 200 + 100) / 250)

    def test_the_discount_rate_is_for_the_whole_map(self) -> None:
        tool = value_explorer(small())
        tool.rate.value = 0.1
        assert tool.value_map.ratio() == pytest.approx(2 / 1.1)
        assert tool.message == "Discount rate: 10.0 %. Ratio: 1.82."

    def test_the_other_row_is_left_as_it_is(self) -> None:
        tool = value_explorer(small())
        tool.outcome.value = 1
        tool.sliders["attribution"].value = 1
        assert tool.value_map.outcomes["attribution"].tolist() == [0, 1]
        assert tool.value_map.outcomes["note"].tolist() == ["x", "y"]

    def test_the_map_given_is_never_changed(self) -> None:
        given = small()
        value_explorer(given).sliders["deadweight"].value = 1
        assert given.ratio() == 2

    def test_the_page_shows_interval_break_even_bars_and_stakeholders(self) -> None:
        tool = value_explorer(small())
        drawn = small().simulate(2000)
        assert f"{drawn.quantiles[0.05]:.2f}–{drawn.quantiles[0.95]:.2f}" in tool.text
        assert re.search(r"Break-even factor +0\.50", tool.text)
        assert re.search(r"quantity, Ada: In work +1\.68 → 2\.32", tool.text)
        assert re.search(r"Town +250 +0 +-250", tool.text)
        assert tool.result.value.count("<svg") == 8
        assert "quantity, Ada: In work" in tool.result.value

    def test_what_the_user_wrote_is_shown_as_text(self) -> None:
        tool = value_explorer(small(outcome=["<b>x</b>", "y"], stakeholder=["<i>A</i>", "B"]))
        assert not re.search("<[bi]>", tool.result.value)

    def test_a_map_without_a_ratio_is_told(self) -> None:
        tool = value_explorer(small(value=0))
        tool.sliders["deadweight"].value = 0.5
        assert "The inputs add up to 0" in tool.message
        assert "Present value of the outcomes" in tool.text

    def test_a_map_worth_nothing_has_no_break_even(self) -> None:
        tool = value_explorer(small(quantity=[0, 0]))
        assert re.search(r"Break-even factor +–", tool.text)

    def test_a_long_duration_and_a_high_rate_have_room(self) -> None:
        given = small(duration_years=[40, 1])
        tool = value_explorer(ValueMap(given.outcomes, given.inputs, 0.4))
        assert (tool.sliders["duration_years"].value, tool.rate.value) == (40, 0.4)


class TestTakingBack:
    def test_undo_takes_back_the_last_change_and_then_the_one_before(self) -> None:
        tool = value_explorer(small())
        tool.sliders["deadweight"].value = 0.5
        tool.outcome.value = 1
        tool.sliders["deadweight"].value = 0.8
        tool.undo_button.click()
        assert tool.value_map.outcomes["deadweight"].tolist() == [0.5, 0]
        assert tool.sliders["deadweight"].value == 0
        tool.undo_button.click()
        assert tool.value_map.ratio() == 2
        assert tool.message == "The last change is taken back. Ratio: 2.00."
        tool.undo_button.click()
        assert tool.message == "There is no change to take back."

    def test_back_to_the_start_takes_back_all_and_can_be_undone(self) -> None:
        tool = value_explorer(small())
        tool.sliders["deadweight"].value = 0.5
        tool.rate.value = 0.1
        tool.start_button.click()
        assert (tool.value_map.ratio(), tool.rate.value, tool.sliders["deadweight"].value) == (2, 0, 0)
        tool.undo_button.click()
        assert tool.value_map.rate == 0.1
        assert tool.sliders["deadweight"].value == 0.5


class TestSaving:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "värden.csv"

    def test_each_change_is_in_the_file_when_it_is_made(self, path: Path) -> None:
        tool = value_explorer(small(), save_to=path)
        tool.sliders["deadweight"].value = 0.5
        assert [line["deadweight"] for line in saved(path)] == ["0.5", "0.0"]
        assert str(path) in tool.message
        tool.rate.value = 0.05
        assert [line["rate"] for line in saved(path)] == ["0.05", "0.05"]
        tool.start_button.click()
        assert [line["deadweight"] for line in saved(path)] == ["0.0", "0.0"]
        assert [line["note"] for line in saved(path)] == ["x", "y"]

    def test_it_continues_from_the_file(self, path: Path) -> None:
        first = value_explorer(save_to=path)
        first.outcome.value = 3
        first.sliders["duration_years"].value = 7
        first.rate.value = 0.06
        second = value_explorer(save_to=path)
        assert str(path) in second.message
        assert second.value_map.ratio() == first.value_map.ratio()
        assert second.rate.value == 0.06
        assert second.text == first.text
        second.start_button.click()
        assert second.value_map.ratio() == brobygget().ratio()

    def test_changes_are_there_when_the_kernel_is_killed(self, path: Path) -> None:
        code = (
            "import time\nfrom siru_course.widgets.value_explorer import value_explorer\n"
            f"tool = value_explorer(save_to={str(path)!r})\ntool.sliders['deadweight'].value = 0.11\n"
            "print('in', flush=True)\ntime.sleep(60)\n"
        )
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait()
        process.stdout.close()
        assert value_explorer(save_to=path).sliders["deadweight"].value == 0.11

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"name,age\nAda,3\n", "Missing columns"),
            (b"\xff\xfe\x00", "cannot be read"),
        ],
    )
    def test_a_file_that_is_something_else_is_told_and_left_alone(self, path: Path, content: bytes, said: str) -> None:
        path.write_bytes(content)
        tool = value_explorer(small(), save_to=path)
        assert said in tool.message
        assert "nothing is saved" in tool.message
        tool.sliders["deadweight"].value = 0.5
        assert tool.value_map.ratio() == pytest.approx(1.2)
        assert path.read_bytes() == content

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("In work", "In school", "other outcomes"),
            ("0.5", "half", "column deadweight holds 'half'"),
            ("0.5", "50", "deadweight is 50"),
        ],
    )
    def test_a_file_that_does_not_fit_the_map_is_told_and_left_alone(
        self, path: Path, old: str, new: str, said: str
    ) -> None:
        value_explorer(small(), save_to=path).sliders["deadweight"].value = 0.5
        content = path.read_text(encoding="utf-8").replace(old, new)
        path.write_text(content, encoding="utf-8")
        tool = value_explorer(small(), save_to=path)
        assert said in tool.message
        tool.sliders["deadweight"].value = 0.25
        assert path.read_text(encoding="utf-8") == content

    def test_odd_words_survive_the_file(self, path: Path) -> None:
        words = {"stakeholder": ['Åsa, "Å"', "=1+1"], "outcome": ["a\r\nb", " NA "]}
        value_explorer(small(**words), save_to=path).sliders["deadweight"].value = 0.5
        again = value_explorer(small(**words), save_to=path)
        assert again.value_map.outcomes["deadweight"].tolist() == [0.5, 0]
        assert again.value_map.outcomes["outcome"].tolist() == words["outcome"]

    def test_a_change_that_cannot_be_saved_is_told_and_kept(self, path: Path, monkeypatch: Any) -> None:
        tool = value_explorer(small(), save_to=path)

        def full(_file: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as disk:
            disk.setattr(os, "fsync", full)
            tool.sliders["deadweight"].value = 0.5
        assert "could not be saved" in tool.message
        assert tool.value_map.ratio() == pytest.approx(1.2)
        tool.rate.value = 0.05
        assert [line["deadweight"] for line in saved(path)] == ["0.5", "0.0"]

    def test_a_folder_that_does_not_exist_is_told_at_once(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="nowhere"):
            value_explorer(save_to=tmp_path / "nowhere" / "x.csv")

    def test_what_is_no_value_map_is_told_at_once(self) -> None:
        with pytest.raises(ValueError, match="value_map is 'DataFrame'"):
            value_explorer(pd.DataFrame())  # type: ignore[arg-type]


class TestWorkbook:
    @pytest.fixture
    def tool(self, tmp_path: Path) -> ValueExplorer:
        made = value_explorer(small())
        made.file_name.value = str(tmp_path / "map.xlsx")
        return made

    def test_the_map_as_it_is_now_is_written(self, tool: ValueExplorer) -> None:
        tool.sliders["deadweight"].value = 0.5
        tool.excel_button.click()
        assert f"The workbook is in {tool.file_name.value}." == tool.message
        assert ValueMap.from_excel(tool.file_name.value).ratio() == pytest.approx(1.2)
        tool.start_button.click()
        tool.excel_button.click()
        assert ValueMap.from_excel(tool.file_name.value).ratio() == 2

    def test_a_workbook_of_somebody_elses_is_left_as_it_is(self, tool: ValueExplorer) -> None:
        book = openpyxl.Workbook()
        book.save(tool.file_name.value)
        before = Path(tool.file_name.value).read_bytes()
        tool.excel_button.click()
        assert "There is a file" in tool.message
        assert Path(tool.file_name.value).read_bytes() == before

    def test_a_name_that_is_no_workbook_is_told(self, tool: ValueExplorer) -> None:
        tool.file_name.value = "map.txt"
        tool.excel_button.click()
        assert "end with .xlsx" in tool.message


class TestWithoutKernel:
    @pytest.mark.parametrize(("code", "where"), [("en", "in the notebook"), ("sv", "i anteckningsboken")])
    def test_the_page_shows_the_result_and_where_the_live_tool_is(self, code: str, where: str) -> None:
        with in_language(code):
            bundle = value_explorer()._repr_mimebundle_()
        assert where in bundle["text/html"]
        assert where in bundle["text/plain"]
        assert "<svg" in bundle["text/html"]
        assert not re.search(r"<script|widget-state|on\w+=", bundle["text/html"])
        assert ("1.90" if code == "en" else "1,90") in bundle["text/plain"]

    def test_a_screenshot_is_not_needed_to_read_the_bars(self) -> None:
        html = value_explorer(small()).result.value
        assert html.count("<svg") == html.count('aria-hidden="true"')
        assert "1.68 → 2.32" in html


def test_the_folder_of_the_notebook_may_change_while_the_tool_is_open(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    tool = value_explorer(small(), save_to="x.csv")
    monkeypatch.chdir(tmp_path / "other")
    tool.sliders["deadweight"].value = 0.5
    assert (tmp_path / "x.csv").exists()
    shutil.rmtree(tmp_path / "other", ignore_errors=True)

"""The exercise notebooks are sound as they stand: structure, points, and no word that disagrees with the data."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from siru_course import attribution, data, dialogue, valuation

EXERCISES = Path(__file__).parents[2] / "exercises"
SOURCES = sorted(path for code in ("en", "sv") for path in (EXERCISES / code).glob("*/*.ipynb"))
AUTO, MANUAL = 70, 30
CHECKS = {"number", "text", "table", "choice", "choices", "ranking", "true"}
HEADING = re.compile(r"^## (?:Task|Uppgift) (?P<number>\d+) · .+ \((?P<points>\d+) (?:points|poäng)\)$", re.MULTILINE)

pytestmark = pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parents[1].name}-{path.stem}")


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def grader(cell: nbformat.NotebookNode) -> dict[str, object]:
    return dict(cell.metadata.get("nbgrader", {}))


def kind(cell: nbformat.NotebookNode) -> str:
    """Name what the cell is to nbgrader: tests, written (by hand), answer, scheme, locked, or nothing."""
    known = grader(cell)
    if "BEGIN MARK SCHEME" in cell.source:
        return "scheme"
    if known.get("grade"):
        return "written" if known["solution"] else "tests"
    if known.get("solution"):
        return "answer"
    return "locked" if known.get("locked") else ""


def points_of_checks(code: str) -> list[float]:
    """Find the points of each check in a test cell."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHECKS:
            if getattr(node.func.value, "id", "") != "checks":
                continue
            (worth,) = (keyword.value for keyword in node.keywords if keyword.arg == "points")
            found.append(float(ast.literal_eval(worth)))
    return found


def without_hidden(code: str) -> str:
    return re.sub(r"^ *### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS\n", "", code, flags=re.DOTALL | re.MULTILINE)


def test_it_is_a_valid_notebook_without_outputs(path: Path) -> None:
    book = read(path)
    nbformat.validate(book)
    assert (book.nbformat, book.nbformat_minor) == (4, 5)
    assert book.metadata.siru.language == path.parents[1].name
    assert set(book.metadata) == {"kernelspec", "siru"}
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == []


def test_nbgrader_accepts_its_metadata(path: Path) -> None:
    MetadataValidator().validate_nb(read(path))


def test_ids_can_be_read_and_are_used_once(path: Path) -> None:
    cells = read(path).cells
    ids = [cell.id for cell in cells]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", name)] == []
    graded = [(cell.id, grader(cell)["grade_id"]) for cell in cells if grader(cell)]
    assert [pair for pair in graded if pair[0] != str(pair[1]).replace("_", "-")] == []


def test_points_add_up(path: Path) -> None:
    cells = read(path).cells
    stored = {
        name: sum(float(str(grader(c)["points"])) for c in cells if kind(c) == name) for name in ("tests", "written")
    }
    assert stored == {"tests": AUTO, "written": MANUAL}
    headings = [match for cell in cells if (match := HEADING.search(cell.source))]
    assert [int(match["number"]) for match in headings] == list(range(1, len(headings) + 1))
    assert sum(int(match["points"]) for match in headings) == AUTO + MANUAL


def test_each_task_has_its_parts_in_order(path: Path) -> None:
    shown: str | None = None
    parts: list[str] = []
    tasks: list[tuple[str | None, list[str], object]] = []
    for cell in read(path).cells:
        if match := HEADING.search(cell.source):
            shown, parts = match["points"], []
        elif cell.id.startswith("try-"):
            parts.append("try")
        elif kind(cell):
            parts.append(kind(cell))
        if kind(cell) in ("tests", "written"):
            tasks.append((shown, parts, grader(cell)["points"]))
    for heading, found, stored in tasks:
        assert float(str(heading)) == stored
        assert found[:3] == ["answer", "try", "tests"] or found[:3] == ["try", "written", "scheme"]


def test_each_test_cell_gives_the_points_it_stores(path: Path) -> None:
    seen = total = 0.0
    for cell in read(path).cells:
        if kind(cell) != "tests":
            continue
        assert sum(points_of_checks(cell.source)) == grader(cell)["points"], cell.id
        assert cell.source.rstrip().endswith("\ntask.score"), cell.id
        seen += sum(points_of_checks(without_hidden(cell.source)))
        total += float(str(grader(cell)["points"]))
    assert 0.4 * total <= seen <= 0.6 * total


def test_starters_are_question_marks_or_nothing(path: Path) -> None:
    """What stands outside the solution is what a learner starts from: it must not hold an answer."""
    for cell in read(path).cells:
        if kind(cell) != "answer":
            continue
        starter = re.sub(r"### BEGIN SOLUTION.*?### END SOLUTION", "", cell.source, flags=re.DOTALL)
        given = [node.value for node in ast.walk(ast.parse(starter)) if isinstance(node, ast.Assign)]
        assert all(is_open(value) for value in given), cell.id


def is_open(value: ast.expr) -> bool:
    """Tell whether a value holds question marks only, or is what the setup gives to begin from: proposal("AG03")."""
    if isinstance(value, ast.Dict):
        return all(map(is_open, value.values))
    if isinstance(value, ast.List | ast.Tuple):
        return all(map(is_open, value.elts))
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and all(isinstance(given, ast.Constant) for given in value.args)
    return isinstance(value, ast.Constant) and value.value == "?"


def test_notes_are_quoted_as_they_were_written(path: Path) -> None:
    if path.stem != "dialogue":
        pytest.skip("only this exercise quotes notes")
    language = path.parents[1].name
    texts = data.load("dialogue_ideas").set_index("idea_id")[f"text_{language}"]
    source = "\n".join(cell.source for cell in read(path).cells)
    quoted = re.findall(r'^ +# (.+)\n +"(I\d{3})": "\?",$', source, flags=re.MULTILINE)
    assert {note: text for text, note in quoted} == {note: texts[note] for _, note in quoted}
    assert set(re.findall(r"\bI\d{3}\b", source)) <= set(texts.index)


def test_model_answers_give_the_numbers_of_the_ballots(path: Path) -> None:
    if path.stem != "dialogue":
        pytest.skip("only this exercise has ballots")
    ballots = data.load("ballots")
    (scheme,) = (cell.source for cell in read(path).cells if cell.id == "mark-scheme-how-we-chose")
    (model,) = (cell.source for cell in read(path).cells if cell.id == "how-we-chose")
    counted = {rule: dialogue.tally(ballots, rule).scores for rule in ("approval", "dots", "plurality")}
    merged = dialogue.merge_options(ballots, together=["A", "B"], name="AB")
    (numbers,) = (line for line in scheme.splitlines() if line.startswith(("The numbers:", "Siffrorna:")))
    in_order = [int(score) for scores in counted.values() for score in scores]
    twins = {rule: int(dialogue.tally(merged, rule).scores["AB"]) for rule in ("approval", "dots")}
    assert [int(n) for n in re.findall(r"\b[A-F] (\d+)", numbers)] == in_order
    assert re.findall(r"(?:as one|som ett), (\d+)|(?:together|tillsammans) (\d+)", numbers) == [
        (str(twins["approval"]), ""),
        ("", str(twins["dots"])),
    ]
    for text in (model, scheme):
        assert re.search(rf"\b{counted['approval']['D']} (of|av) {len(ballots)}\b", text)


def test_rows_are_quoted_as_the_maps_have_them(path: Path) -> None:
    if path.stem != "valuation":
        pytest.skip("only this exercise has value maps")
    ending = "" if path.parents[1].name == "en" else "_sv"
    maps = data.load("brobygget_value_map").set_index(["version", "row_id"])
    cells = {cell.id: cell.source for cell in read(path).cells}
    quoted = re.findall(r'^ +# (.+): (.+)\n +"(V\d\d)": "\?",$', cells["planted-errors"], flags=re.MULTILINE)
    for who, what, row in quoted:
        assert list(maps.loc[("flawed", row), ["stakeholder" + ending, "outcome" + ending]]) == [who, what]
    # Every row that has a fault is asked about, and the row that is left out is asked for by another question.
    good, flawed = maps.loc["good"], maps.loc["flawed"]
    same = [row for row in flawed.index.intersection(good.index) if flawed.loc[row].equals(good.loc[row])]
    asked = {row for _who, _what, row in quoted}
    assert set(flawed.index) - set(same) <= asked
    assert len(asked & set(same)) == 3
    # The line that shows how a row is worked out has that row's numbers.
    (line,) = re.findall(r"^66 \* .+$", cells["task-one-row"], flags=re.MULTILINE)
    shown = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", line) if number != "1"]
    assert shown == list(good.loc["V04", ["quantity", "proxy", "deadweight", "displacement", "attribution"]])


def test_model_answers_give_the_numbers_of_the_map(path: Path) -> None:
    if path.stem != "valuation":
        pytest.skip("only this exercise has value maps")
    cells = {cell.id: cell.source for cell in read(path).cells}
    good = valuation.brobygget()
    fewer = valuation.ValueMap(good.outcomes.drop("V02"), good.inputs, good.rate)
    drawn = good.simulate(seed=1, spread=0.5)
    purses = valuation.pockets(data.load("investment_cashflows"), 0.035, cashable_only=True)
    every = valuation.pockets(data.load("investment_cashflows"), 0.035)
    town, state = purses.table.loc["municipality"], purses.table.loc["state"]
    known = {
        "mark-scheme-honest-paragraph": [
            good.ratio(),
            good.net_ratio(),
            good.break_even(),
            fewer.ratio(),
            good.present_value() / 1e6,
            good.inputs["value"].sum() / 1e6,
            100 * (1 - fewer.ratio() / good.ratio()),
            drawn.quantiles[0.05],
            drawn.quantiles[0.95],
        ],
        "mark-scheme-would-have-to-be-true": [
            *(amount / 1e6 for amount in (town["cost"], town["saving"], -town["net"])),
            100 * (town["cost"] / town["saving"] - 1),
            *(amount / 1e6 for amount in (state["cost"], state["net"])),
            -purses.by_year["municipality"].min() / 1e6,
            -every.table.loc["municipality", "net"] / 1e6,
        ],
    }
    assert purses.by_year["municipality"].idxmin() == 1
    for name, numbers in known.items():
        (line,) = (line for line in cells[name].splitlines() if line.startswith(("The numbers", "Siffrorna")))
        written = [float(number.replace(",", ".")) for number in re.findall(r"\d+[.,]\d\d|\b(?:41|28)(?= %)", line)]
        assert written == [round(number) if number > 10 else round(number, 2) for number in numbers]
        # What the samples say is rounded from the same numbers.
        model = cells[name.removeprefix("mark-scheme-")].replace(",", ".")
        for number in numbers[:1] if "honest" in name else [*numbers[:2], numbers[5]]:
            assert f"{number:.2f}" in model or f"{number:.1f}" in model


def test_the_effect_on_work_is_told_with_its_interval(path: Path) -> None:
    if path.stem != "valuation":
        pytest.skip("only this exercise has value maps")
    (told,) = (cell.source for cell in read(path).cells if cell.id == "task-would-have-to-be-true")
    (line,) = (line for line in told.splitlines() if re.search(r"\b95\b", line))
    panel = data.load("brobygget_panel")
    effect = attribution.difference_in_differences(panel, "employed", "treated", "post", cluster="person_id")
    people = panel.loc[panel["treated"] == 1, "person_id"].nunique()
    numbers = [round(people * share) for share in (effect.estimate, effect.ci_low, effect.ci_high)]
    assert [int(number) for number in re.findall(r"\d+", line)] == [6, numbers[0], 95, *numbers[1:], numbers[0]]


@pytest.mark.slow
def test_every_cell_of_a_source_runs_with_its_solutions(path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", "-c", os.devnull, path.name],
        cwd=path.parent,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-4000:]

"""The visible checks: what a learner is told, what a task is worth, and what nbgrader makes of it."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.utils import determine_grade
from scipy.stats import kendalltau

from siru_course import checks
from siru_course.language import in_language

ROOT = Path(__file__).parents[1]
SECTORS = ["public", "private", "civil"]


def people() -> pd.DataFrame:
    return pd.DataFrame({"sector": SECTORS, "n": [20, 12, 16], "share": [0.4167, 0.25, 0.3333]})


def misspelt() -> Any:
    return gini_of_turns  # type: ignore[name-defined]  # noqa: F821


# Numbers


@pytest.mark.parametrize(
    "answer",
    [
        0.41,
        np.float32(0.41),
        np.float64(0.41),
        np.array(0.41),
        np.array([0.41]),
        pd.Series([0.41], index=["gini"]),
        pd.DataFrame({"gini": [0.41]}),
        Decimal("0.41"),
        Fraction(41, 100),
        [0.41],
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_any_kind_of_number_is_a_number(answer: Any) -> None:
    assert checks.number("Gini", lambda: answer, 0.41).met == 1
    assert checks.number("Gini", lambda: answer, 0.43).met == 0


@given(st.floats(0.1, 100_000))
def test_an_answer_rounded_to_two_decimals_passes(expected: float) -> None:
    assert checks.number("Mean", round(expected, 2), expected).met == 1


@pytest.mark.parametrize(
    ("answer", "expected", "met"),
    [
        (44, 45, 0),  # a count must be exact ...
        (45.0, 45, 1),
        (1000, 1001, 0),  # ... however large
        (0.3, 0.34, 0),
        (0.004, 0.0045, 0),  # small numbers need their own decimals
        (0.0, 0.004, 0),
        (1_234_567, 1_234_567.4, 1),
        (0.1 + 0.2, 0.3, 1),
        (0, 0.0, 1),
        (-0.41, 0.41, 0),
    ],
)
def test_how_close_a_number_must_be_without_a_tolerance(answer: float, expected: float, met: int) -> None:
    assert checks.number("Number", answer, expected).met == met


@pytest.mark.parametrize(("answer", "met"), [(0.42, 1), (0.40, 1), (0.4201, 0), (0.3999, 0)])
def test_a_tolerance_includes_its_ends(answer: float, met: int) -> None:
    assert checks.number("Gini", answer, 0.41, tolerance=0.01).met == met


@pytest.mark.parametrize(
    ("answer", "english", "swedish"),
    [
        ("0,41", "Write 0.41 with a decimal point and without", "Skriv 0.41 med decimalpunkt och utan citattecken"),
        ("0.41", "Write 0.41 with a decimal point and without", "Skriv 0.41 med decimalpunkt och utan citattecken"),
        ("45", "Write 45 without quotation marks", "Skriv 45 utan citattecken"),
        ((0, 41), "Write 0.41 with a decimal point: Python reads a comma", "Python läser ett komma som två tal"),
        ("many", "This is text", "Det här är text"),
        (True, "This is True", "Det här är True"),
        (np.False_, "This is False", "Det här är False"),
        (pd.Series([1, 2]), "a table with 2 values; one number", "en tabell med 2 värden; här behövs ett enda tal"),
        ([1, 2, 3], "a collection of 3 values", "en samling med 3 värden"),
        (float("nan"), "This is NaN", "Det här är NaN"),
        (pd.NA, "This is NaN", "Det här är NaN"),
        (float("inf"), "This is infinite", "Det här är oändligt"),
        (len, "`len` is a function: write parentheses", "`len` är en funktion: skriv parenteser"),
        (object(), "This is not a number but `object`", "Det här är inte ett tal utan `object`"),
        (41, "write a share between 0 and 1", "skriv en andel mellan 0 och 1"),
        (0.4, "looks rounded", "ser avrundat ut"),
        (0.59, "You have 0.59.", "Du har svarat 0,59."),
    ],
)
def test_what_is_wrong_with_a_number_is_said(answer: Any, english: str, swedish: str) -> None:
    row = checks.number("Gini", lambda: answer, 0.4137, tolerance=0.005)
    assert (row.met, english in row.message) == (0, True), row.message
    with in_language("sv"):
        row = checks.number("Gini", lambda: answer, 0.4137, tolerance=0.005)
    assert swedish in row.message


# Answers that are not there

TABLE = pd.DataFrame({"seat": [1, 2]}, index=["P1", "P2"])


@pytest.mark.parametrize(
    ("value", "english", "swedish"),
    [
        (misspelt, "`gini_of_turns` is not defined yet: run the cell above", "`gini_of_turns` finns inte än"),
        (lambda: ..., "Not answered yet", "Inte besvarat än"),
        (lambda: None, "Not answered yet", "Inte besvarat än"),
        (..., "Not answered yet", "Inte besvarat än"),
        (lambda: {"plurality": ...}["plurality"] + 1, "Not answered yet", "Inte besvarat än"),
        (lambda: {}["borda"], "nothing called `borda` in your answer", "inget som heter `borda` i ditt svar"),
        (
            lambda: TABLE.loc[["P9", "P8"]],
            "A name or an id is missing from your answer",
            "Ett namn eller ett id saknas",
        ),
        (
            lambda: TABLE[["seat", "table"]],
            "A name or an id is missing from your answer",
            "Ett namn eller ett id saknas",
        ),
        (lambda: 1 / 0, "division by zero (ZeroDivisionError)", "division by zero (ZeroDivisionError)"),
        (lambda: sys.exit(3), "Python stopped with: 3 (SystemExit)", "Python stannade med felet: 3 (SystemExit)"),
        (lambda: (1 / n for n in [1, 0]), "division by zero", "division by zero"),
    ],
)
def test_an_answer_that_cannot_be_got_is_told_kindly_by_every_check(value: Any, english: str, swedish: str) -> None:
    every: list[Callable[[], checks.Row]] = [
        lambda: checks.number("Check", value, 1),
        lambda: checks.text("Check", value, "a"),
        lambda: checks.choice("Check", value, "a"),
        lambda: checks.choices("Check", value, {"a": "b"}),
        lambda: checks.ranking("Check", value, ["a", "b"]),
        lambda: checks.table("Check", value, people()),
        lambda: checks.true("Check", value, "Seat at most five."),
    ]
    for check in every:
        row = check()
        assert (row.met, english in row.message, "\n" in row.message) == (0, True, False), row.message
        with in_language("sv"):
            assert swedish in check().message


class Unfriendly:
    """An answer that raises whatever is done to it."""

    shape = ("a",)

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    def __repr__(self) -> str:
        raise RuntimeError

    def __iter__(self) -> Iterator[Any]:
        raise RuntimeError

    def __bool__(self) -> bool:
        raise RuntimeError

    __hash__ = None  # type: ignore[assignment]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(...) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=4)
        | st.lists(inner, max_size=4).map(lambda cells: pd.Series(cells, dtype=object))
        | st.lists(inner, max_size=4).map(lambda cells: pd.DataFrame({"n": pd.Series(cells, dtype=object)}))
    ),
    max_leaves=8,
) | st.builds(Unfriendly)

# Whatever else the messages show, they must not show these.
SECRETS = ("7341.25", "7,341.25", "kvastskaft", "rabarber", "lingonris")


@given(ANYTHING)
def test_no_answer_raises_or_is_told_what_is_expected(answer: Any) -> None:
    secret = pd.DataFrame({"sector": ["lingonris", "civil"], "n": [7341.25, 2.0]})
    with checks.task("Everything", points=7) as task:
        checks.number("Check", answer, 7341.25)
        checks.text("Check", answer, {"kvastskaft", "rabarber"})
        checks.choice("Check", answer, "rabarber")
        checks.choices("Check", answer, {"": "kvastskaft", "0": {"rabarber"}, "a": "lingonris"})
        checks.ranking("Check", answer, ["a", "0", "1"])
        checks.table("Check", answer, secret)
        checks.table("Check", answer, secret.set_index("sector"))
        checks.true("Check", answer, "Do it again.")
    assert len(task.results) == 8
    for row in task.results:
        assert 0 <= row.met <= 1
        shown = str(row) + row._repr_html_()
        assert not any(secret in shown for secret in SECRETS)
    assert 0 <= task.score <= 7


@pytest.mark.parametrize("answer", [7341.3, 7340, 7341.2501, 734125, "7", [7341]])
def test_a_number_near_the_right_one_does_not_give_it_away(answer: Any) -> None:
    row = checks.number("Number", answer, 7341.25, tolerance=1e-9)
    assert row.met == 0
    assert "7341.25" not in row.message.replace(",", "")


# Hints


def test_a_recognised_wrong_number_is_named_within_the_tolerance() -> None:
    hints = {0.59: "This is 1 minus the Gini.", 5: "Never."}
    assert "You have 0.592. This is 1 minus the Gini." in checks.number("G", 0.592, 0.41, 0.01, hints=hints).message
    assert "minus" not in checks.number("G", 0.55, 0.41, 0.01, hints=hints).message
    assert checks.number("G", 0.41, 0.41, hints={0.41: "Never."}).message == ""


def test_the_first_hint_that_recognises_the_answer_is_shown() -> None:
    hints: dict[Any, str] = {
        (lambda answer: answer["no such key"]): "A predicate that fails is no match.",
        (lambda answer: answer > 1): "A share is at most 1.",
        30: "Thirty.",
    }
    assert checks.number("Share", pd.Series([30]), 0.41, hints=hints).message.endswith("A share is at most 1.")


def test_hints_recognise_text_choices_orders_and_tables_as_they_are_compared() -> None:
    assert (
        "majority"
        in checks.text("C", " Majority  Rule", "consensus", hints={"majority rule": "A majority."}).message.lower()
    )
    assert checks.choice("C", "b ", "A", hints={"B": "Fewest last."}).message.endswith("Fewest last.")
    assert checks.ranking("C", ["b", "A"], ["A", "B"], hints={("B", "A"): "Backwards."}).message.endswith("Backwards.")
    swapped = people().assign(n=[12, 20, 16])
    row = checks.table("C", swapped.iloc[::-1], people(), hints=[(swapped, "Public and private are swapped.")])
    assert row.message.endswith("Public and private are swapped.")


def test_the_hint_replaces_the_general_advice_in_swedish_too() -> None:
    with in_language("sv"):
        row = checks.choice("Regel", "plurality", "borda", hints={"plurality": "Här räknas bara förstaplatserna."})
    assert row.message == "Du har svarat `plurality`. Här räknas bara förstaplatserna."


# Words and choices


@pytest.mark.parametrize(
    "answer", ["Jönköping", " JÖNKÖPING ", "jo\u0308nko\u0308ping", np.str_("Jönköping"), ["Jönköping"]]
)
def test_case_spaces_and_how_a_letter_is_stored_do_not_matter(answer: Any) -> None:
    assert checks.text("Municipality", answer, {"Jönköping", "Jönköpings kommun"}).met == 1


@pytest.mark.parametrize("answer", ["Jonkoping", "Habo", "Jönköping Habo"])
def test_other_words_are_not_the_same_word(answer: str) -> None:
    row = checks.text("Municipality", answer, "Jönköping")
    assert (row.met, f"`{answer}`" in row.message) == (0, True)


@pytest.mark.parametrize("answer", ["a", "A ", "A.", "a)", np.array(["A"]), ["A"]])
def test_a_choice_may_be_written_in_several_ways(answer: Any) -> None:
    assert checks.choice("Rule", answer, "A", options=["A", "B"]).met == 1


def test_an_answer_outside_the_options_lists_them() -> None:
    assert "Choose one of: `A`, `B`." in checks.choice("Rule", "E", "A", options=["A", "B"]).message
    assert "`A`" not in checks.choice("Rule", "B", "A", options=["A", "B"]).message
    with in_language("sv"):
        assert "Välj något av: `A`, `B`." in checks.choice("Regel", "E", "A", options=["A", "B"]).message
    assert "One answer is needed" in checks.choice("Rule", ["A", "B"], "A").message


def test_what_a_learner_wrote_is_shortened() -> None:
    assert len(checks.text("Word", "long " * 200, "short").message) < 150


# Classifications

NOTES = {"I001": "A", "I002": {"B", "C"}, "I003": "D"}


@pytest.mark.parametrize(
    "answer",
    [
        {"I001": "a", "I002": "C ", "I003": "D"},
        pd.Series({"I003": "D", "I002": "B", "I001": "A"}),
        [("I001", "A"), ("I002", "B"), ("I003", "D")],
    ],
)
def test_a_classification_may_be_a_dictionary_a_series_or_pairs(answer: Any) -> None:
    assert checks.choices("Notes", answer, NOTES).met == 1


@given(st.lists(st.sampled_from(["A", "B", "C", "D"]), min_size=3, max_size=3))
def test_each_item_counts_the_same_and_none_is_pointed_out(answers: list[str]) -> None:
    right = sum([answers[0] == "A", answers[1] in "BC", answers[2] == "D"])
    row = checks.choices("Notes", dict(zip(NOTES, answers, strict=True)), NOTES)
    assert row.met == right / 3
    if right < 3:
        assert f"{right} of 3 are right." in row.message
        assert not any(item in row.message for item in NOTES)


def test_hints_of_a_classification_name_an_answer_or_an_item_with_its_answer() -> None:
    hints = {("I001", "D"): "Read the first note again.", "D": "D is the solution, not the need."}
    message = checks.choices("Notes", {"I001": "A", "I002": "D", "I003": "D"}, NOTES, hints=hints).message
    assert message == "2 of 3 are right. D is the solution, not the need."
    message = checks.choices("Notes", {"I001": "D", "I002": "D", "I003": "D"}, NOTES, hints=hints).message
    assert message == "1 of 3 are right. Read the first note again."


def test_gaps_strange_items_and_strange_answers_are_said() -> None:
    answer = {"I001": "A", "I002": ..., "I099": "A", "I003": "X"}
    message = checks.choices("Notes", answer, NOTES, options="ABCD").message
    assert "1 item has no answer yet." in message
    assert "`I099` is not one of the items." in message
    assert "`X` cannot be chosen; choose among: `A`, `B`, `C`, `D`." in message
    with in_language("sv"):
        assert "1 av 3 är rätt. 1 svar saknas än." in checks.choices("Lappar", answer, NOTES).message
    assert "Not answered yet" in checks.choices("Notes", dict.fromkeys(NOTES, ""), NOTES).message


def test_two_answers_to_one_item_are_not_a_way_round() -> None:
    assert checks.choices("Notes", {item: ["A", "B", "C", "D"] for item in NOTES}, NOTES).met == 0


# Orders


@pytest.mark.parametrize(
    "answer",
    [
        ["O", "R", "I", "D"],
        ("o", "r", "i", "d"),
        np.array(list("ORID")),
        pd.Series(list("ORID")),
        pd.Index(list("ORID")),
        iter("ORID"),
        "O > R > I > D",
        "O, R, I, D",
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_an_order_may_be_written_in_several_ways(answer: Any) -> None:
    assert checks.ranking("ORID", answer, ["O", "R", "I", "D"]).met == 1


@given(st.permutations(range(6)))
def test_a_partly_right_order_gives_its_share_of_pairs(order: list[int]) -> None:
    names = list("ABCDEF")
    tau = kendalltau(range(6), [order.index(position) for position in range(6)]).statistic
    row = checks.ranking("Order", [names[position] for position in order], names, partial=True)
    assert row.met == pytest.approx((1 + tau) / 2)
    assert checks.ranking("Order", [names[position] for position in order], names).met == (tau > 0.9999)


@pytest.mark.parametrize(
    ("answer", "english", "swedish"),
    [
        (["A", "B", "B"], "`B` is there more than once. Not ranked yet: `C`.", "`B` finns med mer än en gång."),
        (["A", "B", "C", "Z"], "Not among the names to rank: `Z`.", "namnen som ska rangordnas: `Z`."),
        (["B"], "Not ranked yet: `A`, `C`.", "Inte rangordnat än: `A`, `C`."),
        (["A", ("B", "C")], "Two names share a place", "Två namn delar plats"),
        ({"A", "B", "C"}, "Write a list in order", "Skriv en lista i ordning"),
        ({"A": 1, "B": 2, "C": 3}, "Write a list in order", "Skriv en lista i ordning"),
        (["A", ..., "C"], "Some places have no name yet", "Alla platser har inte fått ett namn än"),
        (7, "Write a list in order", "Skriv en lista i ordning"),
        (["A", "B", "C"], "not in the right order", "ordningen stämmer inte"),
    ],
)
def test_what_is_wrong_with_an_order_is_said(answer: Any, english: str, swedish: str) -> None:
    row = checks.ranking("Order", answer, ["C", "A", "B"])
    assert (row.met, english in row.message) == (0, True), row.message
    with in_language("sv"):
        assert swedish in checks.ranking("Ordning", answer, ["C", "A", "B"]).message


# Tables


@given(st.permutations(range(3)), st.permutations(["sector", "n", "share"]))
def test_the_order_of_rows_and_columns_does_not_matter_unless_asked_for(rows: list[int], columns: list[str]) -> None:
    answer = people().iloc[rows][columns]
    for written in (answer, answer.reset_index(drop=True), answer.set_index("sector"), answer.to_dict("list")):
        assert checks.table("People", written, people()).met == 1
        assert checks.table("People", written, people().set_index("sector")).met == 1
    as_asked = rows == [0, 1, 2] and columns == ["sector", "n", "share"]
    assert checks.table("People", answer, people(), ordered=True).met == as_asked


def test_rows_in_another_order_are_said_when_the_order_counts() -> None:
    message = checks.table("People", people().iloc[::-1], people(), ordered=True).message
    assert message == "The rows are the right ones, but not in the order asked for."


@pytest.mark.parametrize("dtype", ["int64", "float64", "object", "string", "Int64"])
def test_kinds_of_number_and_text_do_not_matter(dtype: str) -> None:
    assert checks.table("People", people().astype({"n": dtype, "sector": "category"}), people()).met == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"civil": 16, "private": 12, "public": 20},
        pd.Series([12, 16, 20], index=["private", "civil", "public"], name="count"),
        pd.DataFrame({"n": [12, 16, 20]}, index=["private", "civil", "public"]),
        pd.DataFrame({"Sektor": ["private", "civil", "public"], "antal": [12, 16, 20]}),
    ],
    ids=["dictionary", "series", "frame", "two columns"],
)
def test_a_series_may_be_a_dictionary_or_a_table(answer: Any) -> None:
    expected = people().set_index("sector")["n"]
    assert checks.table("People", answer, expected).met == 1
    assert checks.table("People", answer, expected + 1).met == 0


def test_values_without_labels_are_taken_in_the_expected_order() -> None:
    expected = people().set_index("sector")["n"]
    assert checks.table("People", [20, 12, 16], expected).met == 1
    assert checks.table("People", pd.Series([20, 12, 16]), expected).met == 1
    assert checks.table("People", [12, 16, 20], expected).met == 0
    assert "you have 2." in checks.table("People", [20, 12], expected).message
    message = checks.table("People", people()[["n", "share"]], people().set_index("sector")).message
    assert message == "Column `sector` is missing."


def test_whole_number_labels_match_whatever_their_kind() -> None:
    expected = pd.Series({1: 4, 2: 5}).rename_axis("table")
    assert checks.table("Sectors", {"1": 4, "2": 5}, expected).met == 1
    assert checks.table("Sectors", expected.reset_index(name="n"), {2: 5, 1: 4}).met == 1
    assert checks.table("Sectors", pd.DataFrame({"table": [2.0, 1.0], "sectors": [5, 4]}), expected).met == 1


def test_two_levels_of_labels_may_come_in_either_order() -> None:
    expected = pd.DataFrame({"sector": ["a", "a", "b"], "gender": ["w", "m", "w"], "n": [1, 2, 3]}).set_index(
        ["sector", "gender"]
    )
    assert checks.table("People", expected.swaplevel().sort_index(), expected).met == 1
    assert checks.table("People", expected.reset_index(), expected["n"]).met == 1


def test_rows_that_nothing_tells_apart_are_compared_as_a_heap() -> None:
    expected = pd.DataFrame({"n": [1.0, 1.0, 2.0], "share": [0.5, 0.25, 0.5]})
    assert checks.table("Rows", expected.iloc[[2, 0, 1]].reset_index(drop=True), expected).met == 1
    assert checks.table("Rows", expected.iloc[[2, 0, 1]].reset_index(drop=True), expected, ordered=True).met == 0
    assert checks.table("Rows", expected.assign(share=[0.5, 0.5, 0.25]), expected).met < 1


def test_a_series_without_labels_is_compared_place_by_place() -> None:
    assert checks.table("Years", [10, 20, 30], pd.Series([10, 20, 30])).met == 1
    assert checks.table("Years", np.array([30, 20, 10]), pd.Series([10, 20, 30])).met == 0


def test_missing_values_equal_only_missing_values() -> None:
    expected = people().assign(share=[0.4167, np.nan, 0.3333])
    assert checks.table("People", expected, expected).met == 1
    assert checks.table("People", people(), expected).met == 1 / 2


def test_numbers_in_a_table_have_a_tolerance() -> None:
    assert checks.table("People", people().round(2), people()).met == 1
    assert checks.table("People", people().round(2), people(), tolerance=0.0001).met == 1 / 2


@pytest.mark.parametrize(
    ("change", "met", "english", "swedish"),
    [
        (lambda t: t.drop(columns="n"), 1 / 2, "Column `n` is missing.", "Kolumnen `n` saknas."),
        (
            lambda t: t.assign(n=[20, 1, 2]),
            1 / 2,
            "2 of 3 rows differ in column `n`. See row `private`.",
            "Se raden `private`.",
        ),
        (lambda t: t.assign(n=[20, 1, 16]), 1 / 2, "1 of 3 rows differs in column `n`.", "1 av 3 rader stämmer inte"),
        (lambda t: t.assign(other=1), 2 / 3, "Column `other` is not asked for.", "Kolumnen `other` ska inte vara med."),
        (lambda t: t.iloc[:1], 0, "2 rows are missing.", "2 rader saknas."),
        (
            lambda t: pd.concat([t, t.assign(sector="Akademi")]).iloc[:4],
            0,
            "1 row is not asked for. See row `Akademi`.",
            "1 rad ska inte",
        ),
        (
            lambda t: pd.concat([t, t.iloc[:1]]),
            0,
            "Row `public` is there more than once.",
            "Raden `public` finns med mer",
        ),
        (lambda t: t.iloc[:0], 0, "This table is empty.", "Tabellen är tom."),
        (lambda t: t.groupby("sector"), 0, "This is not a table.", "Det här är ingen tabell."),
        (lambda t: "public 20", 0, "This is not a table.", "Det här är ingen tabell."),
        (lambda t: {"n": [1], "m": [1, 2]}, 0, "This cannot be read as a table.", "går inte att läsa som en tabell."),
        (
            lambda t: pd.concat([t, t["n"]], axis=1),
            0,
            "Column `n` is there more than once.",
            "Kolumnen `n` finns med mer",
        ),
    ],
)
def test_what_is_wrong_with_a_table_is_said_and_the_rest_counts(
    change: Callable[[pd.DataFrame], Any], met: float, english: str, swedish: str
) -> None:
    row = checks.table("People", change(people()), people())
    assert row.met == pytest.approx(met)
    assert english in row.message
    with in_language("sv"):
        assert swedish in checks.table("Personer", change(people()), people()).message


def test_a_series_asked_for_is_one_column() -> None:
    message = checks.table("People", people().set_index("sector"), {"public": 20, "private": 12, "civil": 16}).message
    assert message == "One column of values is needed; your table has 2."
    with in_language("sv"):
        assert "en enda kolumn med värden" in checks.table("Personer", people(), pd.Series([20, 12, 16])).message


def test_more_columns_are_accepted_when_the_author_says_so() -> None:
    assert checks.table("People", people().assign(other=1), people(), extra=True).met == 1


def test_the_learners_table_is_left_as_it_was() -> None:
    answer = people().set_index("sector").iloc[::-1]
    before = answer.copy()
    checks.table("People", answer, people())
    pd.testing.assert_frame_equal(answer, before)


# Properties


@pytest.mark.parametrize("value", [True, np.True_, lambda: 1 < 2, lambda: pd.Series([5, 4]) <= 5, lambda: [1]])
def test_a_property_that_holds_is_met(value: Any) -> None:
    assert checks.true("Size", value, "Seat at most five.").met == 1


@pytest.mark.parametrize("value", [False, np.False_, lambda: pd.Series([6, 4]) <= 5, np.array([]), np.nan, pd.NA, []])
def test_a_property_that_does_not_hold_says_what_to_do(value: Any) -> None:
    row = checks.true("Size", value, "Seat at most five.")
    assert (row.met, row.message) == (0, "Seat at most five.")


# Tasks


def test_a_miss_does_not_hide_the_checks_after_it(capsys: pytest.CaptureFixture[str]) -> None:
    with checks.task("4 Six rules", points=10) as task:
        checks.number("First", misspelt, 1, points=2)
        checks.choices("Second", {"a": "A", "b": "A"}, {"a": "A", "b": "B"}, points=5)
        checks.number("Third", 3, 3, points=3)
    assert [row.met for row in task.results] == [0, 0.5, 1]
    assert task.score == 5.5
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0] == "4 Six rules"
    assert printed.out.splitlines()[-1] == "Points: 5.5 of 10."
    assert "Traceback" not in printed.out
    assert printed.err == ""


@pytest.mark.parametrize(
    ("code", "all_seen", "some_seen"),
    [
        ("en", "Points: 3.5 of 4.", "Visible checks met: 1 of 2. More are checked when the notebook is graded."),
        (
            "sv",
            "Poäng: 3,5 av 4.",
            "Synliga kontroller uppfyllda: 1 av 2. Mer kontrolleras när övningen rättas.",
        ),
    ],
)
def test_a_task_says_whether_more_is_checked(
    code: str, all_seen: str, some_seen: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for points, said in ((4, all_seen), (10, some_seen)):
        with in_language(code), checks.task("Task", points=points):
            checks.number("One", 1, 1, points=3)
            checks.choices("Two", {"a": "A", "b": "A"}, {"a": "A", "b": "B"}, points=1)
        assert said in capsys.readouterr().out


def test_checks_without_points_share_what_the_others_leave() -> None:
    with checks.task("Task", points=10) as task:
        checks.number("One", 1, 1, points=4)
        checks.number("Two", 2, 2)
        checks.number("Three", 4, 3)
    assert [row.points for row in task.results] == [4, 3, 3]
    assert task.score == 7
    assert isinstance(task.score, int)


def test_a_score_has_two_decimals_and_full_marks_are_whole() -> None:
    with checks.task("Task", points=10) as task:
        for value in (1, 1, 2):
            checks.number("Check", value, 1)
    assert repr(task.score) == "6.67"
    with checks.task("Task", points=10) as task:
        for _ in range(3):
            checks.number("Check", 1, 1)
    assert repr(task.score) == "10"


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans()), max_size=6), st.floats(0, 100))
def test_a_score_stays_between_nothing_and_the_points(given_points: list[tuple[float, bool]], more: float) -> None:
    total = sum(points for points, _ in given_points)
    with checks.task("Task", points=total + more) as task:
        for points, met in given_points:
            checks.true("Check", met, "Do it.", points=points)
    reached = sum(points for points, met in given_points if met)
    assert task.score == pytest.approx(reached, abs=0.0051)
    assert 0 <= task.score <= total + more


def test_an_error_in_the_block_keeps_what_was_met(capsys: pytest.CaptureFixture[str]) -> None:
    with checks.task("Task", points=10) as task:
        checks.number("One", 1, 1, points=4)
        checks.number("Two", misspelt(), 1, points=6)
    assert task.score == 4
    assert "`gini_of_turns` is not defined yet" in task.results[-1].message
    assert "The checks stopped at the last row. Points so far: 4 of 10." in capsys.readouterr().out
    with checks.task("Task", points=10) as task:
        checks.number("One", 1, 1)
        checks.number("Two", misspelt(), 1)
    assert task.score == 5


def test_a_task_without_visible_checks_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with checks.task("Task", points=10) as task:
        pass
    assert task.score == 0
    assert "this task is checked when the notebook is graded" in capsys.readouterr().out


def test_an_interrupted_cell_stops_and_the_next_task_is_its_own() -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), checks.task("Task", points=1):
        checks.number("One", interrupted, 1)
    with checks.task("Next", points=1) as task:
        checks.number("One", 1, 1)
    assert len(task.results) == 1


def test_warnings_never_reach_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    def warn() -> int:
        warnings.warn("deprecated", DeprecationWarning, stacklevel=1)
        print("careful", file=sys.stderr)
        return 1

    with checks.task("Task", points=2) as task:
        checks.number("One", warn, 1)
        checks.number("Two", warn(), 1)
    checks.number("Alone", warn, 1)
    assert task.score == 2
    assert capsys.readouterr().err == ""


def test_a_check_alone_shows_its_row_and_gives_it_back(capsys: pytest.CaptureFixture[str]) -> None:
    row = checks.number("Gini", 0.41, 0.41)
    assert isinstance(row, checks.Row)
    assert capsys.readouterr().out == "✓ Gini: met.\n"
    with in_language("sv"):
        checks.number("Gini", ..., 0.41)
    assert capsys.readouterr().out.startswith("✗ Gini: inte uppfyllt. Inte besvarat än")


# Authors

AUTHORS_SLIPS: list[Callable[[], checks.Row]] = [
    lambda: checks.number("A", 1, "1"),  # type: ignore[arg-type]
    lambda: checks.number("A", 1, True),
    lambda: checks.number("A", 1, float("nan")),
    lambda: checks.number("A", 1, 1, tolerance=-1),
    lambda: checks.number("A", 1, 1, points=-1),
    lambda: checks.text("A", "a", []),
    lambda: checks.choice("A", "a", "c", options=["a", "b"]),
    lambda: checks.choices("A", {}, {}),
    lambda: checks.choices("A", {}, {"a": "z"}, options=["a", "b"]),
    lambda: checks.ranking("A", [], ["a", "a"]),
    lambda: checks.ranking("A", [], {"a", "b"}),
    lambda: checks.table("A", people(), "people"),
]


@pytest.mark.parametrize("slip", AUTHORS_SLIPS)
def test_an_authors_slip_is_an_error_also_inside_a_task(slip: Callable[[], checks.Row]) -> None:
    with pytest.raises(ValueError, match=r"^(expected|tolerance|points) is "):
        slip()
    with pytest.raises(ValueError, match=r"^(expected|tolerance|points) is "), checks.task("Task", points=1):
        slip()


def test_checks_worth_more_than_their_task_are_an_error() -> None:
    with pytest.raises(ValueError, match="“Task” have 11 points together; the task has 10"), checks.task("Task", 10):
        [checks.number("Check", 1, points, points=points) for points in (5, 6)]
    with (
        in_language("sv"),
        pytest.raises(ValueError, match="tillsammans 11 poäng; uppgiften har 10"),
        checks.task("Task", 10),
    ):
        checks.number("One", 1, 1, points=11)
    with pytest.raises(ValueError, match="points is -1"):
        checks.task("Task", points=-1)


# What is shown


class Tags(HTMLParser):
    """Lists the tags of a page, and the text in them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_what_learners_and_authors_write_is_never_markup() -> None:
    nasty = "<img src=x onerror=alert(1)>&amp;\"'"
    row = checks.text(f"Name {nasty}", nasty, "safe", hints={nasty: f"Hint {nasty} `{nasty}`"})
    page = Tags(row._repr_html_())
    assert {tag for tag, _ in page.tags} <= {"table", "thead", "tbody", "tr", "th", "td", "span", "code"}
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert f"Hint {nasty} " in "".join(page.words)


# nbgrader

SETUP = """
import warnings
from siru_course import checks, use_language
use_language("sv")
gini, seating = 0.59, {"a": "A", "b": "A"}
"""
TASK = """
with checks.task("2 Talartid", points=10) as task:
{body}
task.score
"""
GRADED = {
    "all": ('checks.number("Ett", lambda: gini, 0.59)', 10),
    "none": ('checks.number("Ett", lambda: gini, 0.41)', 0),
    "half of one": ('checks.choices("Ett", lambda: seating, {"a": "A", "b": "B"}, points=5)', 2.5),
    "visible only": ('checks.number("Ett", lambda: gini, 0.59, points=4)', 4),
    "a third": (
        'checks.number("Ett", lambda: gini, 0.59)\n'
        'checks.number("Två", lambda: gone, 1)\n'
        'checks.number("Tre", lambda: 1 / 0, 1)',
        3.33,
    ),
    "numpy": ('import numpy\nchecks.true("Ett", numpy.float64(1) > 0, "Nej.", points=numpy.float64(7.5))', 7.5),
    "stopped": ('checks.number("Ett", lambda: gini, 0.59, points=6)\nchecks.number("Två", gone, 1, points=4)', 6),
    "warned": ('warnings.warn("old")\nchecks.number("Ett", lambda: warnings.warn("old") or gini, 0.59)', 10),
    "empty": ("pass", 0),
}
ALONE = 'checks.number("Ett", lambda: gini, 0.41)'


@pytest.fixture(scope="module")
def executed() -> dict[str, Any]:
    """Run a small notebook, with each case as a graded cell, in a real kernel."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SETUP)])
    for name, (body, _) in GRADED.items():
        indented = "\n".join(f"    {line}" for line in body.splitlines())
        cell = nbformat.v4.new_code_cell(TASK.format(body=indented))
        cell.metadata["nbgrader"] = {
            "schema_version": 3,
            "grade": True,
            "solution": False,
            "locked": True,
            "task": False,
            "points": 10,
            "grade_id": name.replace(" ", "_"),
        }
        notebook.cells.append(cell)
    notebook.cells.append(nbformat.v4.new_code_cell(ALONE))
    nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}
    ).execute()
    return dict(zip(["setup", *GRADED, "alone"], notebook.cells, strict=True))


@pytest.mark.parametrize("name", GRADED)
def test_nbgrader_reads_the_score(executed: dict[str, Any], name: str) -> None:
    assert determine_grade(executed[name]) == (GRADED[name][1], 10)


def test_a_cell_shows_a_table_and_then_the_score(executed: dict[str, Any]) -> None:
    for name in GRADED:
        assert [output.output_type for output in executed[name].outputs] == ["display_data", "execute_result"], name
    shown = executed["a third"].outputs[0].data
    page = Tags(shown["text/html"])
    tags = [tag for tag, _ in page.tags]
    assert tags.count("table") == tags.count("caption") == 1
    assert [attributes["scope"] for tag, attributes in page.tags if tag == "th"] == ["col"] * 3 + ["row"] * 3
    assert next(attributes["lang"] for tag, attributes in page.tags if tag == "table") == "sv"
    assert not any(word in shown["text/html"] for word in ("<script", "color", "background", "Traceback"))
    # A verdict is a symbol and a word.
    words = " ".join(page.words)
    assert (words.count("✓"), words.count("✗")) == (1, 2)
    assert "Inte uppfyllt" in words
    assert "Inte uppfyllt".lower() in shown["text/plain"]
    assert executed["a third"].outputs[1].data["text/plain"] == "3.33"


def test_a_check_alone_at_the_end_of_a_cell_is_shown_once(executed: dict[str, Any]) -> None:
    (output,) = executed["alone"].outputs
    assert "Du har svarat 0,59." in output.data["text/plain"]


def test_importing_the_checks_is_light() -> None:
    heavy = ["pandas", "numpy", "IPython", "nbgrader"]
    code = f"import sys, siru_course.checks; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""Weighted scores, agreement between raters, severe and inconsistent reviewers, and who decides."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import statsmodels.formula.api as smf
import vl_convert
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, friedmanchisquare, spearmanr, ttest_1samp
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa

from siru_course import data, use_language
from siru_course.board import (
    adjust_severity,
    agreement,
    rank_stability,
    ratings_table,
    severity,
    severity_chart,
    weighted_scores,
)
from tests.published import case

Ratings = npt.NDArray[np.float64]

ICC = ("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k")
LEVELS = ("nominal", "ordinal", "interval", "ratio")
# Every statistic that takes any number of raters.
MANY: list[dict[str, Any]] = [
    {"statistic": "fleiss"},
    {"statistic": "kendall_w"},
    *({"statistic": name} for name in ICC),
    *({"statistic": "krippendorff", "level": level} for level in LEVELS),
]
PAIRS: list[dict[str, Any]] = [
    {"statistic": "cohen"},
    {"statistic": "cohen_weighted", "weights": "linear"},
    {"statistic": "cohen_weighted", "weights": "quadratic"},
]

# Shrout and Fleiss (1979), table 2: six subjects, four judges.
SHROUT_FLEISS = pd.DataFrame(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], columns=list("ABCD")
)
# Krippendorff (2011): four observers, twelve units.
KRIPPENDORFF = pd.DataFrame(
    {
        "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    }
)


@pytest.fixture
def scores() -> pd.DataFrame:
    return data.load("board_scores")


def from_table(table: list[list[int]]) -> pd.DataFrame:
    """Write out a table of two raters, one row an item."""
    pairs = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    return pd.DataFrame(pairs, columns=["A", "B"])


def long(rows: list[tuple[str, str, str, float | None]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["reviewer", "idea", "criterion", "score"])


def complete(values: Ratings) -> pd.DataFrame:
    """Write a table of scores, ideas by reviewers, as a long one with one criterion."""
    return long(
        [(f"R{r}", f"I{i}", "need", float(values[i, r])) for i in range(len(values)) for r in range(values.shape[1])]
    )


@st.composite
def tables(draw: st.DrawFn, raters: int | None = None, missing: bool = False) -> pd.DataFrame:
    """Draw ratings from 1 to 5 of two to eight items."""
    k = raters or draw(st.integers(2, 5))
    mark: st.SearchStrategy[int | None] = st.integers(1, 5)
    rows = draw(
        st.lists(st.lists(mark | st.none() if missing else mark, min_size=k, max_size=k), min_size=2, max_size=8)
    )
    return pd.DataFrame(rows, dtype=float)


# ------------------------------------------------------------------------------------------------ published agreement


def test_cohens_kappa_of_two_readers_is_the_published_one() -> None:
    inputs, expected, tolerance = case("cohen_kappa_wiki")
    found = agreement(from_table(inputs["table"]), "cohen")
    assert found.value == pytest.approx(expected["kappa"], abs=tolerance)
    assert found.observed == pytest.approx(expected["po"], abs=tolerance)
    assert found.expected == pytest.approx(expected["pe"], abs=tolerance)
    assert (found.n_items, found.n_raters, found.left_out) == (50, 2, 0)


@pytest.mark.parametrize("which", ["A", "B"])
def test_the_same_percent_agreement_has_the_published_different_kappas(which: str) -> None:
    inputs, expected, tolerance = case("kappa_paradox")
    found = agreement(from_table(inputs[which]), "cohen")
    assert found.value == pytest.approx(expected[which]["kappa"], abs=tolerance)
    assert found.observed == pytest.approx(expected[which]["po"], abs=tolerance)
    assert ("no proof of careless raters" in str(found)) == (which == "B")


def test_kendalls_w_is_the_published_one_corrected_for_ties() -> None:
    inputs, expected, tolerance = case("kendall_w_anxiety")
    found = agreement(pd.DataFrame(inputs["ratings_rows_subjects"]), "kendall_w")
    assert found.value == pytest.approx(expected["W_corrected"], abs=tolerance)
    statistic = found.n_raters * (found.n_items - 1) * found.value
    assert statistic == pytest.approx(expected["chi2"], abs=tolerance)
    assert chi2.sf(statistic, expected["df"]) == pytest.approx(expected["p"], abs=tolerance)


def test_fleiss_kappa_is_the_published_one() -> None:
    inputs, expected, tolerance = case("fleiss_kappa_wiki")
    rows = [[level for level, n in enumerate(counts) for _ in range(n)] for counts in inputs["counts"]]
    found = agreement(pd.DataFrame(rows), "fleiss")
    assert found.value == pytest.approx(expected["kappa"], abs=tolerance)
    assert found.observed == pytest.approx(expected["P_bar"], abs=tolerance)
    assert found.expected == pytest.approx(expected["Pe_bar"], abs=tolerance)
    assert found.n_raters == inputs["n_raters"]


@pytest.mark.parametrize("level", ["nominal", "interval"])
def test_alpha_of_three_coders_with_missing_data_is_the_published_one(level: str) -> None:
    inputs, expected, tolerance = case("krippendorff_wiki")
    found = agreement(pd.DataFrame(inputs["data"], dtype=float).T, "krippendorff", level=level)
    assert found.value == pytest.approx(expected[level], abs=tolerance)
    rated = [sum(mark is not None for mark in unit) for unit in zip(*inputs["data"], strict=True)]
    assert found.n_items == sum(n >= 2 for n in rated)
    assert found.left_out == sum(n < 2 for n in rated)
    assert found.missing == 45 - sum(rated)


@pytest.mark.parametrize(
    ("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_at_each_level_is_krippendorffs_own(level: str, alpha: float) -> None:
    # Krippendorff (2011), Computing Krippendorff's alpha-reliability, the example with missing data.
    found = agreement(KRIPPENDORFF, "krippendorff", level=level)
    assert found.value == pytest.approx(alpha, abs=0.0005)
    assert (found.n_items, found.n_raters, found.left_out) == (11, 4, 1)


@pytest.mark.parametrize(
    ("statistic", "value"),
    [("icc1", 0.17), ("icc2", 0.29), ("icc3", 0.71), ("icc1k", 0.44), ("icc2k", 0.62), ("icc3k", 0.91)],
)
def test_each_form_of_the_intraclass_correlation_is_shrouts_and_fleiss(statistic: str, value: float) -> None:
    # Shrout and Fleiss (1979), Psychological Bulletin 86:420-428, table 4.
    found = agreement(SHROUT_FLEISS, statistic)
    assert found.value == pytest.approx(value, abs=0.005)
    assert (found.n_items, found.n_raters) == (6, 4)


# ------------------------------------------------------------------------------- agreement, independently computed


def alpha_by_pairs(ratings: Ratings, level: str) -> float:
    """Compute alpha from its definition: observed over expected distance between pairs of ratings."""
    units = [[value for value in row if not math.isnan(value)] for row in ratings]
    units = [unit for unit in units if len(unit) > 1]
    pool = [value for unit in units for value in unit]

    def distance(a: float, b: float) -> float:
        low, high = min(a, b), max(a, b)
        if level == "nominal":
            return float(a != b)
        if level == "ordinal":
            between = sum(low <= value <= high for value in pool)
            return float(between - (pool.count(low) + pool.count(high)) / 2) ** 2 if a != b else 0.0
        return (a - b) ** 2 if level == "interval" else ((a - b) / (a + b)) ** 2

    within = sum(distance(a, b) / (len(unit) - 1) for unit in units for a, b in itertools.permutations(unit, 2)) / len(
        pool
    )
    by_chance = sum(distance(a, b) for a, b in itertools.permutations(pool, 2)) / (len(pool) * (len(pool) - 1))
    return 1 - within / by_chance if by_chance else math.nan


@pytest.mark.parametrize("level", LEVELS)
@settings(max_examples=50, deadline=None)
@given(ratings=tables(missing=True))
def test_alpha_agrees_with_its_definition(level: str, ratings: pd.DataFrame) -> None:
    assume((ratings.notna().sum(axis=1) >= 2).sum() >= 2)
    found = agreement(ratings, "krippendorff", level=level).value
    assert found == pytest.approx(alpha_by_pairs(ratings.to_numpy(), level), abs=1e-9, nan_ok=True)


@settings(max_examples=50, deadline=None)
@given(tables(raters=2))
def test_kappas_agree_with_statsmodels_and_with_their_definition(ratings: pd.DataFrame) -> None:
    assume(ratings.stack().nunique() > 1)
    levels = range(1, 6)
    table = pd.crosstab(ratings[0], ratings[1]).reindex(index=levels, columns=levels, fill_value=0)
    shares = table.to_numpy() / len(ratings)
    chance = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    plain = agreement(ratings, "cohen")
    assert plain.value == pytest.approx((np.trace(shares) - np.trace(chance)) / (1 - np.trace(chance)), abs=1e-9)
    assert plain.observed == pytest.approx(np.trace(shares))
    assert plain.value == pytest.approx(cohens_kappa(table, return_results=False), abs=1e-9)
    for weights in ("linear", "quadratic"):
        weighted = agreement(ratings, "cohen_weighted", weights=weights).value
        assert weighted == pytest.approx(cohens_kappa(table, wt=weights, return_results=False), abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(tables())
def test_fleiss_agrees_with_statsmodels_and_with_its_definition(ratings: pd.DataFrame) -> None:
    assume(ratings.stack().nunique() > 1)
    found = agreement(ratings, "fleiss")
    assert found.value == pytest.approx(fleiss_kappa(aggregate_raters(ratings.to_numpy())[0]), abs=1e-9)
    pairs = [a == b for row in ratings.to_numpy() for a, b in itertools.combinations(row, 2)]
    shares = ratings.stack().value_counts(normalize=True)
    chance = float((shares**2).sum())
    assert found.observed == pytest.approx(np.mean(pairs))
    assert found.value == pytest.approx((np.mean(pairs) - chance) / (1 - chance), abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(tables())
def test_kendalls_w_agrees_with_friedmans_test(ratings: pd.DataFrame) -> None:
    assume(len(ratings) > 2 and (ratings.nunique() > 1).any())
    n, m = ratings.shape
    statistic = friedmanchisquare(*ratings.to_numpy()).statistic
    assert agreement(ratings, "kendall_w").value == pytest.approx(statistic / (m * (n - 1)), abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(tables())
def test_intraclass_correlations_agree_with_an_analysis_of_variance(ratings: pd.DataFrame) -> None:
    assume((ratings.mean(axis=1).round(9).nunique() > 1) and len(ratings) > 2)
    n, k = ratings.shape
    flat = ratings.rename_axis("item").reset_index().melt(id_vars="item", var_name="rater", value_name="y")
    squares = anova_lm(smf.ols("y ~ C(item) + C(rater)", flat).fit())
    b, j, e = squares["mean_sq"]
    w = (squares["sum_sq"].iloc[1:].sum()) / (n * (k - 1))
    expected = {
        "icc1": (b - w, b + (k - 1) * w),
        "icc2": (b - e, b + (k - 1) * e + k * (j - e) / n),
        "icc3": (b - e, b + (k - 1) * e),
        "icc1k": (b - w, b),
        "icc2k": (b - e, b + (j - e) / n),
        "icc3k": (b - e, b),
    }
    for statistic, (signal, total) in expected.items():
        value = signal / total if total > 1e-9 else math.nan
        assert agreement(ratings, statistic).value == pytest.approx(value, abs=1e-9, nan_ok=True)


# ---------------------------------------------------------------------------------------------- properties of agreement


@settings(max_examples=50, deadline=None)
@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_items_and_raters_changes_nothing(ratings: pd.DataFrame, random: Any) -> None:
    rows, columns = list(ratings.index), list(ratings.columns)
    random.shuffle(rows)
    random.shuffle(columns)
    for asked in MANY + (PAIRS if len(columns) == 2 else []):
        before, after = (agreement(table, **asked) for table in (ratings, ratings.loc[rows, columns]))
        assert after.value == pytest.approx(before.value, abs=1e-9, nan_ok=True)
        assert after.observed == pytest.approx(before.observed)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=8), st.integers(2, 4))
def test_raters_who_are_alike_agree_perfectly(marks: list[int], k: int) -> None:
    assume(len(set(marks)) > 1)
    alike = pd.DataFrame({f"R{r}": marks for r in range(k)})
    for asked in MANY + (PAIRS if k == 2 else []):
        found = agreement(alike, **asked)
        assert found.value == pytest.approx(1)
        assert found.observed == 1


@settings(max_examples=50, deadline=None)
@given(tables(missing=True), st.permutations([1, 2, 3, 4, 5]))
def test_each_level_of_alpha_uses_of_the_scale_what_it_should(ratings: pd.DataFrame, names: list[int]) -> None:
    assume((ratings.notna().sum(axis=1) >= 2).sum() >= 2)
    renamed: dict[str, Callable[[float], float]] = {
        "nominal": lambda x: names[int(x) - 1],
        "ordinal": lambda x: x**3 - 7,
        "interval": lambda x: 3 * x - 20,
        "ratio": lambda x: 4 * x,
    }
    for level, change in renamed.items():
        other = ratings.map(lambda x, change=change: x if math.isnan(x) else change(x))
        before, after = (agreement(table, "krippendorff", level=level).value for table in (ratings, other))
        assert after == pytest.approx(before, abs=1e-9, nan_ok=True)


@settings(max_examples=50, deadline=None)
@given(tables(raters=2))
def test_quadratic_kappa_is_lins_concordance(ratings: pd.DataFrame) -> None:
    # Fleiss and Cohen (1973): with squared weights kappa is an intraclass correlation.
    one, other = ratings[0], ratings[1]
    below = one.var(ddof=0) + other.var(ddof=0) + (one.mean() - other.mean()) ** 2
    assume(below > 0)
    concordance = 2 * np.cov(one, other, ddof=0)[0, 1] / below
    assert agreement(ratings, "cohen_weighted", weights="quadratic").value == pytest.approx(concordance, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(tables())
def test_nominal_alpha_is_fleiss_kappa_with_its_small_sample_correction(ratings: pd.DataFrame) -> None:
    assume(ratings.stack().nunique() > 1)
    n = ratings.size
    kappa = agreement(ratings, "fleiss").value
    assert agreement(ratings, "krippendorff").value == pytest.approx(1 - (1 - kappa) * (n - 1) / n, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(tables())
def test_the_mean_of_raters_follows_spearman_and_brown(ratings: pd.DataFrame) -> None:
    k = ratings.shape[1]
    for form in ("icc1", "icc2", "icc3"):
        one, mean = agreement(ratings, form).value, agreement(ratings, f"{form}k").value
        assume(not math.isnan(mean) and abs(1 + (k - 1) * one) > 1e-6)
        assert mean == pytest.approx(k * one / (1 + (k - 1) * one), rel=1e-6, abs=1e-6)


def test_a_severe_rater_lowers_agreement_but_not_the_agreement_on_order() -> None:
    alike = pd.DataFrame({"R1": [2, 3, 5, 4], "R2": [2, 3, 5, 4]})
    severe = alike.assign(R2=alike["R2"] - 1)
    for statistic in ("icc3", "icc3k", "kendall_w"):
        assert agreement(severe, statistic).value == pytest.approx(1)
    for asked in ({"statistic": "icc1"}, {"statistic": "icc2"}, *PAIRS):
        assert agreement(severe, **asked).value < agreement(alike, **asked).value - 0.1
    assert "a point lower throughout agrees fully" in str(agreement(severe, "icc3"))


# --------------------------------------------------------------------------------------------- how agreement is told


def test_categories_may_be_words() -> None:
    words = from_table([[20, 5], [10, 15]]).replace({0: "yes", 1: "no"})
    numbers = agreement(from_table([[20, 5], [10, 15]]), "cohen")
    assert agreement(words, "cohen").value == numbers.value
    assert agreement(words, "fleiss").value == pytest.approx(agreement(from_table([[20, 5], [10, 15]]), "fleiss").value)
    assert agreement(words.assign(C=None), "krippendorff").n_raters == 2


def test_a_step_that_nobody_chose_is_still_a_step() -> None:
    ratings = pd.DataFrame({"A": [1, 2, 5, 1], "B": [2, 1, 5, 5]})
    table = pd.crosstab(ratings["A"], ratings["B"]).reindex(index=range(1, 6), columns=range(1, 6), fill_value=0)
    expected = cohens_kappa(table, wt="linear", return_results=False)
    assert agreement(ratings, "cohen_weighted", weights="linear").value == pytest.approx(expected)


@pytest.mark.parametrize("asked", MANY + PAIRS)
def test_constant_ratings_are_undefined_and_it_says_why(asked: dict[str, Any]) -> None:
    # 0.1 has no exact binary form: sums of it must not pass for variance.
    found = agreement(pd.DataFrame({"R1": [0.1] * 5, "R2": [0.1] * 5}), **asked)
    assert math.isnan(found.value)
    assert found.observed == 1
    assert found.interpretation.startswith("Undefined: the ratings do not tell the items apart")
    assert "undefined" in str(found)
    use_language("sv")
    assert found.interpretation.startswith("Odefinierat")


def test_means_that_do_not_differ_leave_the_reliability_of_the_mean_undefined() -> None:
    assert math.isnan(agreement(pd.DataFrame({"R1": [1, 3], "R2": [3, 1]}), "icc3k").value)
    assert agreement(pd.DataFrame({"R1": [1, 3], "R2": [3, 1]}), "icc1").value == pytest.approx(-1)


@pytest.mark.parametrize(
    ("asked", "used", "out"),
    [({"statistic": "fleiss"}, 2, 2), ({"statistic": "icc2"}, 2, 2), ({"statistic": "krippendorff"}, 3, 1)],
)
def test_missing_ratings_are_counted_and_said(asked: dict[str, Any], used: int, out: int) -> None:
    ratings = pd.DataFrame({"R1": [1, 2, None, 4], "R2": [1, 3, 2, None], "R3": [2, 2, 2, None]}, dtype="Int64")
    found = agreement(ratings, **asked)
    assert (found.n_items, found.left_out, found.missing) == (used, out, 3)
    assert f"Items left out, as {'fewer' if used == 3 else 'not every'}" in str(found)
    assert ("Missing ratings: 3." in str(found)) == (used == 3)


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ([[10, 11], [11, 10]], "less agreement than chance"),
        ([[10, 10], [10, 10]], "slight"),
        ([[13, 7], [7, 13]], "fair"),
        ([[20, 5], [10, 15]], "fair"),
        ([[15, 5], [5, 15]], "moderate"),
        ([[17, 3], [3, 17]], "substantial"),
        ([[19, 1], [1, 19]], "almost perfect"),
    ],
)
def test_kappa_is_read_by_the_labels_of_landis_and_koch(table: list[list[int]], word: str) -> None:
    # Balanced tables: kappa = 2 po - 1, so 0.30, 0.50, 0.70 and 0.90; the readers have exactly 0.40, still fair.
    if table == [[20, 5], [10, 15]]:
        assert agreement(from_table(table), "cohen").value == pytest.approx(0.4)
    assert word in agreement(from_table(table), "cohen").interpretation


def test_the_benchmarks_are_said_to_be_conventions() -> None:
    for asked in MANY:
        if asked["statistic"] != "kendall_w":
            assert "convention" in agreement(SHROUT_FLEISS, **asked).interpretation or (
                agreement(SHROUT_FLEISS, **asked).value < 0
            )
    assert "no accepted limit" in agreement(SHROUT_FLEISS, "kendall_w").interpretation
    assert "Koo and Li (2016) call it excellent" in agreement(SHROUT_FLEISS, "icc3k").interpretation
    assert "moderate" in agreement(SHROUT_FLEISS, "icc3").interpretation


def test_agreement_shows_itself_in_both_languages() -> None:
    found = agreement(from_table([[20, 5], [10, 15]]), "cohen")
    assert "<caption>Cohen&#x27;s kappa</caption>" in found._repr_html_()
    assert '<th scope="row">Identical ratings</th><td>70 %</td>' in found._repr_html_()
    use_language("sv")
    assert str(found).startswith("Cohens kappa\n")
    assert "0,400" in str(found)
    assert "Det slumpen skulle ge" in str(found)


# ---------------------------------------------------------------------------------------------------- weighted scores


def test_weighted_scores_by_hand() -> None:
    rows = [("R1", "A", "need", 4), ("R2", "A", "need", 2), ("R1", "A", "team", 5), ("R2", "A", "team", None)]
    rows += [("R1", "B", "need", 4), ("R2", "B", "need", 4), ("R1", "B", "team", 1), ("R2", "B", "team", 3)]
    found = weighted_scores(long(rows), {"need": 3, "team": 1})
    assert found.scores.to_dict() == {"B": (3 * 4 + 2) / 4, "A": (3 * 3 + 5) / 4}
    assert found.means.loc["A"].to_dict() == {"need": 3, "team": 5}
    assert (found.winner, found.left_out, found.n_scores) == (None, 1, 7)
    assert found.tied == ["A", "B"]
    assert "Tied for first place: A, B." in str(found)
    assert "missing scores left out: 1 of 8" in str(found)


def test_equal_weights_are_the_mean_of_the_criteria_in_the_data(scores: pd.DataFrame) -> None:
    found = weighted_scores(scores)
    expected = scores.groupby(["idea_id", "criterion"])["score"].mean().groupby("idea_id").mean()
    pd.testing.assert_series_equal(
        found.scores.sort_index(), expected.astype(float), check_names=False, check_index_type=False
    )
    assert found.winner == expected.idxmax()
    assert found.left_out == scores["score"].isna().sum()
    assert found.table["rank"].is_monotonic_increasing


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 2), st.integers(1, 5)), min_size=1),
    st.lists(st.floats(0.1, 10), min_size=3, max_size=3),
    st.floats(0.1, 100),
)
def test_weighted_scores_agree_with_adding_up_one_at_a_time(
    given_scores: list[tuple[int, int, int, int]], weights: list[float], times: float
) -> None:
    kept = {(r, i, c): s for r, i, c, s in given_scores}
    table = long([(f"R{r}", f"I{i}", f"C{c}", s) for (r, i, c), s in kept.items()])
    criteria = sorted({c for _r, _i, c in kept})
    weighing = {f"C{c}": weights[c] for c in criteria}
    found = weighted_scores(table, weighing).scores
    for idea in {i for _r, i, _c in kept}:
        marks = [[s for (_r, i, c), s in kept.items() if (i, c) == (idea, criterion)] for criterion in criteria]
        if all(marks):
            total = sum(weights[c] * np.mean(m) for c, m in zip(criteria, marks, strict=True))
            assert found[f"I{idea}"] == pytest.approx(total / sum(weighing.values()), abs=1e-8)
        else:
            assert math.isnan(found[f"I{idea}"])
    scaled = weighted_scores(table.sample(frac=1, random_state=1), {c: w * times for c, w in weighing.items()})
    assert scaled.scores.to_dict() == pytest.approx(found.to_dict(), abs=1e-8, nan_ok=True)


def test_a_row_that_is_not_there_is_missing_like_an_empty_cell(scores: pd.DataFrame) -> None:
    with_gaps, without = weighted_scores(scores), weighted_scores(scores.dropna(subset=["score"]))
    pd.testing.assert_frame_equal(with_gaps.table, without.table)
    assert with_gaps.left_out == without.left_out


def test_a_criterion_without_weight_is_left_out() -> None:
    rows = [("R1", "A", "need", 4), ("R1", "A", "team", None), ("R1", "B", "need", 3), ("R1", "B", "team", 5)]
    assert weighted_scores(long(rows), {"need": 1, "team": 0}).winner == "A"
    found = weighted_scores(long(rows), {"need": 1, "team": 1})
    assert found.winner == "B"
    assert found.table["rank"].isna().to_dict() == {"B": False, "A": True}
    assert "Not ranked, as nobody has scored them on every criterion: A." in str(found)
    assert "No idea can be ranked." in str(weighted_scores(long(rows[:2]), {"need": 1, "team": 1}))


def test_weights_may_be_a_series_and_other_weights_may_give_another_winner() -> None:
    rows = [("R1", "A", "need", 5), ("R1", "A", "team", 2), ("R1", "B", "need", 3), ("R1", "B", "team", 3)]
    assert weighted_scores(long(rows), pd.Series({"need": 1, "team": 1})).winner == "A"
    assert weighted_scores(long(rows), pd.Series({"need": 1, "team": 3})).winner == "B"


def test_the_ranking_is_shown_in_both_languages_and_cannot_become_markup() -> None:
    found = weighted_scores(long([("R1", "<b>A</b>", "need", 4)]), {"need": 1})
    assert "<b>" not in found._repr_html_()
    assert '<th scope="row">&lt;b&gt;A&lt;/b&gt;</th><td>4</td>' in found._repr_html_()
    use_language("sv")
    assert "kommer först." in str(found)
    assert "Placering" in str(found)


def test_a_ratings_table_has_a_row_for_each_idea_and_criterion(scores: pd.DataFrame) -> None:
    table = ratings_table(scores)
    expected = scores.pivot(index=["idea_id", "criterion"], columns="reviewer", values="score").astype(float)
    pd.testing.assert_frame_equal(
        table.sort_index(), expected.sort_index(), check_index_type=False, check_column_type=False
    )


# --------------------------------------------------------------------------------------------------- severity


def test_one_reviewer_is_severe_and_another_inconsistent(scores: pd.DataFrame) -> None:
    found = severity(scores).table
    assert found.index[found["kind"] == "severe"].tolist() == ["R4"]
    assert found.index[[value is False for value in found["consistent"]]].tolist() == ["R6"]
    assert (found["kind"] != "lenient").all()
    assert found.index[0] == "R4"
    assert found.loc["R4", "ci_high"] < -0.5
    assert found["left_out"].to_dict() == scores["score"].isna().groupby(scores["reviewer"]).sum().to_dict()


def test_agreement_rises_when_the_inconsistent_reviewer_leaves_or_severity_is_evened_out(scores: pd.DataFrame) -> None:
    def alpha(table: pd.DataFrame) -> float:
        return agreement(ratings_table(table), "krippendorff", level="interval").value

    assert alpha(scores[scores["reviewer"] != "R6"]) > alpha(scores) + 0.03
    assert alpha(adjust_severity(scores)) > alpha(scores) + 0.03


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=3, max_size=8))
def test_severity_agrees_with_a_paired_t_interval_and_a_rank_correlation(rows: list[list[int]]) -> None:
    values = np.array(rows, dtype=float)
    found = severity(complete(values)).table
    for r in range(3):
        own, others = values[:, r], np.delete(values, r, axis=1).mean(axis=1)
        row = found.loc[f"R{r}"]
        assert row["difference"] == pytest.approx((own - others).mean())
        assert row["spread"] == pytest.approx((own - others).std(ddof=1))
        if row["spread"] > 1e-9:
            interval = ttest_1samp(own - others, 0).confidence_interval()
            assert (row["ci_low"], row["ci_high"]) == pytest.approx((interval.low, interval.high))
        if len(set(own)) > 1 and len(set(others)) > 1:
            assert row["consistency"] == pytest.approx(spearmanr(own, others).statistic)
        else:
            assert row["consistent"] is None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=3, max_size=8), st.integers(-3, 3))
def test_who_gets_stricter_by_a_point_is_a_point_stricter_and_orders_as_before(rows: list[list[int]], by: int) -> None:
    values = np.array(rows, dtype=float)
    before, after = severity(complete(values)).table, severity(complete(values + np.array([by, 0, 0]))).table
    assert after.loc["R0", "difference"] == pytest.approx(before.loc["R0", "difference"] + by)
    assert after.loc["R1", "difference"] == pytest.approx(before.loc["R1", "difference"] - by / 2)
    assert after.loc["R0", "consistency"] == pytest.approx(before.loc["R0", "consistency"], nan_ok=True)


def test_the_criteria_of_an_idea_count_as_one_observation() -> None:
    one = complete(np.array([[1.0, 3], [2, 3], [4, 5]]))
    five = pd.concat([one.assign(criterion=f"C{c}") for c in range(5)])
    pd.testing.assert_frame_equal(severity(one).table, severity(five).table)


def test_severity_is_told_only_when_there_are_ideas_enough() -> None:
    rows = [("R1", "A", "need", 5), ("R2", "A", "need", 1), ("R1", "B", "need", None)]
    found = severity(long(rows))
    assert set(found.readings) == {"too few ideas in common to tell"}
    assert found.left_out == 2
    assert found.table["ideas"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("own", "reading"),
    [
        ([1, 2, 3, 4, 4], "severe, in the same order as the others"),
        ([5, 5, 5, 4, 4], "lenient, and in another order"),
        ([2, 3, 3, 5, 5], "much like the others"),
        ([5, 4, 4, 3, 1], "about as severe as the others, in another order"),
        ([1, 1, 1, 1, 1], "severe"),
    ],
)
def test_each_reviewer_gets_words(own: list[int], reading: str) -> None:
    others = [2, 3, 4, 5, 5] if reading != "lenient, and in another order" else [1, 2, 3, 3, 3]
    found = severity(complete(np.array([own, others, others], dtype=float).T))
    assert found.readings["R0"] == reading


def test_severity_shows_itself_in_both_languages(scores: pd.DataFrame) -> None:
    found = severity(scores)
    assert '<th scope="row">R4</th>' in found._repr_html_()
    assert "R4: severe, in the same order as the others." in found.notes()
    assert not [note for note in found.notes() if note.startswith("R1")]
    assert "Both limits are this course's own." in str(found)
    alike = severity(complete(np.array([[1.0, 1], [3, 3], [4, 4]])))
    assert "No reviewer stands out." in str(alike)
    use_language("sv")
    assert found.readings["R4"] == "sträng, i samma ordning som de andra"
    assert "Poäng som saknas" in str(found)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=2, max_size=8))
def test_with_nothing_missing_evening_out_moves_everybody_to_the_mean_and_keeps_the_order(
    rows: list[list[int]],
) -> None:
    table = complete(np.array(rows, dtype=float))
    adjusted = adjust_severity(table)
    own = adjusted.groupby("reviewer")["score"].mean()
    assert own.to_numpy() == pytest.approx(np.full(3, table["score"].mean()))
    pd.testing.assert_series_equal(weighted_scores(adjusted).scores, weighted_scores(table).scores, atol=1e-8)
    shift = adjusted.groupby("reviewer")["severity"].first()
    pd.testing.assert_series_equal(
        shift, severity(table).table["difference"].sort_index() * 2 / 3, check_names=False, atol=1e-9
    )


def test_severity_is_evened_out_as_by_a_regression_on_ideas_and_reviewers(scores: pd.DataFrame) -> None:
    table = scores.dropna(subset=["score"]).astype({"score": float})
    table["cell"] = table["idea_id"] + table["criterion"]
    fit = smf.ols("score ~ C(cell) + C(reviewer, Sum)", table).fit()
    adjusted = adjust_severity(scores).groupby("reviewer")["severity"].first()
    for reviewer in ("R1", "R2", "R3", "R4", "R5"):
        assert adjusted[reviewer] == pytest.approx(fit.params[f"C(reviewer, Sum)[S.{reviewer}]"], abs=1e-9)
    assert adjusted.sum() == pytest.approx(0, abs=1e-9)


def test_evening_out_finds_the_true_order_that_who_was_missing_had_hidden() -> None:
    # A is better than B by half a point, but only the severe reviewer, two points lower, has scored A twice over.
    level, shift = {"A": 4.0, "B": 3.5, "C": 3.0}, {"mild": 1.0, "severe": -1.0}
    seats = [("mild", "B"), ("mild", "C"), ("severe", "C"), ("severe", "A")]
    table = long([(r, i, "need", level[i] + shift[r]) for r, i in seats])
    assert weighted_scores(table).winner == "B"
    adjusted = weighted_scores(adjust_severity(table))
    assert adjusted.scores.to_dict() == pytest.approx(level)


def test_the_idea_that_the_severe_reviewer_did_not_score_stood_too_high(scores: pd.DataFrame) -> None:
    (spared,) = set(scores.loc[(scores["missing_reason"] == "conflict") & (scores["reviewer"] == "R4"), "idea_id"])
    before, after = weighted_scores(scores).table["rank"], weighted_scores(adjust_severity(scores)).table["rank"]
    assert after[spared] > before[spared]


def test_evening_out_leaves_the_table_it_got_alone(scores: pd.DataFrame) -> None:
    before = scores.copy()
    adjusted = adjust_severity(scores)
    pd.testing.assert_frame_equal(scores, before)
    assert adjusted["score"].isna().equals(before["score"].isna())
    assert adjusted.columns.tolist() == [*before.columns, "severity"]


# ------------------------------------------------------------------------------------------------- who decides


def test_exactly_one_reviewer_decides_the_winner_in_the_data(scores: pd.DataFrame) -> None:
    found = rank_stability(scores)
    assert found.deciders == ["R2"]
    for reviewer in found.without.index:
        alone = weighted_scores(scores[scores["reviewer"] != reviewer])
        assert found.without.loc[reviewer, "winner"] == alone.winner
        assert found.without.loc[reviewer, "lead"] == pytest.approx(alone.scores.iloc[0] - alone.scores.iloc[1])
        assert (alone.table["rank"].sort_index() >= found.ideas["best"].sort_index()).all()
        assert (alone.table["rank"].sort_index() <= found.ideas["worst"].sort_index()).all()
    assert found.winner == weighted_scores(scores).winner
    assert f"Without R2 it would be {found.without.loc['R2', 'winner']} instead." in found.verdict
    assert found.left_out == 50


def test_drawn_boards_come_out_as_often_as_they_should() -> None:
    # Of four equally likely boards of two, R1 sits alone on one, where A wins; on one R2 alone, where B wins; on the
    # other two A and B are level.
    table = complete(np.array([[5.0, 2], [2, 5], [1, 1]]))
    found = rank_stability(table, draws=20_000)
    assert found.ideas["wins"].to_dict() == pytest.approx({"I0": 0.5, "I1": 0.5, "I2": 0}, abs=0.02)
    uneven = rank_stability(complete(np.array([[5.0, 2], [2, 4]])), draws=20_000)
    assert uneven.ideas.loc["I0", "wins"] == pytest.approx(0.75, abs=0.02)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=2, max_size=5), st.integers(-2, 2))
def test_the_same_shift_of_a_reviewer_for_all_ideas_decides_nothing(rows: list[list[int]], by: int) -> None:
    values = np.array(rows, dtype=float)
    one, other = (rank_stability(complete(v), draws=50) for v in (values, values + np.array([by, 0, 0])))
    pd.testing.assert_frame_equal(one.ideas, other.ideas)
    assert one.deciders == other.deciders
    assert one.ideas["wins"].sum() == pytest.approx(1)


def test_the_seed_makes_the_draws_the_same(scores: pd.DataFrame) -> None:
    one, same, other = (rank_stability(scores, draws=100, seed=seed).ideas["wins"] for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one.equals(other)


def test_names_may_be_numbers(scores: pd.DataFrame) -> None:
    numbered = scores.assign(
        reviewer=scores["reviewer"].str[1:].astype(int), idea_id=scores["idea_id"].str[1:].astype(int)
    ).astype({"score": object})
    assert "Without 2 it would be" in rank_stability(numbered).verdict
    assert rank_stability(numbered).deciders == [2]
    assert severity(numbered).table.index[0] == 4
    adjusted = weighted_scores(adjust_severity(numbered)).table["rank"]
    assert adjusted[14] == weighted_scores(adjust_severity(scores)).table.loc["B14", "rank"]


def test_weights_are_used_when_asking_who_decides(scores: pd.DataFrame) -> None:
    weights = {"need": 5, "novelty": 0, "team": 0, "viability": 0, "effect": 1}
    assert rank_stability(scores, weights).winner == weighted_scores(scores, weights).winner


def test_boards_that_cannot_rank_all_ideas_are_counted_and_said() -> None:
    rows = [("R1", "A", "need", 4), ("R1", "B", "need", 3), ("R2", "A", "need", 4), ("R2", "B", "need", None)]
    found = rank_stability(long(rows), draws=2000)
    assert found.draws_left_out == pytest.approx(500, abs=80)
    assert "Drawn boards left out, as no member had scored some idea" in str(found)
    assert found.winner == "A"


def test_ties_and_reviewers_who_have_scored_nothing_are_handled() -> None:
    table = complete(np.array([[3.0, 4], [4, 3]]))
    found = rank_stability(pd.concat([table, long([("R9", "I0", "need", None)])]))
    assert (found.winner, found.tied) == (None, ["I0", "I1"])
    assert found.without.index.tolist() == ["R0", "R1"]
    assert found.deciders == ["R0", "R1"]
    assert found.verdict.startswith("Tied for first place: I0, I1. Without R0 it would be")
    assert found.left_out == 2


def test_stability_shows_itself_in_both_languages(scores: pd.DataFrame) -> None:
    found = rank_stability(scores, draws=100)
    assert "<caption>Without one reviewer</caption>" in found._repr_html_()
    assert "Boards drawn with replacement from the same reviewers: 100." in str(found)
    use_language("sv")
    assert "Utan R2 hade det i stället blivit" in found.verdict
    assert "<caption>Utan en av bedömarna</caption>" in found._repr_html_()


# ------------------------------------------------------------------------------------------------------ the chart


@pytest.mark.parametrize(("code", "words"), [("en", "severe, in the same order"), ("sv", "sträng, i samma ordning")])
def test_the_chart_says_in_words_what_it_shows(scores: pd.DataFrame, code: str, words: str) -> None:
    use_language(code)
    found = severity(scores)
    spec = severity_chart(found).to_dict()
    assert words in spec["description"]
    assert all(reviewer in spec["description"] for reviewer in found.table.index)
    drawn = vl_convert.vegalite_to_svg(spec)
    assert ("−1,0" in drawn) == (code == "sv")
    assert "R6" in drawn


# --------------------------------------------------------------------------------------------------- bad input


GOOD = long([("R1", "A", "need", 4), ("R2", "A", "need", 3), ("R1", "B", "need", 2), ("R2", "B", "need", 2)])
WIDE = pd.DataFrame({"R1": [1, 2, 3], "R2": [1, 2, 2]})
APART = long([("R1", "A", "need", 4), ("R2", "B", "need", 3)])

BAD = [
    pytest.param(lambda: weighted_scores([1, 2], {}), ValueError, "give a DataFrame", "ge en", id="not a table"),
    pytest.param(lambda: weighted_scores(GOOD.head(0)), ValueError, "is empty", "tom", id="no rows"),
    pytest.param(
        lambda: weighted_scores(GOOD.drop(columns="score")), KeyError, "no column 'score'", "kolumn", id="no scores"
    ),
    pytest.param(lambda: weighted_scores(GOOD.drop(columns="idea")), KeyError, "idea_id", "kolumn", id="no ideas"),
    pytest.param(
        lambda: weighted_scores(GOOD.assign(score="x")),
        ValueError,
        "Row 0: score is 'x'",
        "Rad 0",
        id="words as scores",
    ),
    pytest.param(
        lambda: weighted_scores(GOOD.assign(score=None)),
        ValueError,
        "All scores are missing",
        "saknas",
        id="all missing",
    ),
    pytest.param(
        lambda: weighted_scores(pd.concat([GOOD, GOOD.head(1)])),
        ValueError,
        "R1 has more than one score of A on need",
        "mer än en gång",
        id="scored twice",
    ),
    pytest.param(
        lambda: weighted_scores(GOOD.assign(reviewer=None)), ValueError, "reviewer is empty", "är tom", id="no reviewer"
    ),
    pytest.param(
        lambda: weighted_scores(GOOD, {"need": -1}), ValueError, "weights['need']", "ge ett tal", id="negative"
    ),
    pytest.param(
        lambda: weighted_scores(GOOD, {"need": 0}), ValueError, "All weights are 0", "Alla vikter", id="zeros"
    ),
    pytest.param(lambda: weighted_scores(GOOD, {}), KeyError, "no weight for 'need'", "saknar vikt", id="no weight"),
    pytest.param(
        lambda: weighted_scores(GOOD, {"need": 1, "joy": 1}),
        KeyError,
        "names 'joy'",
        "inte är något kriterium",
        id="joy",
    ),
    pytest.param(lambda: weighted_scores(GOOD, [1]), ValueError, "weights is [1]", "ge varje kriterium", id="list"),
    pytest.param(
        lambda: severity(GOOD[GOOD["reviewer"] == "R1"]), ValueError, "at least two reviewers", "minst två", id="alone"
    ),
    pytest.param(lambda: adjust_severity(APART), ValueError, "no idea in common", "gemensam idé", id="no overlap"),
    pytest.param(
        lambda: rank_stability(GOOD[GOOD["idea"] == "A"]),
        ValueError,
        "at least two ideas",
        "minst två idéer",
        id="one idea",
    ),
    pytest.param(lambda: rank_stability(GOOD, draws=0), ValueError, "draws is 0", "heltal", id="no draws"),
    pytest.param(lambda: rank_stability(GOOD, seed=-1), ValueError, "seed is -1", "heltal", id="bad seed"),
    pytest.param(
        lambda: rank_stability(long([("R1", "A", "need", 4), ("R2", "B", "team", 3)])),
        ValueError,
        "nothing to rank",
        "inget att rangordna",
        id="nothing to rank",
    ),
    pytest.param(lambda: agreement(WIDE, "kappa"), ValueError, "statistic is 'kappa'", "välj", id="unknown statistic"),
    pytest.param(
        lambda: agreement(WIDE, "krippendorff", level="odd"), ValueError, "level is 'odd'", "välj", id="unknown level"
    ),
    pytest.param(
        lambda: agreement(WIDE, "fleiss", level="ordinal"),
        ValueError,
        "only krippendorff",
        "bara krippendorff",
        id="level",
    ),
    pytest.param(lambda: agreement(WIDE, "cohen_weighted"), ValueError, "linear, quadratic", "välj", id="no weights"),
    pytest.param(
        lambda: agreement(WIDE, "cohen", weights="linear"),
        ValueError,
        "only cohen_weighted",
        "bara cohen",
        id="weights",
    ),
    pytest.param(lambda: agreement(GOOD, "krippendorff"), ValueError, "long table", "lång tabell", id="long table"),
    pytest.param(lambda: agreement(WIDE[["R1"]], "fleiss"), ValueError, "too few columns", "för få", id="one rater"),
    pytest.param(
        lambda: agreement(WIDE.assign(R3=1), "cohen"),
        ValueError,
        "compares two raters",
        "jämför två",
        id="three raters",
    ),
    pytest.param(
        lambda: agreement(WIDE.assign(R2="x"), "icc1"), ValueError, "Row 0: R2 is 'x'", "Rad 0", id="words as ratings"
    ),
    pytest.param(
        lambda: agreement(WIDE - 2, "krippendorff", level="ratio"),
        ValueError,
        "Row 0: R1 is -1",
        "Rad 0",
        id="below zero",
    ),
    pytest.param(
        lambda: agreement(WIDE.assign(R3=None), "fleiss"),
        ValueError,
        "0 of 3 items",
        "0 av 3 enheter",
        id="none complete",
    ),
    pytest.param(
        lambda: agreement(WIDE.assign(R2=None), "krippendorff"),
        ValueError,
        "0 of 3 items",
        "av minst två",
        id="no pairs",
    ),
    pytest.param(lambda: severity_chart(GOOD), ValueError, "severity(scores)", "lämnar", id="chart of a table"),
]

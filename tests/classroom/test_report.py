"""The report on an assignment: its numbers against other computations, and what a teacher reads on the page."""

from __future__ import annotations

import base64
import importlib.util
import random
import re
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from siru_course.classroom import _report_page
from siru_course.classroom._analysis import Analysis, analyse
from siru_course.classroom._items import Said, complaints
from siru_course.classroom.report import report
from siru_course.language import in_language

from .small_class import ASSIGNMENT, BOOK, MOST, Handed, gradebook, make, rows

ANSWERED = {"count": "votes_counted = len(votes)", "share": "share = 1 / 3", "why": "As everybody has one vote."}
SEATS = "✗ Pairs, not seats: not met. You have 144. A seat is not a meeting."
LOOKED = "✗ Pairs, not seats: not met. You have 0.128. A seat is not a meeting."


def points(seed: int, n: int) -> dict[str, Handed]:
    chance = random.Random(seed)
    return {
        f"s{number:02}": Handed(chance.randint(0, 10), chance.randint(0, 5), chance.randint(0, 5), answers=ANSWERED)
        for number in range(n)
    }


@pytest.fixture(scope="module")
def handed() -> dict[str, Handed]:
    return points(1, 24)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, handed: dict[str, Handed]) -> Path:
    return make(tmp_path_factory.mktemp("report") / "class", handed)


@pytest.fixture(scope="module")
def found(folder: Path) -> Analysis:
    return analyse(folder, ASSIGNMENT)


@pytest.fixture(scope="module")
def frame(handed: dict[str, Handed]) -> pd.DataFrame:
    return pd.DataFrame([{"check_count": h.count, "check_share": h.share, "why": h.why} for h in handed.values()])


class TestNumbers:
    def test_difficulty_is_what_pandas_says(self, found: Analysis, frame: pd.DataFrame) -> None:
        expected = frame.mean() / pd.Series(MOST)
        assert {item.task.key[1]: item.difficulty for item in found.items} == pytest.approx(expected.to_dict())
        assert [item.n for item in found.items] == [24, 24, 24]

    def test_discrimination_is_scipy_s_correlation_with_the_other_tasks(
        self, found: Analysis, frame: pd.DataFrame
    ) -> None:
        for item in found.items:
            name = item.task.key[1]
            expected = stats.pearsonr(frame[name], frame.drop(columns=name).sum(axis="columns")).statistic
            assert item.discrimination == pytest.approx(expected)

    def test_distribution_mean_and_median_are_pandas_s(self, found: Analysis, frame: pd.DataFrame) -> None:
        shares = frame.sum(axis="columns") / 20
        expected = pd.cut(shares, [i / 10 for i in range(10)] + [1.01], right=False).value_counts(sort=False)
        assert found.distribution == expected.tolist()
        assert found.middle == pytest.approx((shares.mean(), shares.median()))

    def test_by_hand(self, tmp_path: Path) -> None:
        # Ten students: the first task 0 … 9 points, the second falls as the first rises, the third is the same for all.
        handed = {f"s{n}": Handed(n, 5 - n / 2, 2) for n in range(10)}
        count, share, why = analyse(make(tmp_path / "class", handed), ASSIGNMENT).items
        assert (count.difficulty, share.difficulty, why.difficulty) == pytest.approx((0.45, 0.55, 0.4))
        assert (count.discrimination, share.discrimination) == pytest.approx((-1.0, -1.0))
        assert why.discrimination is None

    def test_discrimination_of_a_task_that_is_right_or_wrong_is_the_point_biserial_correlation(
        self, tmp_path: Path
    ) -> None:
        # Five are right, with 6 … 10 points for the rest, and five wrong, with 2 … 6: means 8 and 4, variance 2 + 4.
        handed = {f"s{right}{why}": Handed(10 * right, 1 + 4 * right, why) for right in (0, 1) for why in range(1, 6)}
        count = analyse(make(tmp_path / "class", handed), ASSIGNMENT).items[0]
        assert count.discrimination == pytest.approx((8 - 4) / 6**0.5 * (0.5 * 0.5) ** 0.5)

    def test_a_class_whose_answers_are_all_the_same(self, tmp_path: Path) -> None:
        folder = make(tmp_path / "class", {f"s{n}": Handed(10, 5, 5, answers=ANSWERED) for n in range(12)})
        found = analyse(folder, ASSIGNMENT)
        assert [(item.difficulty, item.discrimination) for item in found.items] == [(1, None)] * 3
        assert (found.distribution[9], found.stuck) == (12, [])
        assert report(folder, ASSIGNMENT).read_text(encoding="utf-8").count('<td class="number">–</td>') == 3

    def test_discrimination_is_left_out_under_ten(self, tmp_path: Path) -> None:
        path = report(make(tmp_path / "class", points(2, 9)), ASSIGNMENT)
        assert path.read_text(encoding="utf-8").count(">too few<") == 3

    def test_a_share_of_seven_tenths_lies_in_the_eighth_column(self, tmp_path: Path) -> None:
        found = analyse(make(tmp_path / "class", {"a": Handed(10, 4, 0), "b": Handed(10, 5, 5)}), ASSIGNMENT)
        assert found.distribution == [0, 0, 0, 0, 0, 0, 0, 1, 0, 1]

    def test_while_tasks_are_left_to_mark_only_tests_count(self, tmp_path: Path) -> None:
        handed = points(3, 11) | {"last": Handed(10, 5, None, answers=ANSWERED)}
        found = analyse(make(tmp_path / "class", handed), ASSIGNMENT)
        assert found.to_mark == 1
        assert found.shares[[s.student for s in found.graded].index("last")] == 1
        assert (found.items[2].n, found.items[2].left) == (11, 1)
        frame = pd.DataFrame([(h.count, h.share) for h in handed.values()], columns=["count", "share"])
        assert found.items[0].discrimination == pytest.approx(frame.corr().loc["count", "share"])

    def test_a_task_has_no_difficulty_while_the_untouched_alone_have_points(self, tmp_path: Path) -> None:
        handed = points(3, 12)
        for student in ("s00", "s01"):
            handed[student] = Handed(5, 2, None, answers=ANSWERED)
        folder = make(tmp_path / "class", handed)
        why = analyse(folder, ASSIGNMENT).items[2]
        assert (why.n, why.left, why.difficulty, why.discrimination) == (10, 2, None, None)
        text = report(folder, ASSIGNMENT).read_text(encoding="utf-8")
        assert '<td class="number">2 left to mark</td><td class="number">–</td>' in text

    def test_penalties_count_and_no_score_is_below_nothing(self, tmp_path: Path) -> None:
        handed = {"late": Handed(10, 5, 5, penalty=4), "later": Handed(1, 0, 0, penalty=4)}
        assert analyse(make(tmp_path / "class", handed), ASSIGNMENT).shares == [0.8, 0.0]

    def test_a_person_s_points_go_before_the_tests_(self, tmp_path: Path) -> None:
        folder = make(tmp_path / "class", {"a": Handed(0, 0, 5), "b": Handed(0, 0, 5)})
        with gradebook(folder) as book:
            grade = book.find_grade("check_count", BOOK, ASSIGNMENT, "a")
            grade.manual_score, grade.extra_credit = 8, 1
            book.db.commit()
            assert book.find_submission(ASSIGNMENT, "a").score == 14
        found = analyse(folder, ASSIGNMENT)
        assert found.graded[0].score == 14
        assert found.items[0].difficulty == pytest.approx(0.4)


class TestMessages:
    def test_students_are_counted_not_lines_and_values_do_not_part_a_message(self, tmp_path: Path) -> None:
        handed = {
            "a": Handed(0, 0, answers=ANSWERED, printed={"count": f"1 Count\n{SEATS}\n{SEATS}"}),
            "b": Handed(0, 0, answers=ANSWERED, printed={"count": LOOKED}),
            "c": Handed(
                0, 0, answers=ANSWERED, printed={"count": "✗ Pairs, not seats: not met. You have 9. Add them."}
            ),
        }
        item = analyse(make(tmp_path / "class", handed), ASSIGNMENT).items[0]
        assert [(str(said), n) for said, n, _hidden in item.common] == [
            ("Pairs, not seats: A seat is not a meeting.", 2),
            ("Pairs, not seats: Add them.", 1),
        ]

    def test_three_are_shown_and_the_most_common_first(self, tmp_path: Path) -> None:
        said = {name: f"✗ Check {name}: not met. Hint {name}." for name in "pqrst"}
        own = ["pqrst", "qrst", "rst", "st", "t"]
        handed = {
            f"s{n}": Handed(0, 0, answers=ANSWERED, printed={"count": "\n".join(said[name] for name in names)})
            for n, names in enumerate(own)
        }
        item = analyse(make(tmp_path / "class", handed), ASSIGNMENT).items[0]
        assert [(said.check, n) for said, n, _hidden in item.common] == [("Check t", 5), ("Check s", 4), ("Check r", 3)]

    def test_what_only_a_hidden_test_says_is_marked(self, tmp_path: Path) -> None:
        hidden = "✗ The secret one: not met. Divide once more."
        handed = {
            "a": Handed(0, 0, answers=ANSWERED, printed={"count": f"{SEATS}\n{hidden}"}, public={"count": SEATS}),
            "b": Handed(0, 0, answers=ANSWERED, printed={"count": f"{SEATS}\n{hidden}"}, public={"count": SEATS}),
        }
        text = report(make(tmp_path / "class", handed), ASSIGNMENT).read_text(encoding="utf-8")
        assert "<li>2 students: The secret one: Divide once more. (hidden test)</li>" in text
        assert "<li>2 students: Pairs, not seats: A seat is not a meeting.</li>" in text

    def test_no_answer_is_no_misconception(self, tmp_path: Path) -> None:
        unanswered = "✗ Pairs: not met. Not answered yet: write your answer in the cell above."
        undefined = "✗ Pairs: not met. `share` is not defined yet: run the cell above where you create it."
        handed = {
            "a": Handed(0, 0, answers=ANSWERED, printed={"count": unanswered}),
            "b": Handed(0, 0, printed={"count": undefined}),
        }
        item = analyse(make(tmp_path / "class", handed), ASSIGNMENT).items[0]
        assert (item.common, item.untouched) == ([], 1)

    @pytest.mark.parametrize("code", ["en", "sv"])
    def test_the_checks_own_words_are_read_in_both_languages(
        self, code: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from siru_course import checks

        with in_language(code), checks.task("1", points=4):
            checks.number("Andel: av alla", lambda: 0.3, 0.5, hints={0.3: "A `seat` is not a meeting."}, points=1)
            checks.choice("Valet", lambda: "A", "B", options=["A", "B"], points=1)
            checks.number("Rätt", lambda: 1, 1, points=1)
            checks.choices("Sorter", lambda: {"x": "A", "y": "A"}, {"x": "A", "y": "B"}, points=1)
        said = list(complaints(capsys.readouterr().out))
        assert said[0] == Said("Andel: av alla", "A `seat` is not a meeting.")
        assert [one.check for one in said] == ["Andel: av alla", "Valet", "Sorter"]
        assert "`A`" in said[1].message  # nothing else is known than what they chose


class TestPeople:
    def test_who_is_stuck_and_with_what(self, tmp_path: Path) -> None:
        handed = {
            "well": Handed(10, 5, answers=ANSWERED),
            "low": Handed(2, 5, answers=ANSWERED, first="Lo", last="Ek"),
            "blank": Handed(10, 0, 0, answers={"count": ANSWERED["count"], "why": ANSWERED["why"]}),
        }
        text = report(make(tmp_path / "class", handed), ASSIGNMENT).read_text(encoding="utf-8")
        assert "<li>Lo Ek (low): 47 % of the points that tests give; less than half: Task 1</li>" in text
        assert "<li>blank: 67 % of the points that tests give; untouched: Task 2; less than half: Task 3</li>" in text
        assert "<li>well" not in text

    def test_spaces_alone_are_no_answer_and_an_answer_elsewhere_is_one(self, tmp_path: Path) -> None:
        handed = {
            "spaces": Handed(
                0, 5, answers=ANSWERED | {"count": "# votes_counted: a number\n\n#  Write your answer here \n"}
            ),
            "elsewhere": Handed(10, 5, answers={"share": ANSWERED["share"], "why": ANSWERED["why"]}),
        }
        found = analyse(make(tmp_path / "class", handed), ASSIGNMENT)
        assert found.items[0].untouched == 1
        assert [one.student.student for one in found.stuck] == ["spaces"]

    def test_flags_and_unreadable_notebooks_are_told(self, tmp_path: Path) -> None:
        handed = {"odd": Handed(10, 5, answers=ANSWERED, flagged=True), "gone": Handed(10, 5, answers=ANSWERED)}
        folder = make(tmp_path / "class", handed)
        (folder / "autograded" / "gone" / ASSIGNMENT / f"{BOOK}.ipynb").write_bytes(b"\xff{")
        text = report(folder, ASSIGNMENT).read_text(encoding="utf-8")
        assert re.search(r"Flagged for you to look at</h2>.*?<li>odd</li>", text, re.DOTALL)
        assert re.search(r"Could not be read</h2>.*?<li>gone</li>", text, re.DOTALL)

    def test_handed_in_counts_those_who_are_not_graded_too(self, folder: Path, tmp_path: Path) -> None:
        small = make(tmp_path / "class", {"a": Handed(1, 1)})
        (small / "submitted" / "b" / ASSIGNMENT).mkdir(parents=True)
        found = analyse(small, "small")
        assert (found.handed_in, len(found.graded)) == (2, 1)

    def test_who_handed_in_nothing_is_named(self, tmp_path: Path) -> None:
        folder = make(tmp_path / "class", {"a": Handed(10, 5, answers=ANSWERED)})
        with gradebook(folder) as book:
            book.add_student("b", first_name="Bo", last_name="Alm")
            book.add_student("c")
        (folder / "submitted" / "c" / ASSIGNMENT).mkdir(parents=True)
        text = report(folder, ASSIGNMENT).read_text(encoding="utf-8")
        assert re.search(r"Handed in nothing</h2><ul><li>Bo Alm \(b\)</li></ul>", text.replace("\n", ""))


class TestPage:
    def test_everything_students_wrote_is_escaped(self, tmp_path: Path) -> None:
        evil = "<script>alert(1)</script>"
        printed = {"count": f"✗ {evil}: not met. {evil}"}
        handed = {"a": Handed(0, 0, answers=ANSWERED, printed=printed, first=evil, last="&", flagged=True)}
        text = report(make(tmp_path / "class", handed), ASSIGNMENT).read_text(encoding="utf-8")
        assert "<script" not in text
        assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4

    def test_it_is_in_the_class_s_language_and_says_that_it_is_personal(self, tmp_path: Path) -> None:
        text = report(make(tmp_path / "class", points(1, 3), "sv"), ASSIGNMENT).read_text(encoding="utf-8")
        assert '<html lang="sv">' in text
        assert "namngivna personer" in text
        assert "Vilka som har kört fast" in text
        assert not re.search(r"\d\.\d", re.sub(r"<style>.*?</style>|base64,[^\"]*", "", text, flags=re.DOTALL))

    def test_the_charts_are_pictures_with_words_and_nothing_is_loaded(self, folder: Path, tmp_path: Path) -> None:
        text = report(folder, ASSIGNMENT, tmp_path / "page.html").read_text(encoding="utf-8")
        pictures = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)"', text)
        assert len(pictures) == 2
        assert all(base64.b64decode(picture).startswith(b"<svg") for picture, _alt in pictures)
        assert "Task 1" in base64.b64decode(pictures[1][0]).decode()
        assert "http" not in re.sub(r"base64,[^\"]*|http-equiv", "", text)

    def test_without_the_drawing_library_there_are_bars_of_html(
        self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_report_page, "find_spec", lambda name: None)
        text = report(folder, ASSIGNMENT, tmp_path / "page.html").read_text(encoding="utf-8")
        assert importlib.util.find_spec("vl_convert") is not None
        assert "<img" not in text
        assert text.count('class="bar"') == 13

    def test_the_tables_beside_it_hold_the_same_numbers(self, folder: Path, tmp_path: Path, found: Analysis) -> None:
        report(folder, ASSIGNMENT, tmp_path, csv=True)
        items = pd.read_csv(tmp_path / "items.csv")
        assert items["difficulty"].tolist() == pytest.approx([item.difficulty for item in found.items], abs=1e-4)
        assert items["task"].tolist() == ["Task 1 · Count the votes", "Task 2 · A share", "Task 3 · Say why"]
        students = pd.read_csv(tmp_path / "students.csv")
        assert students["score"].tolist() == [scored.score for scored in found.graded]
        assert sorted(path.name for path in tmp_path.iterdir()) == ["items.csv", "report.html", "students.csv"]

    def test_no_name_is_a_formula_in_the_table(self, tmp_path: Path) -> None:
        handed = {"a": Handed(1, 1, first="=HYPERLINK(1)", last="X")}
        report(make(tmp_path / "class", handed), ASSIGNMENT, tmp_path / "out", csv=True)
        assert rows((tmp_path / "out" / "students.csv").read_text("utf-8-sig"))[1][1] == "'=HYPERLINK(1) X"

    def test_it_is_written_inside_the_class_directory(self, folder: Path) -> None:
        assert report(folder, "small") == folder / ".siru" / "reports" / ASSIGNMENT / "report.html"


class TestBadInput:
    def test_no_class_directory(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="not a class directory"):
            report(tmp_path, "small")

    def test_nothing_released(self, tmp_path: Path) -> None:
        folder = make(tmp_path / "class", {})
        (folder / "release" / ASSIGNMENT / f"{BOOK}.ipynb").unlink()
        with pytest.raises(ValueError, match="siru class release"):
            report(folder, "small")

    def test_nothing_graded(self, tmp_path: Path) -> None:
        folder = make(tmp_path / "class", {})
        with pytest.raises(ValueError, match="siru class grade"):
            report(folder, "small")
        (folder / "gradebook.db").unlink()
        with pytest.raises(ValueError, match="no gradebook"):
            report(folder, "small")
        assert not (folder / "gradebook.db").exists()

    def test_a_gradebook_that_is_none(self, tmp_path: Path) -> None:
        folder = make(tmp_path / "class", {})
        (folder / "gradebook.db").write_bytes(b"no database at all, but long enough to be one" * 50)
        with pytest.raises(ValueError, match="cannot be read"):
            report(folder, "small")

    def test_an_unknown_assignment(self, folder: Path) -> None:
        with pytest.raises(ValueError, match="05-small"):
            report(folder, "large")

    @pytest.mark.parametrize(
        "content", ['{"cells": 5}', "[]", '{"cells": [3, {"metadata": [], "outputs": {}}]}', "null"]
    )
    def test_a_notebook_of_another_form_is_no_obstacle(self, tmp_path: Path, content: str) -> None:
        folder = make(tmp_path / "class", {"a": Handed(1, 1, answers=ANSWERED)})
        (folder / "autograded" / "a" / ASSIGNMENT / f"{BOOK}.ipynb").write_text(content, encoding="utf-8")
        assert report(folder, "small").is_file()

    def test_a_link_is_not_followed(self, tmp_path: Path) -> None:
        folder = make(tmp_path / "class", {"a": Handed(1, 1, answers=ANSWERED)})
        place = folder / "autograded" / "a" / ASSIGNMENT / f"{BOOK}.ipynb"
        place.rename(tmp_path / "other.ipynb")
        place.symlink_to(tmp_path / "other.ipynb")
        assert [scored.student for scored in analyse(folder, "small").unread] == ["a"]

"""A teacher marks what a machine cannot: blind, in random order, and into nbgrader's own gradebook."""

from __future__ import annotations

import csv
import json
import shutil
import threading
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from siru_course import classroom
from siru_course.classroom._marking_files import seed
from siru_course.classroom._marking_parts import Draft, MarkedMeanwhileError
from siru_course.classroom._marking_scheme import read_task
from siru_course.classroom._marking_shown import answer_html, render
from siru_course.classroom.marking import Marking, marking
from siru_course.classroom.marking_tool import MarkingTool, marking_tool, serve_marking

from .marking_class import ASSIGNMENT, CHOSE, FRAME, PIXEL, STUDENTS, make

WROTE = [student for student, (_first, _last, answer) in STUDENTS.items() if answer]
SECRETS = [word for student, (first, last, _answer) in STUDENTS.items() for word in (student, first, last, "@siru")]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("graded") / "class")


@pytest.fixture
def folder(graded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graded, tmp_path / "class"))


def gradebook(folder: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "siru")


def scores(folder: Path, task: str) -> dict[str, Any]:
    cell = task.partition("/")[2]
    with gradebook(folder) as book:
        return {name: book.find_grade(cell, "dialogue", ASSIGNMENT, name).manual_score for name in STUDENTS}


def mark(work: Marking, task: str, points: str, comment: str = "") -> str:
    key = work.first(task)
    assert key is not None
    work.save(work.open(task, key), Draft({}, points, comment))
    return key


def shown(tool: MarkingTool) -> str:
    """Everything on the page: what is read, chosen from, and typed in."""
    parts, boxes = [], [tool]
    while boxes:
        widget: Any = boxes.pop()
        boxes += getattr(widget, "children", ())
        for name in ("value", "description", "tooltip", "options"):
            parts.append(str(getattr(widget, name, "")))
    return "\n".join(parts)


@pytest.mark.slow
class TestQueue:
    def test_only_the_tasks_that_a_person_marks_are_there(self, folder: Path) -> None:
        assert list(marking(folder, "dialogue").tasks) == [FRAME, CHOSE]

    def test_an_untouched_task_needs_nobody(self, folder: Path) -> None:
        work = marking(folder, "dialogue")
        assert len(work.queue(FRAME)) == len(WROTE)
        assert (work.summary(FRAME).left, work.summary(FRAME).empty) == (3, 1)

    def test_the_order_is_another_for_each_task_and_the_same_the_next_day(self, folder: Path) -> None:
        orders = []
        for _day in range(2):
            work = marking(folder, "dialogue", "Eva")
            orders.append([[work.open(task, a.key).html for a in work.queue(task)] for task in (FRAME, CHOSE)])
        assert orders[0] == orders[1]
        # The same texts are handed in to both tasks. With another seed the two orders may be alike by chance.
        differs = orders[0][0] != orders[0][1]
        for number in range(20):
            (folder / ".siru" / "marking-seed").write_text(f"{number}", encoding="ascii")
            work = marking(folder, "dialogue", "Eva")
            first, second = ([work.open(task, a.key).html for a in work.queue(task)] for task in (FRAME, CHOSE))
            assert sorted(first) == sorted(second)
            differs = differs or first != second
        assert differs

    def test_the_order_is_not_the_one_of_the_ids(self, tmp_path: Path, graded: Path) -> None:
        firsts = set()
        for number in range(12):
            copy = tmp_path / str(number)
            shutil.copytree(graded, copy)
            work = marking(copy, "dialogue", "Eva")
            firsts.add(work.open(FRAME, work.queue(FRAME)[0].key).html)
        assert len(firsts) > 1

    def test_markers_see_the_same_numbers_and_begin_at_different_places(self, folder: Path) -> None:
        queues = [marking(folder, "dialogue", f"marker {n}").queue(FRAME) for n in range(12)]
        assert {tuple(sorted((answer.number, answer.key) for answer in queue)) for queue in queues} == {
            tuple(sorted((answer.number, answer.key) for answer in queues[0]))
        }
        assert len({queue[0].number for queue in queues}) > 1

    def test_a_break_goes_on_where_it_was(self, folder: Path) -> None:
        work = marking(folder, "dialogue", "Eva")
        order = [answer.key for answer in work.queue(FRAME)]
        assert mark(work, FRAME, "5") == order[0]
        again = marking(folder, "dialogue", "Eva")
        assert again.first(FRAME) == order[1]
        assert again.following(FRAME, order[1]) == order[2]
        assert again.following(FRAME, order[2]) == order[1]
        assert again.before(FRAME, order[1]) == order[0]
        assert again.before(FRAME, order[0]) is None

    def test_what_was_left_half_way_comes_first(self, folder: Path) -> None:
        work = marking(folder, "dialogue", "Eva")
        last = work.queue(FRAME)[-1].key
        work.keep(work.open(FRAME, last), Draft({"One problem": 2.0}, "", "Who is"))
        again = marking(folder, "dialogue", "Eva")
        assert (again.first(FRAME), again.half_way()) == (last, FRAME)
        assert again.open(FRAME, last).entered == Draft({"One problem": 2.0}, "", "Who is")
        other = marking(folder, "dialogue", "Ali")
        assert other.open(FRAME, last).entered == Draft()


@pytest.mark.slow
class TestGradebook:
    def test_marks_are_nbgrader_s_own(self, folder: Path) -> None:
        work = marking(folder, "dialogue")
        for task, points in ((FRAME, ("9,5", "0", "15")), (CHOSE, ("3", "4.5", "6"))):
            for one in points:
                mark(work, task, one, f"So {one}")
            assert work.first(task) is None
        assert sorted(score for score in scores(folder, FRAME).values() if score is not None) == [0, 9.5, 15]
        with gradebook(folder) as book:
            total = 0.0
            for student in STUDENTS:
                submission = book.find_submission(ASSIGNMENT, student)
                assert not submission.needs_manual_grade
                total += submission.score
            assert total == 9.5 + 0 + 15 + 3 + 4.5 + 6
            comments = [
                book.find_comment("frame_challenge", "dialogue", ASSIGNMENT, name).manual_comment for name in WROTE
            ]
            assert sorted(comments) == ["So 0", "So 15", "So 9,5"]

    def test_each_mark_reaches_the_student_it_belongs_to(self, folder: Path) -> None:
        work = marking(folder, "dialogue")
        for answer in work.queue(FRAME):
            sheet = work.open(FRAME, answer.key)
            points = {"weld": "1", "ride": "2", "room": "3"}
            work.save(sheet, Draft({}, next(value for word, value in points.items() if word in sheet.html)))
        assert scores(folder, FRAME) == {"lovelace01": 1, "bergman02": 2, "citron03": 3, "dahlin04": None}
        assert set(scores(folder, CHOSE).values()) == {None}

    @pytest.mark.parametrize("points", ["", "many", "-0.5", "15.5", "7.25", "nan", "inf"])
    def test_points_that_are_none_change_nothing(self, folder: Path, points: str) -> None:
        work = marking(folder, "dialogue")
        with pytest.raises(ValueError, match="from 0 to 15, in steps of a half"):
            mark(work, FRAME, points)
        assert set(scores(folder, FRAME).values()) == {None}

    def test_two_who_mark_the_same_answer_are_told(self, folder: Path) -> None:
        eva, ali = (marking(folder, "dialogue", name) for name in ("Eva", "Ali"))
        key = eva.queue(FRAME)[0].key
        hers, his = eva.open(FRAME, key), ali.open(FRAME, key)
        eva.save(hers, Draft({}, "12", "Clear."))
        with pytest.raises(MarkedMeanwhileError, match=r"12 points, “Clear\.”\. You gave 4\.5 points, “Vague\.”"):
            ali.save(his, Draft({}, "4.5", "Vague."))
        assert eva.open(FRAME, key).entered == Draft({}, "12", "Clear.")
        ali.save(ali.open(FRAME, key), Draft({}, "4.5", "Vague."))
        assert eva.open(FRAME, key).entered == Draft({}, "4.5", "Vague.")

    def test_a_comment_that_somebody_else_wrote_is_not_overwritten(self, folder: Path) -> None:
        eva, ali = (marking(folder, "dialogue", name) for name in ("Eva", "Ali"))
        key = mark(eva, FRAME, "3", "First")
        old = ali.open(FRAME, key)
        eva.save(eva.open(FRAME, key), Draft({}, "3", "Second"))
        with pytest.raises(MarkedMeanwhileError):
            ali.save(old, Draft({}, "3", "Third"))
        assert eva.open(FRAME, key).comment == "Second"

    def test_of_many_who_save_at_the_same_moment_one_succeeds(self, folder: Path) -> None:
        works = [marking(folder, "dialogue", f"m{n}") for n in range(6)]
        key = works[0].queue(FRAME)[0].key
        sheets = [work.open(FRAME, key) for work in works]
        saved, together = [], threading.Barrier(len(works))

        def save(n: int) -> None:
            together.wait()
            try:
                works[n].save(sheets[n], Draft({}, str(n), f"by {n}"))
            except MarkedMeanwhileError:
                return
            saved.append(n)

        threads = [threading.Thread(target=save, args=(n,)) for n in range(len(works))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(saved) == 1
        assert works[0].open(FRAME, key).entered == Draft({}, str(saved[0]), f"by {saved[0]}")

    def test_a_marked_answer_can_be_opened_and_changed(self, folder: Path) -> None:
        work = marking(folder, "dialogue")
        key = work.queue(FRAME)[0].key
        rubric = {"One problem": 2.0, "Whose problem": 1.0}
        work.save(work.open(FRAME, key), Draft(rubric, "3", "Good"))
        sheet = work.open(FRAME, key)
        assert (sheet.entered, sheet.answer.to_mark) == (Draft(rubric, "3", "Good"), False)
        work.save(sheet, Draft({}, "2.5", ""))
        assert work.open(FRAME, key).entered == Draft({}, "2.5", "")

    def test_a_mark_survives_grading_again_and_is_asked_for_once_more(self, folder: Path) -> None:
        work = marking(folder, "dialogue")
        key = mark(work, FRAME, "7", "Fine")
        assert [g.problem for g in classroom.grade(folder, "dialogue", WROTE, force=True)] == [""] * len(WROTE)
        sheet = work.open(FRAME, key)
        assert (sheet.answer.to_mark, sheet.entered) == (True, Draft({}, "7", "Fine"))
        work.save(sheet, sheet.entered)
        assert not work.open(FRAME, key).answer.to_mark

    def test_a_gradebook_that_is_in_use_loses_nothing(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        import sqlite3

        work = marking(folder, "dialogue")
        key = work.queue(FRAME)[0].key
        sheet, entered = work.open(FRAME, key), Draft({}, "7", "Fine")
        work.keep(sheet, entered)
        busy = sqlite3.connect(folder / "gradebook.db", isolation_level=None)
        busy.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ValueError, match="gradebook cannot be used now"):
            work.save(sheet, entered)
        busy.execute("ROLLBACK")
        busy.close()
        assert work.open(FRAME, key).entered == entered
        assert work.save(sheet, entered) == 7


@pytest.mark.slow
class TestBlind:
    def test_nothing_on_the_page_says_whose_an_answer_is(self, folder: Path) -> None:
        tool = marking_tool(folder, "dialogue", "Eva")
        for task in (FRAME, CHOSE):
            tool.task_choice.value = task
            for _words, key in tool.answer_choice.options:
                tool.answer_choice.value = key
                seen = shown(tool)
                assert [secret for secret in SECRETS if secret in seen] == []
                assert str(folder) not in seen
                assert "/home" not in seen
                tool.points.value = "5"
                tool.save_button.click()
        assert "How might we let a welder weld?" in "".join(
            tool.marking.open(FRAME, answer.key).html for answer in tool.marking.queue(FRAME)
        )

    def test_the_files_of_marking_do_not_say_either(self, folder: Path) -> None:
        tool = marking_tool(folder, "dialogue", "Eva")
        tool.points.value = "5"
        tool.save_button.click()
        tool.comment.value = "half-way"
        tool.reuse_button.click()
        marked = [path for path in (folder / ".siru").iterdir() if path.name.startswith(("marking", "comments"))]
        written = "".join(path.read_text(encoding="utf-8") for path in marked)
        assert "half-way" in written
        assert [secret for secret in SECRETS if secret in written] == []

    def test_a_notebook_that_cannot_be_read_does_not_tell_its_path(self, folder: Path) -> None:
        for path in (folder / "autograded").rglob("dialogue.ipynb"):
            path.write_text("broken", encoding="utf-8")
        tool = marking_tool(folder, "dialogue", "Eva")
        assert "Grade it again" in tool.message
        assert [secret for secret in [*SECRETS, str(folder)] if secret in shown(tool)] == []

    def test_what_a_student_wrote_runs_nothing_and_fetches_nothing(self, folder: Path) -> None:
        work = marking(folder, "dialogue")
        html = next(h for a in work.queue(FRAME) if "welder" in (h := work.open(FRAME, a.key).html))
        for danger in ("<script", "<img src=x", "javascript:"):
            assert danger not in html
        assert f'src="data:image/png;base64,{PIXEL}"' in html
        assert "<td>I013</td>" in html


class TestShown:
    @pytest.mark.parametrize(
        "text",
        [
            "![x](http://evil.example/pixel.png)",
            "![x](data:image/svg+xml;base64,PHN2Zz4=)",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "<iframe src='//evil.example'></iframe>",
            "<b onclick='x()' style='position:fixed'>b</b>",
            "![x](attachment:missing.png)",
            ">" * 3000 + "deep",
        ],
    )
    def test_nothing_is_run_or_fetched(self, text: str) -> None:
        html = render(text)
        for danger in ("<iframe", "<svg", 'src="http', 'src="data:image/svg', 'href="data', "<b "):
            assert danger not in html

    def test_an_answer_in_code_is_shown_with_what_it_printed(self) -> None:
        cell = nbformat.v4.new_code_cell("x = '<i>'", metadata={"nbgrader": {"grade_id": "a"}})
        cell.outputs = [
            nbformat.v4.new_output("stream", text="by adaadaada & co"),
            nbformat.v4.new_output("display_data", {"text/html": "<script>1</script>", "text/plain": "a table"}),
            nbformat.v4.new_output("display_data", {"image/png": PIXEL + "\n"}),
            nbformat.v4.new_output("error", ename="KeyError", evalue="'a'", traceback=["/home/adaadaada/x.py"]),
        ]
        html = answer_html([cell], "a", ("adaadaada", "", "", ""))
        assert "x = &#x27;&lt;i&gt;&#x27;" in html
        assert "by [name] &amp; co" in html
        assert "a table" in html
        assert "KeyError" in html
        assert "adaadaada" not in html
        assert "<script" not in html
        assert "data:image/png" in html

    def test_below_a_task_cell_everything_up_to_the_next_is_the_answer(self) -> None:
        cells = [
            nbformat.v4.new_markdown_cell("Do", metadata={"nbgrader": {"grade_id": "a", "task": True}}),
            nbformat.v4.new_markdown_cell("I did"),
            nbformat.v4.new_markdown_cell("Next", metadata={"nbgrader": {"grade_id": "b"}}),
        ]
        assert answer_html(cells, "a", ("", "", "", "")) == "<p>I did</p>"

    def test_a_cell_that_is_gone_and_one_that_is_empty_are_told(self) -> None:
        empty = nbformat.v4.new_markdown_cell("", metadata={"nbgrader": {"grade_id": "a"}})
        assert "Nothing is written" in answer_html([empty], "a", ("", "", "", ""))
        assert "not in the notebook" in answer_html([empty], "b", ("", "", "", ""))

    def test_an_endless_answer_is_cut_and_says_so(self) -> None:
        cell = nbformat.v4.new_markdown_cell("word " * 100_000, metadata={"nbgrader": {"grade_id": "a"}})
        html = answer_html([cell], "a", ("", "", "", ""))
        assert len(html) < 60_000
        assert "500000 characters" in html


class TestScheme:
    @pytest.mark.parametrize("code", ["en", "sv"])
    @pytest.mark.parametrize("task", ["frame_challenge", "how_we_chose"])
    def test_rubric_and_samples_are_read_from_the_source(self, code: str, task: str) -> None:
        source = classroom.EXERCISES / code / ASSIGNMENT / "dialogue.ipynb"
        found = read_task("dialogue", task, 15, nbformat.read(source, as_version=4).cells)
        assert [len(criterion.levels) for criterion in found.rubric] == [4] * 5
        assert sum(criterion.levels[-1][0] for criterion in found.rubric) == 15
        assert len(found.samples) == 3
        assert "15" in found.samples[2].title
        assert all(len(sample.answer.split()) > 100 and sample.remark for sample in found.samples)
        assert found.title.startswith({"en": "Task", "sv": "Uppgift"}[code])
        assert len(found.model.split()) > 100
        assert "MARK SCHEME" not in found.text + found.scheme + found.samples[2].remark

    def test_a_rubric_that_adds_up_to_something_else_is_only_read(self) -> None:
        source = classroom.EXERCISES / "en" / ASSIGNMENT / "dialogue.ipynb"
        found = read_task("dialogue", "frame_challenge", 10, nbformat.read(source, as_version=4).cells)
        assert found.rubric == ()
        assert "| One problem |" in found.scheme

    def test_a_task_without_a_scheme_has_its_text_and_points(self) -> None:
        cells = [
            nbformat.v4.new_markdown_cell("# Exercise"),
            nbformat.v4.new_markdown_cell("## Why (4 points)"),
            nbformat.v4.new_markdown_cell("Say why."),
            nbformat.v4.new_markdown_cell("...", metadata={"nbgrader": {"grade_id": "why", "solution": True}}),
        ]
        found = read_task("hw", "why", 4, cells)
        assert (found.title, found.text, found.most) == ("Why (4 points)", "## Why (4 points)\n\nSay why.", 4)
        assert (found.rubric, found.samples, found.scheme) == ((), (), "")

    def test_a_task_cell_has_its_scheme_within(self) -> None:
        text = "## Why\n\n=== BEGIN MARK SCHEME ===\nRead it.\n=== END MARK SCHEME ==="
        cell = nbformat.v4.new_markdown_cell(text, metadata={"nbgrader": {"grade_id": "why", "task": True}})
        found = read_task("hw", "why", 4, [cell])
        assert (found.title, found.text, found.scheme) == ("Why", "## Why", "Read it.")

    def test_a_task_that_the_source_does_not_know_can_be_marked(self) -> None:
        assert read_task("dialogue", "gone", 5, []).title == "gone"


@pytest.mark.slow
class TestComments:
    def test_they_are_kept_for_the_assignment_and_counted(self, folder: Path) -> None:
        work = marking(folder, "dialogue", "Eva")
        for comment in ("Who is “all of us”?", "Two notes, and a figure.", "Who is “all of us”?"):
            work.add_comment(comment)
        work.use_comment("Two notes, and a figure.")
        other = marking(folder, "dialogue", "Ali")
        assert other.reusable() == [("Two notes, and a figure.", 1), ("Who is “all of us”?", 0)]
        with (folder / ".siru" / "comments.csv").open(encoding="utf-8-sig", newline="") as file:
            assert {row["assignment"] for row in csv.DictReader(file)} == {ASSIGNMENT}
        with pytest.raises(ValueError, match="Write the comment first"):
            work.add_comment("  ")

    def test_many_markers_lose_none_of_them(self, folder: Path) -> None:
        def add(n: int) -> None:
            work = marking(folder, "dialogue", f"m{n}")
            for turn in range(5):
                work.add_comment(f"{n}-{turn}")

        threads = [threading.Thread(target=add, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(marking(folder, "dialogue").reusable()) == 20

    def test_a_file_that_is_something_else_is_left_as_it_is(self, folder: Path) -> None:
        path = folder / ".siru" / "comments.csv"
        work = marking(folder, "dialogue")
        path.write_text("a;b\n1;2\n", encoding="utf-8")
        with pytest.raises(ValueError, match=r"comments\.csv cannot be read"):
            work.add_comment("New")
        assert path.read_text(encoding="utf-8") == "a;b\n1;2\n"


@pytest.mark.slow
class TestSummary:
    def test_it_counts_and_tells_the_mean_of_each_marker(self, folder: Path) -> None:
        eva, ali = (marking(folder, "dialogue", name) for name in ("Eva", "Ali"))
        mark(eva, FRAME, "10")
        mark(eva, FRAME, "5")
        key = mark(ali, FRAME, "3")
        ali.save(ali.open(FRAME, key), Draft({}, "4.5"))
        summary = ali.summary(FRAME)
        assert summary.points == (4.5, 5, 10)
        assert (summary.left, summary.empty) == (0, 1)
        assert summary.markers == (("Ali", 1, 4.5), ("Eva", 2, 7.5))

    def test_marks_from_formgrader_count_too(self, folder: Path) -> None:
        with gradebook(folder) as book:
            grade = book.find_grade("frame_challenge", "dialogue", ASSIGNMENT, "bergman02")
            grade.manual_score, grade.needs_manual_grade = 6, False
            book.db.commit()
        summary = marking(folder, "dialogue").summary(FRAME)
        assert (summary.points, summary.left, summary.markers) == ((6,), 2, ())


@pytest.mark.slow
class TestTool:
    def test_the_rubric_adds_up_and_a_half_point_can_be_added(self, folder: Path) -> None:
        tool = marking_tool(folder, "dialogue", "Eva")
        for level, control in zip((3, 2, 2, 1, 2), tool.levels.values(), strict=True):
            assert tool.points.value == ""
            control.value = level
        assert tool.points.value == "10"
        tool.points.value = "10.5"
        tool.comment.value = "Good question."
        number = tool.sheet.answer.number
        tool.save_button.click()
        assert tool.message == f"Answer {number} is saved with 10.5 of 15 points."
        assert "2 of 3 answers left" in tool.left.value
        assert (tool.points.value, tool.comment.value) == ("", "")
        assert {control.value for control in tool.levels.values()} == {""}
        assert 10.5 in scores(folder, FRAME).values()
        log = (folder / ".siru" / "marking-log.csv").read_text(encoding="utf-8-sig")
        assert json.loads(next(csv.DictReader(log.splitlines()))["rubric"])["One problem"] == 3

    def test_closing_the_browser_loses_nothing(self, folder: Path) -> None:
        tool = marking_tool(folder, "dialogue", "Eva")
        tool.task_choice.value = CHOSE
        tool.skip_button.click()
        number = tool.sheet.answer.number
        next(iter(tool.levels.values())).value = 2
        tool.comment.value = "Not yet fin"
        again = marking_tool(folder, "dialogue", "Eva")
        assert (again.task_choice.value, again.sheet.answer.number) == (CHOSE, number)
        assert (next(iter(again.levels.values())).value, again.comment.value) == (2, "Not yet fin")

    def test_wrong_points_are_a_sentence_and_stay_where_they_are(self, folder: Path) -> None:
        tool = marking_tool(folder, "dialogue", "Eva")
        key = tool.sheet.answer.key
        tool.points.value = "16"
        tool.save_button.click()
        assert "from 0 to 15" in tool.message
        assert (tool.sheet.answer.key, tool.points.value) == (key, "16")

    def test_when_somebody_else_was_first_both_marks_are_shown(self, folder: Path) -> None:
        tool, other = marking_tool(folder, "dialogue", "Eva"), marking(folder, "dialogue", "Ali")
        sheet = other.open(FRAME, tool.sheet.answer.key)
        tool.points.value, tool.comment.value = "4", "Mine"
        other.save(sheet, Draft({}, "8", "Theirs"))
        tool.save_button.click()
        assert "8 points, “Theirs”" in tool.message
        assert "4 points, “Mine”" in tool.message
        assert other.open(FRAME, sheet.answer.key).entered.points == "8"
        tool.save_button.click()
        assert other.open(FRAME, sheet.answer.key).entered == Draft({}, "4", "Mine")

    def test_after_such_a_meeting_skipping_lets_theirs_stand(self, folder: Path) -> None:
        tool, other = marking_tool(folder, "dialogue", "Eva"), marking(folder, "dialogue", "Ali")
        key = tool.sheet.answer.key
        tool.points.value = "4"
        other.save(other.open(FRAME, key), Draft({}, "8", "Theirs"))
        tool.save_button.click()
        tool.skip_button.click()
        assert tool.sheet.answer.key != key
        assert marking(folder, "dialogue", "Eva").open(FRAME, key).entered == Draft({}, "8", "Theirs")

    def test_skip_and_back_walk_through_the_answers(self, folder: Path) -> None:
        tool = marking_tool(folder, "dialogue", "Eva")
        keys = [answer.key for answer in tool.marking.queue(FRAME)]
        walked = [tool.sheet.answer.key]
        for _press in range(3):
            tool.skip_button.click()
            walked.append(tool.sheet.answer.key)
        assert walked == [*keys, keys[0]]
        tool.back_button.click()
        assert tool.message == "This is the first answer."
        tool.skip_button.click()
        tool.back_button.click()
        assert tool.sheet.answer.key == keys[0]

    def test_at_the_end_there_is_a_summary_and_answers_can_be_opened_again(self, folder: Path) -> None:
        tool = marking_tool(folder, "dialogue", "Eva")
        for points in ("3", "10", "10"):
            tool.points.value = points
            tool.save_button.click()
        assert tool.sheet is None
        assert "No answer is left" in tool.shown.value
        assert tool.save_button.disabled
        assert "Mean: 7.7 of 15 points." in tool.text
        assert "Eva, 3, 7.7" in tool.text
        tool.answer_choice.value = tool.marking.queue(FRAME)[0].key
        assert tool.points.value == "3"
        tool.points.value = "4"
        tool.save_button.click()
        assert 4 in scores(folder, FRAME).values()

    def test_a_reusable_comment_is_inserted_below_what_is_written(self, folder: Path) -> None:
        tool = marking_tool(folder, "dialogue", "Eva")
        assert tool.insert_button.disabled
        tool.comment.value = "Who is “all of us”?"
        tool.reuse_button.click()
        tool.comment.value = "Clear question."
        tool.insert_button.click()
        assert tool.comment.value == "Clear question.\nWho is “all of us”?"
        assert tool.marking.reusable() == [("Who is “all of us”?", 1)]

    def test_it_speaks_the_class_s_language(self, folder: Path) -> None:
        (folder / "language").write_text("sv\n", encoding="utf-8")
        tool = marking_tool(folder, "dialogue", "Eva")
        assert (tool.save_button.description, tool.skip_button.description) == ("Spara och nästa", "Hoppa över")
        tool.points.value = "9,5"
        tool.save_button.click()
        assert "9,5 av 15 poäng" in tool.message


class TestOpening:
    def test_another_folder_says_how_to_make_a_class(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="siru class new"):
            marking(tmp_path, "dialogue")

    def test_what_is_not_graded_says_how(self, tmp_path: Path) -> None:
        classroom.new(tmp_path / "class", "en", ["dialogue"])
        with (
            pytest.raises(ValueError, match="siru class grade 05-dialogue"),
            serve_marking(tmp_path / "class", "dialogue"),
        ):
            pass
        assert not (tmp_path / "class" / "gradebook.db").exists()

    def test_the_seed_is_made_once(self, tmp_path: Path) -> None:
        first = seed(tmp_path / ".siru")
        assert len(first) == 32
        assert seed(tmp_path / ".siru") == first

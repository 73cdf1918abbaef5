"""Near-identical answers: the planted copy comes first, honest work is not listed, and the page judges nobody."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import nbformat
import pytest

from siru_course import classroom
from siru_course.classroom._alike import Answer, code_answer, text_answer
from siru_course.classroom._similarity_page import side_by_side
from siru_course.classroom.report import report
from siru_course.classroom.similarity import Pair, compare, page_path, similarity

from ..exercises.test_answers import BANKS, answered, hand_in
from .small_class import ASSIGNMENT, STUBS, make, notebook, submit

EXERCISE = "05-dialogue"
BANK = BANKS[EXERCISE]["tasks"]

ORIGINAL = """
# first count them
total = 0
by_option = {}
for ballot in votes:
    # a ballot may be empty
    for option in ballot:
        by_option[option] = by_option.get(option, 0) + 1
        total += 1
votes_counted = max(by_option.values()) / total
"""
# The same with other names, the comments moved, other quotation marks and other spaces.
COPY = """
summa = 0
r = { }

for  b in votes:
    for o in b:  # first count them
        r[o] = r.get(o, 0)+1
        summa += 1
# a ballot may be empty, says the chapter
votes_counted = max(r.values())/summa
"""
OTHER = """
import collections
found = collections.Counter(option for ballot in votes for option in ballot)
most = found.most_common(1)[0][1]
votes_counted = most / sum(found.values())
"""
WHY = "Plurality counts first places alone, so two options that are nearly the same take votes from each other. "
WHY += "With approval nobody has to choose between them, and a broad yes is seen. It does not see how strong a yes is."
OTHER_WHY = "We chose approval because the group must live with the result. An idea that many can work for goes on, "
OTHER_WHY += "even if few love it the most. What we lose is how much each person wants it, and the second choice."


def folder_with(tmp_path: Path, answers: dict[str, dict[str, str]]) -> Path:
    folder = make(tmp_path / "class", {})
    for student, own in answers.items():
        submit(folder, student, notebook({task: f"{STUBS[task]}\n{text}" for task, text in own.items()}))
    return folder


def page(folder: Path) -> str:
    return (folder / ".siru" / "similarity" / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")


class TestSmallClass:
    def test_a_copy_with_other_names_and_moved_comments_comes_first(self, tmp_path: Path) -> None:
        answers = {
            "ada": {"count": ORIGINAL, "why": WHY},
            "bo": {"count": OTHER, "why": OTHER_WHY},
            "cim": {"count": COPY, "why": OTHER_WHY.replace("group", "room")},
            "dan": {"count": OTHER.replace("most", "top")},
        }
        folder = folder_with(tmp_path, answers)
        pairs = similarity(folder, "small")
        assert pairs[0].students == ("ada", "cim")
        assert pairs[0].tasks[0].title == "Task 1 · Count the votes"
        assert pairs[0].tasks[0].similarity == 1
        assert {pair.students for pair in pairs} <= {("ada", "cim"), ("bo", "dan"), ("bo", "cim")}
        assert "1. ada and cim" in page(folder)

    def test_text_is_compared_by_its_words(self, tmp_path: Path) -> None:
        copy = WHY.upper().replace(". ", "!\n\n")
        folder = folder_with(tmp_path, {"ada": {"why": WHY}, "bo": {"why": copy}, "cim": {"why": OTHER_WHY}})
        (pair,) = similarity(folder, "small")
        assert pair.students == ("ada", "bo")
        assert pair.tasks[0].similarity == 1

    def test_untouched_notebooks_are_no_pair(self, tmp_path: Path) -> None:
        folder = folder_with(tmp_path, {name: {} for name in ("ada", "bo", "cim")})
        assert similarity(folder, "small") == []
        assert "No two submissions are so alike" in page(folder)

    def test_a_short_answer_that_two_share_is_no_pair(self, tmp_path: Path) -> None:
        same = {"count": "votes_counted = len(votes)", "share": "share = 1 / len(votes)"}
        assert similarity(folder_with(tmp_path, {"ada": same, "bo": same}), "small") == []

    def test_what_many_share_weighs_less_than_what_two_share(self, tmp_path: Path) -> None:
        answers = {f"s{n}": {"count": OTHER} for n in range(10)} | {"ada": {"why": WHY}, "bo": {"why": WHY}}
        pairs = similarity(folder_with(tmp_path, answers), "small")
        assert [pair.students for pair in pairs] == [("ada", "bo")]

    def test_it_says_how_common_an_answer_is(self, tmp_path: Path) -> None:
        long = "\n".join(f"votes_counted = votes_counted * {n} + len(votes)" for n in range(30))
        answers = {name: {"count": long} for name in ("ada", "bo", "cim")} | {"dan": {"count": OTHER}, "eva": {}}
        folder = folder_with(tmp_path, answers)
        pairs = similarity(folder, "small")
        assert [(p.tasks[0].shared_by, p.tasks[0].answered) for p in pairs] == [(3, 4)] * 3
        assert "100 % alike. 3 of the 4 who wrote anything gave an answer like these." in page(folder)

    def test_equal_parts_are_marked_and_starter_code_is_not(self, tmp_path: Path) -> None:
        one, other = (
            code_answer(f"{STUBS['count']}\n{text}", STUBS["count"], frozenset()) for text in (ORIGINAL, COPY)
        )
        left, right = side_by_side(one, other)
        assert "<mark>for ballot in votes:</mark>" in left
        assert "<mark>for  b in votes:</mark>" in right
        assert not re.search(r"<mark>[^<]*#", left + right)
        assert re.sub(r"</?mark>", "", left) == one.source

    def test_hostile_text_is_escaped(self, tmp_path: Path) -> None:
        evil = ORIGINAL + "\nnote = '</pre><script>alert(1)</script>'"
        folder = folder_with(tmp_path, {"<b>ada": {"count": evil}, "bo": {"count": evil}})
        assert similarity(folder, "small")
        assert "<script" not in page(folder)
        assert "<b>ada" not in page(folder)
        assert "&lt;script&gt;" in page(folder)

    def test_the_page_gives_no_verdict_and_loads_nothing(self, tmp_path: Path) -> None:
        folder = folder_with(tmp_path, {"ada": {"count": ORIGINAL}, "bo": {"count": COPY}})
        similarity(folder, "small")
        assert not re.search(r"plagiar|cheat|copied|suspic|guilt|dishonest|misconduct", page(folder), re.IGNORECASE)
        assert "http" not in page(folder).replace("http-equiv", "")

    def test_it_is_in_the_class_s_language(self, tmp_path: Path) -> None:
        folder = folder_with(tmp_path, {"ada": {"count": ORIGINAL}, "bo": {"count": COPY}})
        (folder / "language").write_text("sv", encoding="utf-8")
        similarity(folder, "small", to=tmp_path / "out" / "lista.html")
        text = (tmp_path / "out" / "lista.html").read_text(encoding="utf-8")
        assert "Läs svaren och prata med båda" in text
        assert not re.search(r"plagiat|fusk|kopierat|misstänk|avskriv", text, re.IGNORECASE)

    def test_the_page_goes_into_a_folder_that_is_there(self, tmp_path: Path) -> None:
        folder = folder_with(tmp_path, {"ada": {"count": ORIGINAL}, "bo": {"count": COPY}})
        similarity(folder, "small", tmp_path)
        assert page_path(folder, "small", tmp_path) == tmp_path / f"{ASSIGNMENT}.html"
        assert "<h1>" in (tmp_path / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")

    def test_a_notebook_that_cannot_be_read_is_told(self, tmp_path: Path) -> None:
        folder = folder_with(tmp_path, {"ada": {"count": ORIGINAL}, "bo": {"count": COPY}})
        (folder / "submitted" / "cim" / ASSIGNMENT).mkdir(parents=True)
        assert len(similarity(folder, "small")) == 1
        assert "so not compared: cim." in page(folder)

    def test_the_threshold_is_kept_to(self, tmp_path: Path) -> None:
        changed = COPY.replace("r.get(o, 0)+1", "1 if o not in r else r[o] + 1")
        folder = folder_with(tmp_path, {"ada": {"count": ORIGINAL}, "bo": {"count": changed}})
        (pair,) = similarity(folder, "small", threshold=0.75)
        assert 0.75 <= pair.tasks[0].similarity < 0.95
        assert similarity(folder, "small", threshold=0.95) == []

    @pytest.mark.parametrize("threshold", [0, 0.5, 1.01, float("nan")])
    def test_a_threshold_that_means_nothing_is_refused(self, tmp_path: Path, threshold: float) -> None:
        with pytest.raises(ValueError, match="threshold is"):
            similarity(tmp_path, "small", threshold=threshold)

    @pytest.mark.filterwarnings("error::RuntimeWarning")
    def test_one_answer_alone_is_no_pair(self, tmp_path: Path) -> None:
        assert similarity(folder_with(tmp_path, {"ada": {"count": ORIGINAL}, "bo": {}}), "small") == []

    def test_a_whole_group_with_one_long_answer_is_listed(self, tmp_path: Path) -> None:
        long = "\n".join(f"votes_counted = votes_counted * {n} + len(votes)" for n in range(30))
        answers = {f"s{n}": {"count": long} if n < 4 else {"count": f"{OTHER}\n{n}"} for n in range(12)}
        pairs = similarity(folder_with(tmp_path, answers), "small")
        assert {student for pair in pairs[:6] for student in pair.students} == {"s0", "s1", "s2", "s3"}

    def test_nothing_handed_in(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="Nothing has been handed in"):
            similarity(folder_with(tmp_path, {}), "small")


class TestAnswers:
    @pytest.mark.parametrize(
        "broken", ["for x in (", "%matplotlib inline\nx = 1", "s = 'open", "\x00", "(" * 5000, "-" * 20000]
    )
    def test_code_that_does_not_run_is_read_all_the_same(self, broken: str) -> None:
        answer = code_answer(f"{ORIGINAL}\n{broken}", "", {"votes"})
        assert len(answer.tokens) > 45
        assert len(answer.tokens) == len(answer.spans)

    def test_a_name_of_the_notebook_stays_and_an_own_one_does_not(self) -> None:
        tokens = code_answer("mine = votes.groupby(key).size()", "", {"votes"}).tokens
        assert tokens == ("_", "=", "votes", ".", "groupby", "(", "_", ")", ".", "size", "(", ")")

    def test_numbers_and_texts_count(self) -> None:
        one, two = code_answer("x = 1.5e-3 + f('a')", "", set()), code_answer('y = 1.5e-3 + f("b")', "", set())
        assert one.tokens[:5] == two.tokens[:5]
        assert one.tokens != two.tokens
        assert "1.5e-3" in one.tokens

    def test_words(self) -> None:
        assert text_answer("Write here.\nÅ, *ja*!", "Write here.").tokens == ("å", "ja")


@pytest.mark.slow
def test_three_hundred_students_take_seconds() -> None:
    chance = random.Random(5)

    def answer() -> Answer:
        lines = [f"v{n} = work(v{n - 1}, {chance.randint(0, 30)}, {chance.choice('+-*')}1)" for n in range(25)]
        return code_answer("\n".join(lines), "", {"work"})

    tasks = [(f"Task {n}", {f"s{student}": answer() for student in range(300)}) for n in range(8)]
    tasks[3][1]["s299"] = tasks[3][1]["s0"]
    start = time.perf_counter()
    pairs = compare(tasks, 0.95)
    assert time.perf_counter() - start < 10
    assert [pair.students for pair in pairs] == [("s0", "s299")]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class in which two hand in all of the bank's right answers, and a third a copy of the first."""
    folder = tmp_path_factory.mktemp("bank") / "class"
    classroom.new(folder, "en", [EXERCISE])
    (path,) = classroom.release(folder, EXERCISE).glob("*.ipynb")
    release = nbformat.read(path, as_version=4)
    right = [[a["code"] for a in task["answers"] if a["kind"] == "right"] for task in BANK.values()]
    wrong = [[a["code"] for a in task["answers"] if a["kind"] == "wrong"] for task in BANK.values()]
    cells = [task["cell"] for task in BANK.values()]
    chosen = {
        "ada": [codes[0] for codes in right],
        "bo": [codes[1] for codes in right],
        "cim": [disguised(codes[0]) for codes in right],
        "dan": [codes[0] for codes in wrong],
        "eva": ["" for _codes in wrong],
        "fia": ["" for _codes in wrong],
    }
    for student, codes in chosen.items():
        hand_in(folder, EXERCISE, student, path.name, answered(release, dict(zip(cells, codes, strict=True))))
    return folder


def disguised(code: str) -> str:
    """Rename what a student may rename, and put comments in other places."""
    for name in ("people", "tables", "improved", "person", "pairs", "table", "merged", "counted", "turn", "by_need"):
        if re.search(rf"(?m)^\s*{name} = |\bfor {name} in |, {name} in ", code):
            code = re.sub(rf"(?<![\w.\"]){name}(?![\w\"=]| *=[^=].*\))", f"my_{name}", code)
    return "# my own\n" + code.replace("\n", "  # next\n", 1)


def pair_of(pairs: list[Pair], *students: str) -> Pair | None:
    return next((pair for pair in pairs if pair.students == students), None)


@pytest.mark.slow
def test_in_the_answer_bank_the_copy_comes_first_and_independent_answers_are_no_pair(bank: Path) -> None:
    pairs = similarity(bank, "dialogue")
    assert pairs[0].students == ("ada", "cim")
    assert len(pairs[0].tasks) >= 4
    assert pair_of(pairs, "ada", "bo") is None
    assert pair_of(pairs, "eva", "fia") is None


@pytest.mark.slow
def test_the_report_on_a_class_that_was_really_graded(bank: Path) -> None:
    assert not [graded.problem for graded in classroom.grade(bank, "dialogue") if graded.problem]
    text = report(bank, "dialogue").read_text(encoding="utf-8")
    assert re.search(r"<dt>graded</dt><dd>6</dd>", text)
    assert "Task 1 · Mix the tables" in text
    assert "follow the order of arrival" in text
    assert re.search(r"<li>eva: 0 % of the points that tests give; untouched: Task 1, Task 2, ", text)

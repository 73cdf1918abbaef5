"""A class with data of its own: other numbers than any other class, and everything works as without them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from siru_course import classroom, data, dialogue
from siru_course._data_own import FOLDER, digest
from siru_course.classroom._howto import how_to
from siru_course.classroom._marking_scheme import read_task
from siru_course.classroom._reach import reaches_for
from siru_course.classroom._seed import SEED_FILE, _make, _take_into_use, loaded
from siru_course.classroom.answers import answered, bank
from siru_course.classroom.sandbox import unavailable
from siru_course.language import LANGUAGES

from ..conftest import missing
from ..exercises.test_answers import read_submission

NAME, BOOK = "05-dialogue", "dialogue.ipynb"
SEED, OTHER = 7, 8
SETS = ["ballots", "dialogue_ideas", "dialogue_participants"]
TASKS = bank(NAME)["tasks"]


@dataclass(frozen=True)
class Class:
    """A class directory and, of one class, what its learners get."""

    folder: Path
    given: Path

    @property
    def source(self) -> Path:
        return self.folder / "source" / NAME

    def frame(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.source / FOLDER / f"{name}.csv", dtype={"municipality": str})

    def release(self) -> nbformat.NotebookNode:
        return nbformat.read(self.given / BOOK, as_version=4)

    def hand_in(self, student: str, book: nbformat.NotebookNode) -> Path:
        place = self.folder / "submitted" / student / NAME
        shutil.copytree(self.given, place)
        nbformat.write(book, place / BOOK)
        return place


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Class]:
    made = {}
    for name, seed in {"own": SEED, "again": SEED, "other": OTHER, "course": None}.items():
        folder = tmp_path_factory.mktemp("classes") / name
        classroom.new(folder, "sv", [NAME], seed)
        made[name] = Class(folder, classroom.handout(folder, NAME).folder if name == "own" else folder)
    return made


# What the class gets


@pytest.mark.slow
class TestHandout:
    def test_two_seeds_give_other_data_and_the_same_seed_the_same_bytes(self, classes: dict[str, Class]) -> None:
        assert _contents(classes["own"].source) == _contents(classes["again"].source)
        for name in SETS:
            files = [classes[one].source / FOLDER / f"{name}.csv" for one in ("own", "other")]
            assert len({path.read_bytes() for path in [*files, data.folder() / f"{name}.csv"]}) == 3

    def test_it_holds_what_the_exercise_loads_and_no_more(self, classes: dict[str, Class]) -> None:
        own = classes["own"]
        given, source = _contents(own.given), _contents(own.source)
        expected = [f"{FOLDER}/{name}.csv" for name in SETS]
        assert sorted(given) == ["README.html", BOOK, *expected]
        assert all(given[name] == source[name] for name in expected)
        assert sum(len(given[name]) for name in expected) < 50_000
        with zipfile.ZipFile(own.given.with_suffix(".zip")) as archive:
            assert {name.removeprefix(f"{NAME}/"): archive.read(name) for name in archive.namelist()} == given

    def test_the_how_to_says_nothing_of_it(self, classes: dict[str, Class]) -> None:
        (title,) = (cell.source.splitlines()[0] for cell in classes["own"].release().cells if cell.id == "title")
        assert (classes["own"].given / "README.html").read_bytes() == how_to("sv", title.removeprefix("# "), [BOOK])

    def test_shape_and_codes_are_those_of_the_course(self, classes: dict[str, Class]) -> None:
        for name in SETS:
            own, course = classes["own"].frame(name), data.load(name)
            assert own.columns.tolist() == course.columns.tolist()
            assert len(own) == len(course)
        own, course = classes["own"].frame("dialogue_participants"), data.load("dialogue_participants")
        assert own["meeting"].value_counts().to_dict() == course["meeting"].value_counts().to_dict()
        assert set(own["sector"]) == set(course["sector"])
        assert set(own["municipality"]) <= set(data.load("municipalities")["code"])

    def test_the_first_cell_takes_the_data_into_use_in_the_language_of_the_class(
        self, classes: dict[str, Class]
    ) -> None:
        (setup,) = (cell for cell in classes["own"].release().cells if cell.id == "setup")
        lines = setup.source.splitlines()
        assert "# Din klass har egna data, så siffrorna är andra än i boken." in lines
        assert lines.index('use_language("sv")') < lines.index('data.use("siru-data", {')
        assert lines.index('data.use("siru-data", {') < next(n for n, line in enumerate(lines) if "data.load" in line)
        assert setup.metadata["nbgrader"]["locked"]

    def test_who_marks_is_told_that_the_samples_have_other_numbers_and_learners_are_not(
        self, classes: dict[str, Class]
    ) -> None:
        source = nbformat.read(classes["own"].source / BOOK, as_version=4)
        for name in ("frame_challenge", "how_we_chose"):
            task = read_task("dialogue", name, 15, source.cells)
            assert f"egna data (frö {SEED})" in task.scheme
            assert len(task.rubric) == 5
            assert len(task.samples) == 3
        assert "(frö" not in (classes["own"].given / BOOK).read_text(encoding="utf-8")

    def test_the_class_remembers_its_seed(self, classes: dict[str, Class]) -> None:
        assert (classes["own"].folder / SEED_FILE).read_text(encoding="utf-8") == f"{SEED}\n"

    def test_without_a_seed_nothing_is_changed(self, classes: dict[str, Class]) -> None:
        course = classroom.EXERCISES / "sv" / NAME
        assert _contents(classes["course"].source) == {BOOK: (course / BOOK).read_bytes()}
        assert not (classes["course"].folder / SEED_FILE).exists()


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_no_exercise_loads_data_that_the_class_does_not_get(tmp_path: Path) -> None:
    varies = _make(SEED)
    for language in LANGUAGES:
        made = classroom.new(tmp_path / language, language, seed=SEED)
        for path in sorted((made.folder / "source").glob("*/*.ipynb")):
            given = {file.stem for file in path.parent.glob(f"{FOLDER}/*.csv")}
            assert {name for name in _run(path) if name in varies} <= given, path.parent.name


def _run(path: Path) -> list[str]:
    """Run a notebook with its solutions in a process of its own; gives the data sets that were read."""
    program = (
        "import json, sys\nfrom siru_course import data\nread, seen = data._read, []\n"
        "def spy(name):\n    seen.append(name)\n    return read(name)\n"
        "spy.cache_clear = read.cache_clear\ndata._read = spy\n"
        "names = {'__name__': '__main__', 'display': print}\n"
        "for cell in json.load(open(sys.argv[1], encoding='utf-8'))['cells']:\n"
        "    if cell['cell_type'] == 'code':\n        exec(''.join(cell['source']), names)\n"
        "print()\nprint(json.dumps(seen))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, path.name], cwd=path.parent, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


# Grading


@dataclass(frozen=True)
class Graded:
    """What came of a submission."""

    points: dict[str, float | None]
    shown: dict[str, str]
    flags: tuple[str, ...]


@pytest.fixture(scope="module")
def graded(classes: dict[str, Class]) -> dict[str, Graded]:
    """Hand in the bank, and attempts to be graded by other data, in the class with data of its own."""
    if reason := unavailable():
        missing(reason)
    own, release = classes["own"], classes["own"].release()
    for number in range(max(len(task["answers"]) for task in TASKS.values())):
        own.hand_in(f"answers{number}", answered(release, _answers(number)))
    source = nbformat.read(classroom.EXERCISES / "sv" / NAME / BOOK, as_version=4)
    own.hand_in("reference", source)

    # Everything right, and files of their own: fewer ballots, and a data set that nobody asked for.
    place = own.hand_in("tampered", source)
    content = (place / FOLDER / "ballots.csv").read_text(encoding="utf-8")
    (place / FOLDER / "ballots.csv").write_text("\n".join(content.splitlines()[:4]) + "\n", encoding="utf-8")
    (place / FOLDER / "organisations.csv").write_text("organisation_id\nO1\n", encoding="utf-8")
    shutil.rmtree(own.hand_in("without", source) / FOLDER)

    own.hand_in("literal", answered(release, _literal(own)))
    own.hand_in("copied", answered(release, _literal(classes["other"])))

    # The numbers of another class, and the files changed to those of that class by the code itself.
    theirs = (classes["other"].source / FOLDER / "ballots.csv").read_bytes()
    swap = f"from pathlib import Path\nPath('{FOLDER}/ballots.csv').write_bytes({theirs!r})\n"
    known = {"ballots": digest(theirs)}
    use = f"try:\n    data.use('{FOLDER}', {known!r})\nexcept ValueError as error:\n    print(error)\n"
    answers = _literal(classes["other"])
    own.hand_in("swaps", answered(release, answers | {"mix_tables": swap + use + answers["mix_tables"]}))
    early = answered(release, answers)
    early.cells.insert(1, new_code_cell(swap))
    own.hand_in("swaps-early", early)

    done = {str(one.student): one for one in classroom.grade(own.folder, NAME)}
    assert [str(one) for one in done.values() if one.problem] == []
    return {student: _read(own.folder, student, one.flags) for student, one in done.items()}


def _answers(number: int) -> dict[str, str]:
    return {task["cell"]: task["answers"][number]["code"] for task in TASKS.values() if number < len(task["answers"])}


def _literal(one: Class) -> dict[str, str]:
    """Answer three tasks with nothing but the numbers of a class, as somebody would copy them."""
    people = one.frame("dialogue_participants").query("meeting == 1")
    seating = dialogue.mix_tables(people, size=5, on=["sector", "municipality"])
    sectors = seating.groupby("table")["sector"].nunique().to_dict()
    ballots = one.frame("ballots")
    dots = dialogue.tally(ballots, "dots").scores
    return {
        "mix_tables": f"seating = pd.DataFrame({seating[['person_id', 'sector', 'table']].to_dict('list')!r})\n"
        f"sectors_per_table = {sectors!r}",
        "six_rules": f"winners = { ({rule: dialogue.tally(ballots, rule).winner for rule in _RULES})!r}\n"
        f"borda_scores = { ({name: int(n) for name, n in dialogue.tally(ballots, 'borda').scores.items()})!r}\n"
        "rule_choice, cycle_choice = 'C', 'D'",
        "near_twins": f"dots_winner, merged_winner, dots_choice = {dots.idxmax()!r}, 'AB', 'B'\n"
        f"split_dots = {int(dots['A'] + dots['B'])}",
    }


_RULES = ["plurality", "approval", "borda", "condorcet", "instant_runoff", "score"]


def _read(folder: Path, student: str, flags: tuple[str, ...] = ()) -> Graded:
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        found = read_submission(gradebook, folder, NAME, Path(BOOK), student)
    return Graded(found.points, found.shown, flags)


@pytest.mark.slow
class TestGrading:
    def test_every_known_answer_gets_its_points_and_its_message(self, graded: dict[str, Graded]) -> None:
        # Two answers of the first task depend on who comes, not on what the learner knows. "Drawn by lot" and "mixed on
        # sector only" are wrong because municipalities stay together; with some seeds (2026 and 2027 are such) they
        # happen not to, and the answers then get a point more. With the others all answers get the same points.
        found = [
            (check, answer["name"], answer["points"], own.points[check])
            for check, task in TASKS.items()
            for number, answer in enumerate(task["answers"])
            if (own := graded[f"answers{number}"]).points[check] != pytest.approx(answer["points"])
            or answer.get("says", {"sv": ""})["sv"] not in own.shown[check]
        ]
        assert found == []

    def test_the_reference_solution_gets_all_automatic_points(self, graded: dict[str, Graded]) -> None:
        assert sum(graded["reference"].points[check] or 0 for check in TASKS) == 70

    def test_numbers_copied_from_another_class_are_wrong(self, graded: dict[str, Graded]) -> None:
        copied, literal = graded["copied"].points, graded["literal"].points
        most = {"check_mix_tables": 10, "check_six_rules": 14, "check_near_twins": 12}
        assert {check: literal[check] for check in most} == most
        # The letters of the winners are the same in every class; that is what the exercise is about.
        assert copied["check_mix_tables"] <= 2
        assert copied["check_six_rules"] == 12
        assert copied["check_near_twins"] == 10

    @pytest.mark.parametrize("student", ["tampered", "without"])
    def test_data_that_are_handed_in_change_nothing(
        self, graded: dict[str, Graded], classes: dict[str, Class], student: str
    ) -> None:
        assert graded[student].points == graded["reference"].points
        own = classes["own"]
        for name in SETS:
            used = own.folder / "autograded" / student / NAME / FOLDER / f"{name}.csv"
            assert used.read_bytes() == (own.source / FOLDER / f"{name}.csv").read_bytes()

    @pytest.mark.parametrize("student", ["swaps", "swaps-early"])
    def test_code_that_changes_the_data_gains_nothing(self, graded: dict[str, Graded], student: str) -> None:
        points, honest = graded[student].points, graded["copied"].points
        assert all((points[check] or 0) <= (honest[check] or 0) for check in TASKS)

    def test_who_takes_other_data_into_use_is_told_to_the_teacher(self, graded: dict[str, Graded]) -> None:
        assert any("data.use" in flag for flag in graded["swaps"].flags)
        assert graded["literal"].flags == ()

    def test_feedback_is_for_the_numbers_of_the_class(
        self, graded: dict[str, Graded], classes: dict[str, Class]
    ) -> None:
        pages = classroom.feedback(classes["own"].folder, NAME, ["reference", "copied"])
        right, wrong = (path.read_text(encoding="utf-8") for path in sorted(pages, reverse=True))
        assert "✗" not in right
        assert "✗" in wrong

    def test_nbgrader_s_own_command_gives_the_same_points(
        self, graded: dict[str, Graded], classes: dict[str, Class], tmp_path: Path
    ) -> None:
        own, stock = classes["own"].folder, tmp_path / "stock"
        shutil.copytree(own, stock, ignore=shutil.ignore_patterns("autograded", "feedback", "submitted", ".siru"))
        with Gradebook(f"sqlite:///{stock / 'gradebook.db'}") as gradebook:
            for one in gradebook.students:
                gradebook.remove_student(one.id)
        students = ("tampered", "answers3")
        for student in students:
            shutil.copytree(own / "submitted" / student, stock / "submitted" / student)
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", "autograde", NAME, "--create"],
            cwd=stock,
            env=os.environ | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        for student in students:
            assert _read(stock, student).points == graded[student].points


# The seed


@pytest.mark.parametrize("seed", [-1, 1.5, "7", True])
def test_what_is_no_seed_is_refused_and_leaves_nothing(tmp_path: Path, seed: object) -> None:
    with pytest.raises(ValueError, match=r"seed is .*whole number"):
        classroom.new(tmp_path / "class", "en", [NAME], seed)  # type: ignore[arg-type]
    assert not [*tmp_path.iterdir()]


@pytest.mark.slow
def test_the_seed_of_the_course_s_own_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2016: it makes the course's own data"):
        classroom.new(tmp_path / "class", "en", [NAME], 2016)
    assert not [*tmp_path.iterdir()]


def test_a_notebook_in_which_nothing_can_be_put_is_refused(tmp_path: Path) -> None:
    book = {"cells": [{"cell_type": "code", "metadata": {}, "source": "from siru_course import data"}]}
    with pytest.raises(ValueError, match=r"small\.ipynb has no locked cell"):
        _take_into_use(book, {"ballots": b""}, tmp_path / "small.ipynb")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("data.load('bids')", {"bids"}),
        ("frame = data.load(name='bids', labels='sv')", {"bids"}),
        ("%matplotlib inline\ndata.load('bids')", {"bids"}),
        ("for name in ('bids', 'tenders'):\n    data.load(name)", {"bids", "tenders"}),
        ("from siru_course import valuation", {"brobygget_costs", "brobygget_value_map"}),
        ("import siru_course.valuation", {"brobygget_costs", "brobygget_value_map"}),
        ("print('bids')", set()),
        ("data.load('nothing')", set()),
        ("this is no code", set()),
    ],
)
def test_the_data_that_code_loads_are_found(source: str, expected: set[str]) -> None:
    assert loaded({"cells": [{"cell_type": "code", "source": source}]}) == expected


# Taking data into use


class TestUse:
    @pytest.fixture(autouse=True)
    def fresh(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        """Start without data of one's own in a folder that has some, and leave none behind."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(data, "_own", {})
        lines = (data.folder() / "ballots.csv").read_text(encoding="utf-8").splitlines()
        (tmp_path / FOLDER).mkdir()
        (tmp_path / FOLDER / "ballots.csv").write_text("\n".join(lines[:6]) + "\n", encoding="utf-8")
        (tmp_path / FOLDER / "tenders.csv").write_text("tender_id\nT1\n", encoding="utf-8")
        yield tmp_path / FOLDER / "ballots.csv"
        data._read.cache_clear()

    def test_a_folder_by_itself_changes_nothing(self) -> None:
        assert len(data.load("ballots")) == 45

    def test_what_is_named_comes_from_the_folder_and_the_rest_from_the_course(self, fresh: Path) -> None:
        before = data.load("tenders")
        assert len(data.load("ballots")) == 45
        data.use(FOLDER, {"ballots": digest(fresh.read_bytes())})
        assert len(data.load("ballots")) == 5
        assert data.load("ballots")["score_A"].dtype == "Int64"
        pd.testing.assert_frame_equal(data.load("tenders"), before)

    def test_what_happens_to_the_file_afterwards_changes_nothing(self, fresh: Path) -> None:
        data.use(FOLDER, {"ballots": digest(fresh.read_bytes())})
        fresh.write_text("ballot_id\n", encoding="utf-8")
        assert len(data.load("ballots")) == 5

    def test_the_same_again_is_fine_and_other_data_are_not(self, fresh: Path) -> None:
        first = digest(fresh.read_bytes())
        data.use(FOLDER, {"ballots": first})
        data.use(FOLDER, {"ballots": first})
        fresh.write_bytes(fresh.read_bytes() + b"\n")
        with pytest.raises(ValueError, match="Restart the kernel"):
            data.use(FOLDER, {"ballots": digest(fresh.read_bytes())})
        assert len(data.load("ballots")) == 5

    @pytest.mark.parametrize("change", ["altered", "gone"])
    def test_a_file_that_is_not_as_handed_out_is_told_about(self, fresh: Path, change: str) -> None:
        known = digest(fresh.read_bytes())
        fresh.write_text("V001;A;B\n", encoding="utf-8") if change == "altered" else fresh.unlink()
        with pytest.raises(ValueError, match=r"ballots\.csv is missing, or is not as it was handed out"):
            data.use(FOLDER, {"ballots": known})

    def test_a_data_set_that_does_not_exist(self) -> None:
        with pytest.raises(ValueError, match="no data set called 'votes'"):
            data.use(FOLDER, {"votes": "0"})


def test_taking_data_into_use_in_an_answer_is_a_sign_for_the_teacher() -> None:
    assert reaches_for(["data.use('mine', {})"]) == ("data.use",)
    assert reaches_for(["data.load('ballots')"]) == ()

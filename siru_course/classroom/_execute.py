"""nbgrader's step that runs a notebook, with a sandbox in the place of the kernel.

What a cell shows goes through nbclient's and nbgrader's own code, so that outputs and scores are theirs.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from nbclient.client import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, Execute

from siru_course.language import gettext as _

from . import _suspicion as suspicion
from ._afterwards import afterwards
from ._preflight import RefusedError
from ._reach import reaches_for
from .sandbox import LostError

if TYPE_CHECKING:
    from .sandbox import Executed, Run, Sandbox

TOTAL_SECONDS = 600
"""How long one run of a notebook may take; cells after that are not run."""


@dataclass
class Ran:
    """What running one notebook brought: plain data, wherever it was run.

    Parameters
    ----------
    notebook
        With the outputs that are scored.
    shown
        What its learner may see: it was run with the tests that were handed out.
    suspicions
        Signs that points were not earned.
    notes
        What was cut or stopped.
    """

    notebook: NotebookNode
    shown: NotebookNode
    suspicions: list[str]
    notes: list[str]


Runs: TypeAlias = Callable[[NotebookNode, Mapping[str, bytes], Any], Ran]
"""Runs a notebook beside some files, with nbgrader's configuration; here or elsewhere."""


@dataclass
class Report:
    """What running the notebooks of a submission brought besides scores.

    Parameters
    ----------
    shown
        By notebook, what its learner may see.
    suspicions
        By notebook, signs that points were not earned.
    notes
        What was cut or stopped.
    lost
        Why nothing is known about the submission, when what should have run it did not.
    """

    shown: dict[str, NotebookNode] = field(default_factory=dict)
    suspicions: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    lost: LostError | RefusedError | None = None


class SandboxExecute(Execute):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's step that runs a notebook: it lets somebody else run it, and keeps what is no score.

    Parameters
    ----------
    runs
        Runs a notebook.
    report
        Receives what is found on the way.
    config
        nbgrader's configuration.
    """

    def __init__(self, runs: Runs, report: Report, config: Any) -> None:
        super().__init__(config=config)
        self.runs = runs
        self.report = report

    def preprocess(self, nb: NotebookNode, resources: Any = None, km: Any = None) -> tuple[NotebookNode, Any]:
        """Run all cells of a notebook, and give it with what they show."""
        name = resources["nbgrader"]["notebook"]
        files = dict(_files(Path(resources["metadata"]["path"])))
        try:
            ran = self.runs(nb, files, self.config)
        except (LostError, RefusedError) as error:
            self.report.lost = error
            raise
        self.report.shown[name] = ran.shown
        self.report.suspicions[name] = ran.suspicions
        self.report.notes += ran.notes
        return ran.notebook, resources


def run_notebook(sandbox: Sandbox, nb: NotebookNode, files: Mapping[str, bytes], config: Any) -> Ran:
    """Run a notebook in the sandbox, for the scores and for what its learner sees.

    Hidden tests run among the learner's code, which can read and print them. So what they show is for the teacher, and
    what the learner sees comes from a run that has not held them.

    Parameters
    ----------
    sandbox
        Where code runs.
    nb
        The notebook; it is changed.
    files
        What lies beside it: relative paths and contents.
    config
        nbgrader's configuration.

    Raises
    ------
    LostError
        If the sandbox itself ended meanwhile.
    ValueError
        If the sandbox does not take the files, or does not start.
    """
    return _Runner(sandbox, config).both(nb, files)


class _Runner(Execute):  # type: ignore[misc]  # nbgrader has no types
    """Runs one notebook, with nbgrader's settings and nbclient's code."""

    def __init__(self, sandbox: Sandbox, config: Any) -> None:
        super().__init__(config=config)
        self.sandbox = sandbox
        self.notes: list[str] = []
        self.lost = ""

    def both(self, nb: NotebookNode, files: Mapping[str, bytes]) -> Ran:
        """Run a notebook with all tests, and as it was handed out."""
        shown = self._handed_out(nb)
        suspicions = _about_code(nb, files)
        if shown is None:
            with closing(self.sandbox.open(files)) as run:
                self._run(run, nb)
                self._look(run, nb, suspicions)
            shown = copy.deepcopy(nb)
        elif not self._once(nb, shown, files, suspicions):
            self._twice(nb, shown, files, suspicions)
        _clamp(nb, suspicions)
        return Ran(nb, shown, suspicions, self.notes)

    def _once(self, nb: NotebookNode, shown: NotebookNode, files: Mapping[str, bytes], suspicions: list[str]) -> bool:
        """Run the notebook with the tests that were handed out, and the full tests when all that is done.

        What the learner sees is there before the first hidden test is sent, so it can hold nothing of them. Nothing
        comes of it, and ``False`` is given, where the scores might be others than nbgrader's.
        """
        full, released = _code(nb), _code(shown)
        tests = [number for number, source in enumerate(full) if source != released[number]]
        if not all(released[number].strip() for number in tests) or not afterwards(full, released):
            return False
        with closing(self.sandbox.open(files)) as run:
            self._run(run, shown)
            if self.lost or not run.same():
                self.notes = []
                return False
            self.nb, nb.metadata = nb, copy.deepcopy(shown.metadata)
            for number, source in enumerate(released):
                if source and number not in tests:
                    nb.cells[number] = copy.deepcopy(shown.cells[number])
            for number in tests:
                self._cell(run, nb.cells[number], number, shown.cells[number].execution_count)
            self._look(run, nb, suspicions, shown)
        return True

    def _twice(self, nb: NotebookNode, shown: NotebookNode, files: Mapping[str, bytes], suspicions: list[str]) -> None:
        """Run the notebook with the hidden tests for the scores, and anew without them for what its learner sees."""
        with closing(self.sandbox.open(files)) as run:
            self._run(run, nb)
            self._look(run, nb, suspicions)
        notes = list(self.notes)
        with closing(self.sandbox.open(files)) as run:
            self._run(run, shown)
        self.notes = notes  # the teacher reads about the first run

    def _run(self, run: Run, nb: NotebookNode) -> None:
        NotebookClient.__init__(self, nb, None)
        self.reset_execution_trackers()
        self._check_assign_resources({})
        self.lost = ""
        self.end = time.monotonic() + TOTAL_SECONDS
        nb.metadata["language_info"] = NotebookNode(name="python")
        for number, cell in enumerate(nb.cells):
            self._cell(run, cell, number)
        self.set_widgets_metadata()

    def _cell(self, run: Run, cell: NotebookNode, number: int, count: int | None = None) -> None:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return
        cell.outputs = []
        # A test runs twice: what its first run showed is no longer there to be updated.
        self.clear_display_id_mapping(number)
        self.clear_before_next_output = False
        self.code_cells_executed += 1
        cell.execution_count = count or self.code_cells_executed
        if self.lost:
            cell.outputs = [_error(self.lost)]
            return
        left = max(1.0, self.end - time.monotonic())
        done = run.execute(cell.source, min(left, self._get_timeout(cell) or left), cell.execution_count)
        self._take_in(done, cell, number)
        reply = done.reply
        if done.problem == "timeout":
            self.notes.append(_("Cell {n} took too long and was stopped.").format(n=number + 1))
            reply = {**self.error_on_timeout, "status": "error"}
        elif done.problem == "output":
            self.notes.append(_("Cell {n} wrote so much that it was cut.").format(n=number + 1))
            if _is_test(cell) and not any(output.output_type == "execute_result" for output in cell.outputs):
                # What was cut may have been the score, and nbgrader gives all points to a test that shows none.
                cell.outputs.append(_error("Too much output"))
        self.on_cell_executed(cell=cell, cell_index=number, execute_reply={"content": reply})
        if not run.alive:
            self.lost = "The process that ran the notebook ended"
            self.notes.append(
                _("Cell {n} ended the program that ran it; the cells after it were not run.").format(n=number + 1)
            )

    def _take_in(self, done: Executed, cell: NotebookNode, number: int) -> None:
        """Let nbclient make outputs of messages; the sandbox lets only sound ones through."""
        for message in done.messages:
            try:
                self.process_message(message, cell, number)
            except CellExecutionComplete:
                continue
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count

    def _look(self, run: Run, nb: NotebookNode, suspicions: list[str], shown: NotebookNode | None = None) -> None:
        """Find signs of points that were not earned, in what tests show and by tests that must fail.

        Those are made of the tests as they were handed out, where that is known: they are shorter.
        """
        tests = [cell for cell in nb.cells if _is_test(cell)]
        for cell in tests:
            if odd := suspicion.in_outputs(cell):
                suspicions.append(
                    _("Look at the test {name}: {odd}.").format(name=cell.metadata.nbgrader["grade_id"], odd=odd)
                )
        if self.lost:
            suspicions.append(self.notes[-1])
            return
        passed = [
            made for cell, made in zip(nb.cells, (shown or nb).cells, strict=True) if _is_test(cell) and _points(cell)
        ]
        notes = list(self.notes)
        self._display_id_map.clear()  # what these cells show changes nothing that was shown before
        for probe in suspicion.probes(passed):
            nb.cells.append(probe.cell)
            self._cell(run, probe.cell, len(nb.cells) - 1)
            nb.cells.pop()
            if self.lost or not probe.passed():
                suspicions.append(_("A test that must fail passed. The points may not be earned: read the code."))
                break
        self.notes = notes

    def _handed_out(self, nb: NotebookNode) -> NotebookNode | None:
        """Copy a notebook with its locked cells as they were handed out; ``None`` if that is how they are."""
        copied = copy.deepcopy(nb)
        hidden, scheme = ClearHiddenTests(parent=self), ClearMarkScheme(parent=self)
        for cell in copied.cells:
            if utils.is_locked(cell):
                hidden._remove_hidden_test_region(cell)
                scheme._remove_mark_scheme_region(cell)
        same = [cell.source for cell in copied.cells] == [cell.source for cell in nb.cells]
        return None if same else copied


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Read what lies beside the notebooks; notebooks hold hidden tests and stay outside."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".ipynb":
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _code(nb: NotebookNode) -> list[str]:
    return [cell.source if cell.cell_type == "code" else "" for cell in nb.cells]


def _is_test(cell: NotebookNode) -> bool:
    return bool(utils.is_grade(cell) and not utils.is_solution(cell) and cell.cell_type == "code")


def _points(cell: NotebookNode) -> float:
    try:
        return float(utils.determine_grade(cell)[0] or 0)
    except (ValueError, KeyError):  # more than there are; it is brought down later
        return float(cell.metadata.nbgrader["points"])


def _about_code(nb: NotebookNode, files: Collection[str] = ()) -> list[str]:
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    answers, course, tests = (
        [cell.source for cell in code if wanted(cell)]
        for wanted in (lambda cell: not utils.is_locked(cell), utils.is_locked, _is_test)
    )
    names = ", ".join(reaches_for(answers, course, tests, files))
    return [_("The code uses {names}, which no task asks for: read it.").format(names=names)] if names else []


def _clamp(nb: NotebookNode, suspicions: list[str]) -> None:
    for cell in filter(_is_test, nb.cells):
        marks: Mapping[str, Any] = cell.metadata.nbgrader
        if suspicion.clamp(cell, float(marks["points"])):
            suspicions.append(_("The test {name} showed a score that it cannot give.").format(name=marks["grade_id"]))


def _error(sentence: str) -> NotebookNode:
    made: NotebookNode = new_output("error", ename="DeadKernelError", evalue=sentence, traceback=[sentence])
    return made

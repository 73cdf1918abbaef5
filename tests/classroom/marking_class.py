"""A class whose manual tasks wait for somebody to mark them; made once, and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from siru_course import classroom

ASSIGNMENT = "05-dialogue"
FRAME, CHOSE = "dialogue/frame_challenge", "dialogue/how_we_chose"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
ADA = """## How might we let a welder weld?

Ada Lovelace (ada@siru.example) wrote this in /home/lovelace01/dialogue.ipynb, says lovelace01.

<script>document.title = "stolen"</script> <img src=x onerror="document.title = 'stolen'">
[click](javascript:alert(1)) [report](https://example.org/report) ![mine](attachment:lovelace01.png)

| note | who |
|---|---|
| I013 | welders |
"""
# Who, first and last name, and what they wrote in each of the two tasks; the last one wrote nothing.
STUDENTS = {
    "lovelace01": ("Ada", "Lovelace", ADA),
    "bergman02": ("Bosse", "Bergman", "How might we share the ride?"),
    "citron03": ("Cimona", "Citron", "How might we rent out a room?"),
    "dahlin04": ("Dagny", "Dahlin", None),
}


def make(folder: Path, code: str = "en") -> Path:
    """Make the class: released, handed in, graded by nbgrader, with names in the gradebook."""
    classroom.new(folder, code, ["dialogue"])
    source = folder / "source" / ASSIGNMENT / "dialogue.ipynb"
    notebook = nbformat.read(source, as_version=4)
    # The tasks that a machine marks are not what is tried here, and they take their time.
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    nbformat.write(notebook, source)
    released = classroom.release(folder, "dialogue")
    for student, (first, last, answer) in STUDENTS.items():
        handed_in = folder / "submitted" / student / ASSIGNMENT
        shutil.copytree(released, handed_in)
        notebook = nbformat.read(handed_in / "dialogue.ipynb", as_version=4)
        notebook.metadata["authors"] = [{"name": f"{first} {last}"}]
        for cell in notebook.cells:
            if answer and cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = answer
                if "attachment:" in answer:
                    cell["attachments"] = {f"{student}.png": {"image/png": PIXEL}}
        nbformat.write(notebook, handed_in / "dialogue.ipynb")
    problems = [graded.problem for graded in classroom.grade(folder, "dialogue")]
    assert problems == [""] * len(STUDENTS)
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "siru") as gradebook:
        for student, (first, last, _answer) in STUDENTS.items():
            email = f"{first.lower()}@siru.example"
            gradebook.update_or_create_student(student, first_name=first, last_name=last, email=email)
    return folder

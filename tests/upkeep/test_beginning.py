"""A theme that ``siru theme new`` has begun works from the start, and cannot be taken for a finished one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from siru_course import upkeep
from siru_course.book import builder
from siru_course.classroom._afterwards import afterwards
from siru_course.upkeep import beginning, twins
from siru_course.upkeep.base import DERIVED

from ..book.test_site import small_book
from .test_check import course, edit, found  # noqa: F401 - course is a fixture

ROOT = Path(__file__).parents[2]
THEME = "09-theory-of-change"
SLUG = "theory-of-change"
MADE = [
    *(f"book/{code}/{room}/{SLUG}.md" for code in ("en", "sv") for room in ("measure", "handouts")),
    *(f"exercises/{code}/{THEME}/{SLUG}.ipynb" for code in ("en", "sv")),
    f"exercises/answers/{THEME}/answers.yml",
]
LISTED = [f"book/{code}/{file}" for code in ("en", "sv") for file in ("_toc.yml", "handouts/index.md")]


@pytest.fixture
def bare(course: Path) -> Path:  # noqa: F811
    """The course without the theme, in case it has been written since."""
    for place in MADE:
        (course / place).unlink(missing_ok=True)
    for place in LISTED:
        path = course / place
        lines = path.read_text(encoding="utf-8").splitlines()
        for at in [at for at, line in enumerate(lines) if line.endswith(f"measure/{SLUG}")]:
            del lines[at : at + 2]  # the page and its title
        path.write_text("\n".join(line for line in lines if SLUG not in line) + "\n", encoding="utf-8")
    twins.accept(course / "book/sv/handouts/index.md", course)
    return course


def test_all_rooms_are_made_and_the_check_finds_only_what_is_left_to_write(bare: Path) -> None:
    before = {str(finding) for finding in upkeep.check(bare)}
    assert sorted(upkeep.begin(SLUG, root=bare)) == sorted([*MADE, *LISTED])
    new = [finding for finding in upkeep.check(bare) if str(finding) not in before]
    assert {finding.kind for finding in new} == {"beginning"}
    assert sorted(finding.file for finding in new) == sorted(MADE)


def test_every_theme_has_its_place_by_its_number(bare: Path) -> None:
    for theme in beginning.themes():
        upkeep.begin(str(theme), root=bare)
    slugs = [theme.slug for theme in beginning.themes()]
    for code in ("en", "sv"):
        contents = yaml.safe_load((bare / f"book/{code}/_toc.yml").read_text(encoding="utf-8"))
        chapters = [
            page for part in contents["parts"] for page in part["chapters"] if Path(page.get("file", "")).stem in slugs
        ]
        assert [Path(page["file"]).stem for page in chapters] == slugs
        assert [int(page["title"].split(" · ")[0]) for page in chapters] == list(range(1, 16))
        (handouts,) = (
            page for part in contents["parts"] for page in part["chapters"] if page["file"] == "handouts/index"
        )
        listed = [Path(page["file"]).stem for page in handouts["sections"]]
        index = (bare / f"book/{code}/handouts/index.md").read_text(encoding="utf-8")
        assert [name for name in listed if name in slugs] == slugs
        assert re.findall(r"/handouts/([\w-]+)`", index) == listed


def test_a_theme_that_is_there_is_left_as_it_is(bare: Path) -> None:
    assert upkeep.begin("05-dialogue", root=bare) == []
    upkeep.begin(SLUG, root=bare)
    assert upkeep.begin(SLUG, root=bare) == []


def test_what_somebody_has_written_stays_and_its_twin_is_not_called_up_to_date(bare: Path) -> None:
    mine = bare / f"book/en/measure/{SLUG}.md"
    mine.write_text(f"({SLUG}-glance)=\n# Mine\n", encoding="utf-8")
    upkeep.begin(SLUG, root=bare)
    assert mine.read_text(encoding="utf-8") == f"({SLUG}-glance)=\n# Mine\n"
    assert [finding.file for finding in found(bare, "stale")] == [f"book/sv/measure/{SLUG}.md"]


def test_a_list_of_handouts_that_was_stale_stays_stale(bare: Path) -> None:
    edit(bare / "book/en/handouts/index.md", lambda text: text + "\nOne more sentence.\n")
    upkeep.begin(SLUG, root=bare)
    assert [finding.file for finding in found(bare, "stale")] == ["book/sv/handouts/index.md"]


def test_titles_may_hold_quotation_marks(bare: Path) -> None:
    upkeep.begin(SLUG, {"en": 'What "effect" means'}, bare)
    chapter = (bare / f"book/en/measure/{SLUG}.md").read_text(encoding="utf-8")
    book = json.loads((bare / f"exercises/en/{THEME}/{SLUG}.ipynb").read_text(encoding="utf-8"))
    assert '# What "effect" means\n' in chapter
    assert '*What "effect" means*' in "".join(book["cells"][0]["source"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("theory", "There is no theme called 'theory'. .* 09-theory-of-change"),
        ("08-theory-of-change", "has the number 09, not 08"),
        ("../measure", "There is no theme called"),
    ],
)
def test_a_theme_that_is_none_is_refused(bare: Path, name: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        upkeep.begin(name, root=bare)


def test_a_part_that_is_none_is_refused(bare: Path) -> None:
    edit(bare / "data/datapackage.json", lambda text: text.replace('"part": "measure"', '"part": "middle"'))
    with pytest.raises(ValueError, match="in the part 'middle'; choose one of ground, meet, measure, last"):
        upkeep.begin(SLUG, root=bare)


def test_elsewhere_than_in_a_copy_of_the_repository_nothing_is_begun(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="copy of the course's repository"):
        upkeep.begin(SLUG, root=tmp_path)


def test_a_bracket_that_is_left_is_found_where_it_stands(bare: Path) -> None:
    upkeep.begin(SLUG, root=bare)
    for place in MADE:
        edit(bare / place, lambda text: re.sub("[⟦⟧]", "", text))
    assert found(bare, "beginning") == []
    page = bare / MADE[0]
    edit(page, lambda text: text + "\n% ⟦Left.⟧\n")
    (finding,) = found(bare, "beginning")
    assert (finding.file, finding.line) == (MADE[0], len(page.read_text(encoding="utf-8").splitlines()))
    assert "1 passage is still the template's" in finding.message


@pytest.mark.parametrize("code", ["en", "sv"])
def test_hidden_tests_of_the_template_need_one_run_only(code: str) -> None:
    cells = json.loads((beginning.TEMPLATES / f"exercise.{code}.ipynb").read_text(encoding="utf-8"))["cells"]
    full = ["".join(cell["source"]) if cell["cell_type"] == "code" else "" for cell in cells]
    hidden = re.compile(r"^ *### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS\n", re.DOTALL | re.MULTILINE)
    released = [hidden.sub("", cell) for cell in full]
    assert released != full
    assert afterwards(full, released)


@pytest.mark.slow
def test_the_exercise_is_sound_and_its_answers_go_through_release_and_grading(tmp_path: Path) -> None:
    """The tests of all exercises, on a copy of the course that has the begun exercise only."""
    for name in ("book", "data", "siru_course", "tests/exercises"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", *DERIVED))
    for path in [*(ROOT / "tests").glob("*.py"), ROOT / "exercises/nbgrader_config.py"]:
        (tmp_path / path.relative_to(ROOT)).parent.mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / path.relative_to(ROOT))
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "SIRU_LANG": "en"}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        return done.stdout

    for place in MADE:
        (tmp_path / place).unlink(missing_ok=True)
    assert "CONTRIBUTING.md" in run("siru_course.cli", "theme", "new", THEME)
    of_all = [f"tests/exercises/test_{name}.py" for name in ("sources", "schemes", "answers")]
    said = run("pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path), *of_all)
    # Twelve answers in two languages, through grading: the template has not fallen out of the tests.
    assert int(re.findall(r"(\d+) passed", said)[0]) > 2 * 12


@pytest.mark.slow
def test_a_strict_build_of_a_book_with_the_begun_chapter_passes(tmp_path: Path) -> None:
    root = small_book(tmp_path)
    for code in ("en", "sv"):
        tree = root / "book" / code
        (tree / "_toc.yml").write_text(
            "format: jb-book\nroot: learn\nparts:\n  - caption: A\n    chapters:\n"
            "      - file: reference/glossary\n      - file: reference/bibliography\n"
            "      - file: handouts/index\n        sections:\n          - file: handouts/dialogue\n",
            encoding="utf-8",
        )
        for page, others in (
            ("learn.md", r"\{doc\}`[^`]*`"),
            ("handouts/index.md", r"- \{doc\}`(?!.*dialogue).*\n|\{doc\}`[^`]*/ground/[^`]*`"),
        ):
            text = (tree / page).read_text(encoding="utf-8")
            (tree / page).write_text(re.sub(others, "", text), encoding="utf-8")
    upkeep.begin(SLUG, root=root)
    for built in builder.build(out=tmp_path / "out", root=root):
        assert built.ok, built.complaints
    for code, words in {"en": "Run sheet for", "sv": "Körschema för"}.items():
        html = (tmp_path / f"out/site/{code}/measure/{SLUG}.html").read_text(encoding="utf-8")
        assert words in html
        assert "% ⟦" not in html  # advice to the author is no text
        assert (tmp_path / f"out/site/{code}/handouts/{SLUG}.html").exists()
        assert (tmp_path / f"out/site/{code}/notebooks/{SLUG}.ipynb").exists()

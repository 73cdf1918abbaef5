"""The ``siru`` command as a user meets it: from any folder, in both languages, with clear errors."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from siru_course import cli


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.siru, list(arguments), prog_name="siru")


def as_program(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "siru_course.cli", *arguments],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize("path", list(commands(cli.siru)), ids=" ".join)
@pytest.mark.parametrize(("code", "word"), [("en", "Example"), ("sv", "Exempel")])
def test_every_command_has_help_with_an_example(path: tuple[str, ...], code: str, word: str) -> None:
    result = run("--language", code, *path, "--help")
    assert result.exit_code == 0
    example = result.output.split(f"{word}:")[1]
    assert f"siru {' '.join(path)}" in example


@pytest.mark.parametrize("path", list(commands(cli.siru)), ids=" ".join)
def test_swedish_help_says_nothing_in_english(path: tuple[str, ...], tmp_path: Path) -> None:
    # A process of its own: Click keeps the words of an option once they have been shown.
    english = as_program(*path, "--help", cwd=tmp_path, SIRU_LANG="en").stdout
    swedish = as_program(*path, "--help", cwd=tmp_path, SIRU_LANG="sv").stdout
    sentences = {line.strip() for line in english.splitlines() if line.strip().endswith(".")}
    assert sentences
    assert not sentences & {line.strip() for line in swedish.splitlines()}


def test_every_example_in_the_help_names_a_command_that_exists() -> None:
    known = {" ".join(path) for path in commands(cli.siru)}
    for path in commands(cli.siru):
        command: click.Command = cli.siru
        for name in path:
            assert isinstance(command, click.Group)
            command = command.commands[name]
        for line in command.example.splitlines():  # type: ignore[attr-defined]
            assert any(line.removeprefix("siru ").startswith(name) for name in known), line


@pytest.mark.parametrize(
    ("code", "said"),
    [("en", "There is no data set called 'nothing'"), ("sv", "Det finns ingen datamängd som heter 'nothing'")],
)
def test_bad_input_ends_with_a_sentence_and_no_traceback(tmp_path: Path, code: str, said: str) -> None:
    result = as_program("data", "show", "nothing", cwd=tmp_path, SIRU_LANG=code)
    assert result.returncode == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EROFS, "a/b: Read-only file system. Give yourself the right to read and write there"),
        (errno.ENOSPC, "a/b: No space left on device. Make room on the disk"),
        (errno.EISDIR, "a/b: Is a directory."),
    ],
)
def test_what_the_system_refuses_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int, said: str
) -> None:
    def refuse(**_options: object) -> None:
        raise OSError(number, os.strerror(number), "a/b")

    monkeypatch.setattr(cli, "siru", refuse)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert said in (told := capsys.readouterr().err)
    assert "Errno" not in told


@pytest.mark.parametrize(("code", "said"), [("en", "No such command 'bok'"), ("sv", "Kommandot 'bok' finns inte")])
def test_a_misspelt_command(tmp_path: Path, code: str, said: str) -> None:
    result = as_program("bok", cwd=tmp_path, SIRU_LANG=code)
    assert result.returncode == 2
    assert said in result.stderr


def test_it_works_from_any_folder(tmp_path: Path) -> None:
    result = as_program("data", "list", cwd=tmp_path)
    assert result.returncode == 0
    assert "dialogue_participants" in result.stdout


def test_data_show_has_words_in_the_chosen_language() -> None:
    assert "civilsamhälle" in run("--language", "sv", "data", "show", "dialogue_participants", "--rows", "40").output


@pytest.mark.parametrize("name", ["ballots", "dialogue_ideas"])
def test_data_show_manages_many_columns_and_empty_cells(name: str) -> None:
    result = run("data", "show", name)
    assert result.exit_code == 0, result.exception
    assert ("more columns are not shown" in result.output) == (name == "ballots")


def test_data_export_writes_what_a_swedish_excel_opens(tmp_path: Path) -> None:
    result = as_program("data", "export", "ballots", "--excel-sv", "--labels", "sv", cwd=tmp_path)
    assert result.returncode == 0
    text = (tmp_path / "ballots.sv.csv").read_bytes().decode("utf-8-sig")
    assert text.startswith("ballot_id;sector;1;2;3")
    assert "offentlig sektor" in text


def test_data_export_of_a_set_that_does_not_exist_leaves_nothing_behind(tmp_path: Path) -> None:
    result = as_program("data", "export", "nothing", "--to", str(tmp_path / "out"), cwd=tmp_path)
    assert result.returncode == 1
    assert not (tmp_path / "out").exists()


def test_data_check_is_content() -> None:
    result = run("data", "check")
    assert result.exit_code == 0
    assert "as described" in result.output


class TestClass:
    def test_a_folder_with_something_in_it_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
        result = as_program("class", "new", ".", cwd=tmp_path)
        assert result.returncode == 1
        assert "not empty" in result.stderr
        assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]

    def test_an_exercise_that_does_not_exist(self, tmp_path: Path) -> None:
        result = as_program("class", "new", "spring", "--assignments", "cooking", cwd=tmp_path)
        assert result.returncode == 1
        assert "05-dialogue" in result.stderr
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("seed", ["-1", "1.5", "spring"])
    @pytest.mark.parametrize(
        ("code", "said"), [("en", "a whole number from 0 on"), ("sv", "ett heltal, 0 eller större")]
    )
    def test_a_seed_that_is_none(self, tmp_path: Path, seed: str, code: str, said: str) -> None:
        result = as_program("class", "new", "spring", "--seed", seed, cwd=tmp_path, SIRU_LANG=code)
        assert result.returncode == 1
        assert said in result.stderr
        assert f"'{seed}'" in result.stderr
        assert "Traceback" not in result.stderr
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("command", ["release", "grade", "feedback"])
    def test_a_folder_that_is_no_class_directory(self, tmp_path: Path, command: str) -> None:
        result = as_program("class", command, "dialogue", "--in", str(tmp_path), cwd=tmp_path)
        assert result.returncode == 1
        assert "not a class directory" in result.stderr
        assert "siru class new" in result.stderr

    def test_a_class_inside_the_course_is_refused(self, tmp_path: Path) -> None:
        inside = Path(cli.__file__).parents[1] / "my-class"
        result = as_program("class", "new", str(inside), cwd=tmp_path)
        assert result.returncode == 1
        assert not inside.exists()


def test_serving_on_a_port_that_does_not_exist() -> None:
    assert run("book", "serve", "--port", "70000").exit_code == 2


def test_accepting_a_file_that_is_no_translation(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# A page", encoding="utf-8")
    result = as_program("check", "--accept", "page.md", cwd=tmp_path)
    assert result.returncode == 1
    assert "not the translation" in result.stderr

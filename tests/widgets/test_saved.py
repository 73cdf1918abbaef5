"""The tools' files: whole after every change, and never written over when somebody else has changed them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from siru_course.language import in_language
from siru_course.widgets._saved import SavedTable

COLUMNS = ["name", "seconds"]
TABLE = pd.DataFrame({"name": ["Åsa", "Bo; Ek"], "seconds": [95, 30]})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "talk.csv"


def test_what_is_written_is_read_back_as_text(path: Path) -> None:
    saved = SavedTable(path, COLUMNS)
    saved.write(TABLE)
    assert saved.read().to_dict("list") == {"name": ["Åsa", "Bo; Ek"], "seconds": ["95", "30"]}
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = SavedTable(path, COLUMNS)
    saved.write(TABLE)
    before = path.read_bytes()

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.replace", full)
        with pytest.raises(ValueError, match="could not be saved: No space left"):
            saved.write(TABLE.head(1))
    assert path.read_bytes() == before
    saved.write(TABLE.head(1))
    assert len(saved.read()) == 1


def test_a_file_that_somebody_else_changed_is_left_and_the_table_saved_beside_it(path: Path) -> None:
    saved = SavedTable(path, COLUMNS)
    saved.write(TABLE)
    path.write_text("name,seconds\nCy,1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"changed elsewhere.*talk-2\.csv"):
        saved.write(TABLE)
    with pytest.raises(ValueError, match=r"talk-2\.csv"):
        saved.write(TABLE)
    third = SavedTable(path, COLUMNS)
    with pytest.raises(ValueError, match=r"talk-3\.csv"):
        third.write(TABLE.head(1))
    assert SavedTable(path, COLUMNS).read()["name"].tolist() == ["Cy"]
    assert SavedTable(path.with_name("talk-2.csv"), COLUMNS).read()["name"].tolist() == ["Åsa", "Bo; Ek"]


def test_a_file_that_was_there_and_has_not_been_read_is_not_written_over(path: Path) -> None:
    path.write_text("name,seconds\nCy,1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="changed elsewhere"):
        SavedTable(path, COLUMNS).write(TABLE)
    assert "Cy" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "english", "swedish"),
    [
        (b"name\nCy\n", "Missing columns: seconds", "Kolumner som saknas: seconds"),
        (b"\xff\xfe\x00", "cannot be read", "går inte att läsa"),
        (b'a,b\n"1', "cannot be read", "går inte att läsa"),
    ],
)
def test_another_file_is_refused_in_the_language(path: Path, content: bytes, english: str, swedish: str) -> None:
    path.write_bytes(content)
    for code, words in (("en", english), ("sv", swedish)):
        with in_language(code), pytest.raises(ValueError, match=words):
            SavedTable(path, COLUMNS).read()


@pytest.mark.parametrize("where", ["no/such/folder/talk.csv", "."])
def test_a_place_that_cannot_hold_a_file_is_refused(tmp_path: Path, where: str) -> None:
    with pytest.raises(ValueError, match="in a folder that exists"):
        SavedTable(tmp_path / where, COLUMNS)

"""The journal: what each grade was made from, so that only what is new or changed is graded again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version as installed
from pathlib import Path

from siru_course._files import replace_file


def key(submission: str, master: str, config: Path) -> str:
    """Give one digest of everything a grade depends on: submission, master copy, settings, and who grades.

    Parameters
    ----------
    submission, master
        The digests of the submission and of the master copy.
    config
        nbgrader's configuration file of the class.
    """
    parts = [submission, master, hashlib.sha256(config.read_bytes()).hexdigest()]
    parts += [installed("siru-course"), installed("nbgrader")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class Journal:
    """The entries of one assignment: a small file a student, written when everything else is saved."""

    def __init__(self, folder: Path, assignment: str) -> None:
        self.folder = folder / ".siru" / "journal" / assignment

    def read(self, student: str) -> tuple[str, tuple[str, ...]]:
        """Give the key of what was graded last and the flags of then; both empty when there is no entry."""
        try:
            entry = json.loads((self.folder / f"{student}.json").read_text(encoding="utf-8"))
            return str(entry["key"]), tuple(map(str, entry["flags"]))
        except (OSError, ValueError, KeyError, TypeError):
            return "", ()

    def write(self, student: str, key: str, flags: Iterable[str]) -> None:
        """Write down what was graded; the entry is on the disk when this returns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        content = json.dumps({"key": key, "flags": list(flags)}, ensure_ascii=False)
        replace_file(self.folder / f"{student}.json", content.encode())

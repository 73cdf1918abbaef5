"""Builds the site: both languages side by side, each with a cache of executed pages of its own.

What is executed depends on the data and on the package, which the notebook cache does not see. So everything a
language's build leaves behind lives in a folder named after a fingerprint of both: when they change, it is thrown
away, and the pages are executed anew.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
import sphinx_multitoc_numbering
import yaml
from jupyter_book.sphinx import build_sphinx
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
from myst_nb.core.read import is_myst_markdown_notebook

from siru_course.language import LANGUAGES, in_language

from . import datapages, handouts, reference
from .notebooks import readable

ROOT = Path(__file__).parents[2]
OUT = ROOT / "_build"
SITE = OUT / "site"
_PROFILE = Path(__file__).parent / "profile"
_READER = {"name": "myst_nb_md", "type": "plugin"}


@dataclass(frozen=True)
class Built:
    """How the build of one language ended."""

    language: str
    ok: bool
    log: str
    note: str = ""  # what the site does without, in a sentence; empty when nothing

    @property
    def complaints(self) -> str:
        """The lines of the log that say what is wrong."""
        lines = self.log.splitlines()
        wanted = [line for line in lines if "WARNING" in line or "ERROR" in line or "Error" in line]
        return "\n".join(wanted) if wanted else "\n".join(lines[-20:])


def build(
    languages: Iterable[str] = LANGUAGES,
    out: Path = OUT,
    root: Path = ROOT,
) -> list[Built]:
    """Build the book in each language, one process a language, and assemble the site.

    The site is only replaced when every language was built without a warning.

    Parameters
    ----------
    languages
        Which languages, ``"en"`` and ``"sv"`` by default.
    out
        Where everything that is made goes; the site is in ``out/site``.
    root
        The project's folder.

    Returns
    -------
    list of Built
        One for each language, in the order given.
    """
    languages = list(languages)
    print_ = fingerprint(root)
    for language in languages:
        _clear_stale(out / language, print_)
    environment = os.environ | {"IPYTHONDIR": str(kernel_profile(out)), "PYTHONWARNINGS": "ignore"}
    running = {}
    for language in languages:
        log = log_file(language, out)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w", encoding="utf-8") as file:
            running[language] = subprocess.Popen(
                [sys.executable, "-m", __name__, language, str(out / language / print_), str(root)],
                stdout=file,
                stderr=subprocess.STDOUT,
                env=environment | {"SIRU_LANG": language},
                cwd=root,
            )
    for process in running.values():
        process.wait()
    done = [
        Built(language, process.returncode == 0, log_file(language, out).read_text(encoding="utf-8"))
        for language, process in running.items()
    ]
    if all(built.ok for built in done):
        notes = _assemble(out, {language: out / language / print_ for language in languages}, root)
        return [replace(built, note=note) for built, note in zip(done, notes, strict=True)]
    return done


def log_file(language: str, out: Path = OUT) -> Path:
    """Give the file that holds the log of the last build of a language."""
    return out / language / "build.log"


def fingerprint(root: Path = ROOT) -> str:
    """Give a short hash of the data, the package, and the page templates: what executed pages depend on."""
    digest = hashlib.sha256()
    for folder, suffixes in (
        ("data", (".csv", ".json")),
        ("siru_course", (".py", ".mo")),
        ("book/_templates", (".html",)),
        ("book/locale", (".po",)),
    ):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in suffixes and "__pycache__" not in path.parts:
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def kernel_profile(out: Path) -> Path:
    """Put the kernels' IPython profile in `out` and give the folder for ``IPYTHONDIR``."""
    home = out / "ipython"
    shutil.copytree(_PROFILE, home / "profile_default", dirs_exist_ok=True)
    return home


def clean(out: Path = OUT) -> None:
    """Remove everything the build made."""
    shutil.rmtree(out, ignore_errors=True)


def _clear_stale(folder: Path, keep: str) -> None:
    if folder.is_dir():
        for old in folder.iterdir():
            if old.is_dir() and old.name != keep:
                shutil.rmtree(old)


def _assemble(out: Path, work: dict[str, Path], root: Path) -> list[str]:
    """Put the built languages in the site, and give for each what it does without."""
    site = out / "site"
    fresh = {language: out / f"site.{language}.new" for language in work}
    for language, folder in work.items():
        shutil.rmtree(fresh[language], ignore_errors=True)
        shutil.copytree(folder / "html", fresh[language], ignore=shutil.ignore_patterns(".buildinfo*", "*.map"))
        shutil.copytree(folder / "notebooks", fresh[language] / "notebooks")
        # Sphinx copies these only when some page has changed.
        shutil.copytree(root / "book" / "_static", fresh[language] / "_static", dirs_exist_ok=True)
    notes = [handouts.finish(fresh[language], folder / "handouts", language) for language, folder in work.items()]
    for language in work:
        shutil.rmtree(site / language, ignore_errors=True)
        site.mkdir(parents=True, exist_ok=True)
        fresh[language].rename(site / language)
    shutil.copy(root / "book" / "index.html", site / "index.html")
    return notes


def _build_one(language: str, work: Path, root: Path) -> int:
    """Build one language with Jupyter Book; runs in a process of its own."""
    source = root / "book" / language
    overrides: dict[str, Any] = yaml.safe_load((source / "_language.yml").read_text(encoding="utf-8"))
    datapages.write(source, language)
    reference.write(source, language)
    _execute_in_parallel(source, work / "cache")
    _declare_parallel_safe()
    status = build_sphinx(
        source,
        work / "html",
        noconfig=True,
        path_config=root / "_config.yml",
        confoverrides={
            "external_toc_path": "_toc.yml",
            "latex_individualpages": False,
            "nb_execution_cache_path": str(work / "cache"),
            **overrides,
        },
        doctreedir=work / "doctrees",
        warningiserror=True,
        keep_going=True,
    )
    if status != 0:
        return 1
    with in_language(language):
        _write_notebooks(source, work)
    return 0


def _execute_in_parallel(source: Path, cache_folder: Path) -> None:
    """Execute the pages that are not in the cache yet, several at a time; failures are left for the build to tell."""
    cache = get_cache(cache_folder)
    for page in _executed_pages(source):
        cache.add_nb_to_project(str(page), read_data=_READER)
    if cache.list_unexecuted():
        load_executor("local-parallel", cache, logging.getLogger("jupyter_cache")).run_and_cache(timeout=120)


def _write_notebooks(source: Path, work: Path) -> None:
    """Write each executed page as a notebook that reads well in Jupyter."""
    cache = get_cache(work / "cache")
    to = work / "notebooks"
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    for page in _executed_pages(source):
        record = cache.add_nb_to_project(str(page), read_data=_READER)
        _key, notebook = cache.merge_match_into_notebook(cache.get_project_notebook(record.pk).nb)
        text = readable(
            nbformat.writes(notebook),
            bibliography=source.parent / "references.bib",
            page=page.read_text(encoding="utf-8"),
            path=page,
        )
        (to / f"{page.stem}.ipynb").write_text(text, encoding="utf-8")


def _executed_pages(source: Path) -> list[Path]:
    return [page for page in sorted(source.rglob("*.md")) if is_myst_markdown_notebook(page.read_text("utf-8"))]


def _declare_parallel_safe() -> None:
    """Say of an extension that it can be read in parallel: Jupyter Book loads it always, and it declares nothing."""
    original = sphinx_multitoc_numbering.setup
    sphinx_multitoc_numbering.setup = lambda app: (original(app) or {}) | {"parallel_read_safe": True}


if __name__ == "__main__":
    sys.exit(_build_one(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))

"""What the tests share: the language, the built site, and a browser."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import siru_course
from siru_course.book import builder
from siru_course.book.server import open_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
MakeIn = Callable[[Path], None]
Once = Callable[[str, MakeIn], Path]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def missing(reason: str) -> None:
    """Skip what this machine cannot run; in continuous integration that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}: continuous integration must have it")
    pytest.skip(reason)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let several workers begin with the files that take long, so that they end together.

    xdist gives a worker the next file whenever it is done with one.
    """
    if shares_the_run(config):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


def shares_the_run(config: pytest.Config) -> bool:
    """Whether this process is one of the workers of ``pytest -n``."""
    return hasattr(config, "workerinput")


@pytest.fixture(scope="session")
def once(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Make something that all workers of a run use: the first makes it in a folder, the others wait for it.

    Nobody may change what is in the folder.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if shares_the_run(request.config) else own

    def make_once(name: str, make: MakeIn) -> Path:
        folder, done = shared / f"shared-{name}", shared / f"shared-{name}.done"
        with (shared / f"shared-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                # What a worker that failed has left is in the way of the next one.
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return make_once


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Begin and end each test in English."""
    siru_course.use_language("en")
    yield
    siru_course.use_language("en")


@pytest.fixture(scope="session")
def site(once: Once) -> Path:
    """Build the book in both languages, and give the site's folder."""

    def build(_folder: Path) -> None:
        for built in builder.build():
            assert built.ok, f"{built.language}:\n{built.complaints}"

    once("site", build)
    return builder.SITE


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Serve the site on a free port of the loopback address."""
    with open_server(site) as running:
        yield running.address


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        missing("no Chromium on this machine")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Start one Chromium for the whole session: Playwright can run only once at a time."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()

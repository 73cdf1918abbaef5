"""What the tests share: the language, the built site, and a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import siru_course
from siru_course.book import builder
from siru_course.book.server import open_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def missing(reason: str) -> None:
    """Skip what this machine cannot run; in continuous integration that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}: continuous integration must have it")
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Begin and end each test in English."""
    siru_course.use_language("en")
    yield
    siru_course.use_language("en")


@pytest.fixture(scope="session")
def site() -> Path:
    """Build the book in both languages, and give the site's folder."""
    for built in builder.build():
        assert built.ok, f"{built.language}:\n{built.complaints}"
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

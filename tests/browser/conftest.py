"""A real browser: Chromium driven by Playwright."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request

SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
# A page without themes follows the device by its style alone.
TURNED = "(scheme) => (document.documentElement.dataset.theme ?? scheme) === scheme"
# A colour that is on its way is neither the one nor the other; what moves for ever is not waited for.
ARRIVED = """Promise.allSettled(document.getAnimations()
    .filter((moving) => moving.effect.getComputedTiming().endTime < Infinity)
    .map((moving) => moving.finished))"""


@dataclass
class Visit:
    """A page that is open, what it complained about, and what it asked for."""

    page: Page
    scheme: str = "light"
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, url: str) -> Page:
        self.complaints.clear()
        self.requests.clear()
        self.page.goto(url, wait_until="load")
        return self.page

    def settle(self) -> None:
        """Wait until the page asks for nothing more, so that no complaint is missed."""
        self.page.wait_for_load_state("networkidle")

    def turn(self) -> None:
        """Turn the light off, or on again, as a device does in the evening while a page is open."""
        self.scheme = {"light": "dark", "dark": "light"}[self.scheme]
        self.page.emulate_media(color_scheme=self.scheme)  # type: ignore[arg-type]
        self.page.wait_for_function(TURNED, arg=self.scheme)
        self.page.evaluate(ARRIVED)
        self.settle()


@pytest.fixture(params=[("desktop", "light"), ("desktop", "dark"), ("phone", "light"), ("phone", "dark")], ids="-".join)
def visit(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Visit]:
    """Open a tab of each size, light and dark."""
    size, scheme = request.param
    yield from _tab(browser, size, scheme)


@pytest.fixture(params=[("desktop", "light"), ("phone", "dark")], ids="-".join)
def sizes(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Visit]:
    """Open a tab of each size, for a test that turns the light off or on while the page is open."""
    size, scheme = request.param
    yield from _tab(browser, size, scheme)


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Visit]:
    yield from _tab(browser, "desktop", "light")


@pytest.fixture
def phone(browser: Browser) -> Iterator[Visit]:
    yield from _tab(browser, "phone", "light")


def _tab(browser: Browser, size: str, scheme: str) -> Iterator[Visit]:
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme, is_mobile=size == "phone")
    visit = Visit(context.new_page(), scheme)

    def asked(request: Request) -> None:
        visit.requests.append(request.url)

    visit.page.on("request", asked)
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.page.on("console", lambda message: visit.complaints.append(message.text) if message.type == "error" else None)
    visit.page.on("requestfailed", lambda request: visit.complaints.append(f"failed: {request.url}"))
    yield visit
    context.close()


@pytest.fixture
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("screenshots")

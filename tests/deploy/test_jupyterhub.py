"""The hub of ``deploy/jupyterhub``: an assignment goes from the teacher to a student and back, in a real browser.

The hub, its proxy and the people's servers run on free ports of the loopback address, out of a copy of the folder as a
teacher makes it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest
import yaml
from playwright.sync_api import Browser, Page, expect, sync_playwright
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from siru_course import classroom
from tests.conftest import ROOT, missing

EXAMPLE = ROOT / "deploy" / "jupyterhub"
ASSIGNMENT = "05-dialogue"
BANK = yaml.safe_load((ROOT / "exercises" / "answers" / ASSIGNMENT / "answers.yml").read_text(encoding="utf-8"))
POINTS = 70
PATIENCE = 20_000


# --------------------------------------------------------------------------------------------- the configuration


def settings(folder: Path, name: str = "jupyterhub_config.py") -> Config:
    return PyFileConfigLoader(str(folder / name)).load_config()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "hub"))


def change(folder: Path, before: str, after: str) -> None:
    path = folder / "hub.toml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_a_class_logs_in_with_its_accounts_and_runs_as_them(copy: Path) -> None:
    hub = settings(copy)
    assert hub.JupyterHub.authenticator_class == "pam"
    assert hub.JupyterHub.spawner_class == "jupyterhub.spawner.LocalProcessSpawner"
    assert hub.Authenticator.allowed_users == {"teacher", "ada", "bo"}
    assert "allow_all" not in hub.Authenticator
    assert "admin_users" not in hub.Authenticator
    assert hub.JupyterHub.bind_url == "http://127.0.0.1:8000"


def test_nobody_else_reads_the_hub_s_keys(copy: Path) -> None:
    hub = settings(copy)
    kept = [hub.JupyterHub.cookie_secret_file, hub.JupyterHub.db_url.removeprefix("sqlite:///")]
    assert {Path(path).parent.stat().st_mode & 0o077 for path in kept} == {0}


@pytest.mark.parametrize("address", ["http://0.0.0.0:8000", "http://:8000", "http://hub.example.org"])
def test_passwords_never_go_over_an_open_line(copy: Path, address: str) -> None:
    change(copy, '"http://127.0.0.1:8000"', f'"{address}"')
    with pytest.raises(ValueError, match="tls_cert"):
        settings(copy)


def test_a_certificate_opens_the_hub_to_others(copy: Path) -> None:
    change(copy, '"http://127.0.0.1:8000"', '"https://:443"')
    change(copy, 'tls_key = ""', 'tls_key = "/etc/hub.key"')
    change(copy, 'tls_cert = ""', 'tls_cert = "/etc/hub.pem"')
    hub = settings(copy)
    assert (hub.JupyterHub.bind_url, hub.JupyterHub.ssl_cert) == ("https://:443", "/etc/hub.pem")


def test_trying_out_stays_on_this_machine_whatever_the_settings_say(copy: Path) -> None:
    change(copy, '"http://127.0.0.1:8000"', '"https://:4430"')
    change(copy, 'tls_cert = ""', 'tls_cert = "/etc/hub.pem"')
    hub = settings(copy, "try_out_config.py")
    assert hub.JupyterHub.bind_url == "http://127.0.0.1:4430"
    assert hub.Spawner.environment["SIRU_EXCHANGE"].startswith(str(copy))


# ------------------------------------------------------------------------------------------------- a real round


@dataclass(frozen=True)
class Hub:
    """A hub that runs, and the folder that it was copied to."""

    address: str
    folder: Path

    def home(self, person: str) -> Path:
        return self.folder / "try-out" / "people" / person


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _number in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@pytest.fixture(scope="module")
def proxy() -> Path:
    """Give the program that stands before the hub and its servers."""
    found = shutil.which("configurable-http-proxy")
    if found is None:
        missing("no configurable-http-proxy on this machine (npm install --global configurable-http-proxy)")
    assert found is not None
    return Path(found)


@pytest.fixture
def hub(tmp_path: Path, copy: Path, proxy: Path) -> Iterator[Hub]:
    if find_spec("jupyterhub") is None:
        missing("no jupyterhub in this environment")
    public, private, api = free_ports(3)
    # The arguments are for the ports only: what is tried is the example's own settings.
    command = [sys.executable, "-m", "jupyterhub", "-f", str(copy / "try_out_config.py")]
    command += [f"--JupyterHub.bind_url=http://127.0.0.1:{public}", f"--JupyterHub.hub_port={private}"]
    command += [f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{api}"]
    path = [str(Path(sys.executable).parent), str(proxy.parent), os.environ["PATH"]]
    log = tmp_path / "hub.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=tmp_path,
            env=os.environ | {"PATH": os.pathsep.join(path)},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{public}"
        wait_for(address, process, log)
        yield Hub(address, copy)
    finally:
        process.send_signal(signal.SIGTERM)  # the hub stops its servers and its proxy
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _attempt in range(120):
        assert process.poll() is None, log.read_text(encoding="utf-8")[-3000:]
        try:
            urlopen(f"{address}/hub/login", timeout=5).close()
            return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    raise AssertionError(f"the hub did not answer in a minute: {log.read_text(encoding='utf-8')[-3000:]}")


def log_in(browser: Browser, hub: Hub, person: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{hub.address}/hub/login")
    page.get_by_label("Username").fill(person)
    page.get_by_label("Password").fill("any")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/user/{person}/lab*")
    return page


def menu_of_nbgrader(page: Page) -> set[str]:
    page.locator(".lm-MenuBar-itemLabel").get_by_text("Nbgrader", exact=True).click()
    page.locator(".lm-Menu").wait_for()
    items = page.locator(".lm-Menu .lm-Menu-itemLabel").all_inner_texts()
    page.keyboard.press("Escape")
    return {item.removesuffix(" (local)") for item in items if item}


def in_formgrader(page: Page, hub: Hub, column: str) -> None:
    """Press the teacher's button in a column of the list of assignments, and see that it went well."""
    page.goto(f"{hub.address}/user/teacher/formgrader")
    row = page.get_by_role("row").filter(has_text=ASSIGNMENT)
    row.locator(f"td.{column} a").click()
    expect(page.locator(".modal-title")).to_have_text("Success", timeout=PATIENCE)


def do_the_exercise(path: Path) -> None:
    """Write the first right answer of every task into the notebook."""
    answers = {
        task["cell"]: next(answer["code"] for answer in task["answers"] if answer["kind"] == "right")
        for task in BANK["tasks"].values()
    }
    book = nbformat.read(path, as_version=4)
    for cell in book.cells:
        if answer := answers.pop(cell.metadata.get("nbgrader", {}).get("grade_id", ""), ""):
            cell.source += "\n" + answer
    assert answers == {}
    nbformat.write(book, path)


def play(hub: Hub, chromium: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        try:
            play_in(browser, hub)
        finally:
            browser.close()


def play_in(browser: Browser, hub: Hub) -> None:
    class_directory = hub.home("teacher") / "class"
    classroom.new(class_directory, "en", ["dialogue"])
    classroom.release(class_directory, "dialogue")

    teacher = log_in(browser, hub, "teacher")
    assert menu_of_nbgrader(teacher) == {"Create assignment", "Formgrader"}
    in_formgrader(teacher, hub, "release")

    ada = log_in(browser, hub, "ada")
    assert menu_of_nbgrader(ada) == {"Assignment List"}
    assert ada.request.get(f"{hub.address}/user/ada/formgrader").status == 404
    assert ada.request.get(f"{hub.address}/user/teacher/formgrader").status == 403

    ada.locator(".lm-MenuBar-itemLabel").get_by_text("Nbgrader", exact=True).click()
    ada.locator(".lm-Menu").get_by_text("Assignment List").click()
    ada.locator("#released_assignments_list").get_by_role("button", name="Fetch").click()
    fetched = ada.locator("#fetched_assignments_list")
    expect(fetched.get_by_role("button", name="Submit")).to_be_visible(timeout=PATIENCE)
    notebook = hub.home("ada") / ASSIGNMENT / "dialogue.ipynb"
    assert "BEGIN HIDDEN TESTS" not in notebook.read_text(encoding="utf-8")
    do_the_exercise(notebook)
    ada.wait_for_function("() => document.querySelector('#fetched_assignments_list a').onclick")
    fetched.get_by_role("button", name=ASSIGNMENT).click()
    fetched.get_by_role("button", name="Validate").click()
    # Some points of each task are for hidden tests, so nbgrader's button never says that all is done.
    results = ada.get_by_role("dialog")
    expect(results).to_contain_text("Validation Results", timeout=PATIENCE)
    assert "task.score" in results.inner_text()
    assert "has changed" not in results.inner_text()
    results.get_by_role("button", name="Ok").click()
    fetched.get_by_role("button", name="Submit").click()
    submitted = ada.locator("#submitted_assignments_list")
    expect(submitted).to_contain_text(ASSIGNMENT, timeout=PATIENCE)

    in_formgrader(teacher, hub, "collect")
    (graded,) = classroom.grade(class_directory, "dialogue")
    assert (graded.student, graded.problem, graded.score) == ("ada", "", POINTS)
    (page_of_feedback,) = classroom.feedback(class_directory, "dialogue")
    in_formgrader(teacher, hub, "release-feedback")

    ada.get_by_title("Refresh assignments list").click()
    submitted.get_by_role("button", name="Fetch Feedback").click()
    expect(submitted.get_by_text("(view feedback)")).to_be_visible(timeout=PATIENCE)
    (fetched_feedback,) = notebook.parent.glob("feedback/*/dialogue.html")
    assert fetched_feedback.read_bytes() == page_of_feedback.read_bytes()
    place = fetched_feedback.relative_to(hub.home("ada"))
    ada.goto(f"{hub.address}/user/ada/files/{place}")
    expect(ada.locator("body")).to_contain_text(str(POINTS))


@pytest.mark.slow
def test_an_assignment_goes_to_a_student_and_its_feedback_comes_back(hub: Hub, chromium: str) -> None:
    # Playwright allows one driver a thread, and other tests of a session keep theirs.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(play, hub, chromium).result()

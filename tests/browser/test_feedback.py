"""Feedback in a real browser: it reads well, and what a student put into a notebook does nothing where it is shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, Route

from siru_course import classroom
from siru_course.classroom._feedback_page import FeedbackPage, render
from siru_course.classroom.answers import answered, bank
from siru_course.classroom.feedback import feedback
from siru_course.language import LANGUAGES

from ..classroom.test_feedback import ASSIGNMENT, BOOK, TASKS, cell_called, hand_in, run_in_public
from .conftest import Visit

pytestmark = pytest.mark.slow

EVIL = "http://evil.test"
PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)" class="full-credit" id="check_mix_tables">click</a>',
    '<a href="&#106;ava&Tab;script:alert(1)">click</a>',
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    f'<svg><image href="{EVIL}/svg"/><use href="{EVIL}/use"/></svg>',
    f'<meta http-equiv="refresh" content="0;url={EVIL}/refresh">',
    f'<p style="width:expression(alert(1));background:url({EVIL}/style);position:fixed;inset:0">over</p>',
    f'<base href="{EVIL}/">',
    f'<iframe src="{EVIL}/frame"></iframe><iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
    f'<object data="{EVIL}/object"></object><embed src="{EVIL}/embed">',
    f'<link rel="stylesheet" href="{EVIL}/sheet"><link rel="prefetch" href="{EVIL}/prefetch">',
    f"<style>@import url({EVIL}/import); body {{ background: url({EVIL}/body) }}</style>",
    f'<form action="{EVIL}/form"><input autofocus onfocus=alert(1)><button class="full-credit">ok</button></form>',
    "<details open ontoggle=alert(1)><summary>more</summary></details>",
    f'<video src="{EVIL}/video" onerror=alert(1) autoplay></video><audio src="{EVIL}/audio"></audio>',
    f'<img src="{EVIL}/image.png"><img srcset="{EVIL}/set.png 1x"><img src="//evil.test/scheme.png">',
    f'<table background="{EVIL}/table"><tr><td background="{EVIL}/cell">1</td></tr></table>',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "</code></pre></details></section></main></div><script>alert(1)</script><img src=x onerror=alert(1)>",
]
ALL = "\n".join(PAYLOADS)
CODE = f"""
from IPython.display import HTML, SVG, Image, Javascript, Markdown, Latex, display
payloads = {PAYLOADS!r}
for payload in payloads:
    display(HTML(payload), Markdown(payload + "\\n\\n[x](javascript:alert(1)) ![x]({EVIL}/markdown.png)"))
    print(payload)
display(HTML("\\n".join(payloads)), metadata={{"text/html": {{"isolated": True}}}})
display(Javascript("alert(1)"), Latex("$\\\\href{{javascript:alert(1)}}{{x}}$ </div><script>alert(1)</script>"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"))
for kind in ("image/png", "image/jpeg", "image/svg+xml", "text/vnd.mermaid", "application/pdf", "text/html"):
    display({{kind: '"><img src=x onerror=alert(1)>'}}, raw=True)
wide = {{"image/png": {{"width": "1 onload=alert(1) onerror=alert(1)"}}}}
display({{"image/png": "iVBORw0KGgo="}}, raw=True, metadata=wide)
display({{"application/vnd.jupyter.widget-view+json": {{"model_id": "</script><script>alert(1)</script>"}}}}, raw=True)
raise ValueError("<img src=x onerror=alert(1)>" + payloads[0])
"""


def hostile(release: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Put every payload in every place of a notebook where a student can write."""
    book = answered(release, {"mix_tables": CODE})
    for name in ("frame_challenge", "how_we_chose"):
        cell_called(
            book, name
        ).source = f"{ALL}\n\n[x](javascript:alert(1))\n\n![x]({EVIL}/answer.png)\n\n```\n{ALL}\n```"
    book.cells.insert(2, nbformat.v4.new_markdown_cell(ALL))
    book.cells.insert(3, nbformat.v4.new_raw_cell(ALL, metadata={"raw_mimetype": "text/html"}))
    own = nbformat.v4.new_code_cell("'own'", metadata={"tags": ['"><img src=x onerror=alert(1)>']})
    attached = nbformat.v4.new_markdown_cell(
        "![x](attachment:x.png)", attachments={"x.png": {'image/png" onerror="alert(1)': "iVBORw0KGgo="}}
    )
    book.cells[4:4] = [own, attached]
    book.metadata["title"] = "</title><script>alert(1)</script>"
    book.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": "</script><script>alert(1)//"}}
    book.metadata["language_info"] = {"name": 'x"><img src=x onerror=alert(1)>'}
    return book


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class with one honest and one hostile student; both have been graded, and ours and nbgrader's pages written."""
    folder = tmp_path_factory.mktemp("attacked") / "class"
    classroom.new(folder, "en", [ASSIGNMENT])
    release = nbformat.read(classroom.release(folder, ASSIGNMENT) / BOOK, as_version=4)
    good = {task["cell"]: task["answers"][1]["code"] for task in TASKS.values()}
    hand_in(folder, "honest", answered(release, good))
    hand_in(folder, "hostile", hostile(release))
    assert [ended.problem for ended in classroom.grade(folder, ASSIGNMENT)] == ["", ""]
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as grades:
        grades.update_or_create_student("hostile", first_name=PAYLOADS[1], last_name=PAYLOADS[0])
        grades.find_comment("frame_challenge", "dialogue", ASSIGNMENT, "hostile").manual_comment = ALL
        grades.db.commit()
    # nbgrader's pages and ours have the same place.
    result = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_feedback", ASSIGNMENT, "--force"],
        cwd=folder,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    (folder / "feedback").rename(folder / "feedback of nbgrader")
    for student in ("honest", "hostile"):
        run_in_public(folder, student)
    feedback(folder, ASSIGNMENT)
    return folder


def formgrader_page(folder: Path, student: str) -> str:
    """Write the page on which formgrader shows a submission, with the exporter and the facts that it uses."""
    import nbgrader
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    config: Any = Config()
    config.merge(PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config())
    templates = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [str(templates)]
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as grades:
        person = grades.find_student(student)
        facts = {"student": student, "first_name": person.first_name, "last_name": person.last_name}
    facts |= {"assignment_id": ASSIGNMENT, "notebook_id": "dialogue", "submission_id": "1", "base_url": ""}
    facts |= {"notebook_path": f"autograded/{student}/{ASSIGNMENT}/{BOOK}"}
    path = folder / "autograded" / student / ASSIGNMENT / BOOK
    return str(HTMLExporter(config=config).from_filename(str(path), resources=facts | {"index": 0, "total": 2})[0])


class Watch:
    """Opens a page on an address of its own, answers all it asks for with nothing, and notes what it does."""

    def __init__(self, browser: Browser) -> None:
        self.page: Page = browser.new_context().new_page()
        self.did: list[str] = []
        self.asked: set[str] = set()
        self.page.on("dialog", lambda dialog: (self.did.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("console", lambda message: self.did.append(f"console: {message.text}"))
        self.page.on("popup", lambda popup: self.did.append(f"popup: {popup.url}"))

    def open(self, html: str) -> Page:
        def answer(route: Route) -> None:
            url = route.request.url
            if url == "http://page.test/":
                route.fulfill(body=html, content_type="text/html; charset=utf-8")
            else:
                self.asked.add(url)
                route.fulfill(body="")

        self.page.route("**/*", answer)
        self.page.goto("http://page.test/", wait_until="load")
        self.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        for link in self.page.query_selector_all("[href^='javascript' i]"):
            self.did.append(f"link: {link.get_attribute('href')}")
        for clickable in self.page.query_selector_all("#notebook .full-credit, main button"):
            self.did.append(f"button: {clickable.inner_html()}")
        self.page.wait_for_timeout(500)
        return self.page


@pytest.fixture
def watch(browser: Browser) -> Any:
    opened: list[Watch] = []

    def start() -> Watch:
        opened.append(Watch(browser))
        return opened[-1]

    yield start
    for each in opened:
        each.page.context.close()


def test_what_is_watched_for_is_seen(watch: Any) -> None:
    seen = watch()
    seen.open("<main>" + "".join([*PAYLOADS[:1], PAYLOADS[2], PAYLOADS[9], PAYLOADS[16]]) + "</main>")
    assert "dialog: 1" in seen.did
    assert "link: javascript:alert(1)" in seen.did
    assert {f"{EVIL}/frame", f"{EVIL}/image.png"} <= seen.asked


def test_nothing_a_student_wrote_acts_on_our_page(attacked: Path, watch: Any) -> None:
    seen = watch()
    shown = seen.open((attacked / "feedback" / "hostile" / ASSIGNMENT / "dialogue.html").read_text(encoding="utf-8"))
    assert (seen.did, seen.asked) == ([], set())
    assert shown.title().endswith(f"{PAYLOADS[1]} {PAYLOADS[0]} (hostile)")
    assert shown.get_by_text("Python stopped at line").count() == 1
    assert shown.locator("section").count() == 8
    assert shown.locator("body > main > section details").count() == 8


def test_a_student_s_id_is_text(watch: Any) -> None:
    seen = watch()
    shown = seen.open(render(FeedbackPage(PAYLOADS[0], PAYLOADS[20], 1, 2, 0, ())))
    assert (seen.did, seen.asked) == ([], set())
    assert PAYLOADS[20] in shown.inner_text("dl")


def test_nothing_a_student_wrote_acts_on_nbgrader_s_feedback(attacked: Path, watch: Any) -> None:
    pages = attacked / "feedback of nbgrader"
    honest, seen = watch(), watch()
    honest.open((pages / "honest" / ASSIGNMENT / "dialogue.html").read_text(encoding="utf-8"))
    shown = seen.open((pages / "hostile" / ASSIGNMENT / "dialogue.html").read_text(encoding="utf-8"))
    assert (seen.did, seen.asked) == (honest.did, honest.asked)
    assert shown.locator("table.siru-checks").count() > 3
    assert shown.locator(".nbgrader_cell").count() > 8


def test_nothing_a_student_wrote_acts_in_formgrader(attacked: Path, watch: Any) -> None:
    honest, seen = watch(), watch()
    honest.open(formgrader_page(attacked, "honest"))
    shown = seen.open(formgrader_page(attacked, "hostile"))
    # The programs of formgrader are answered with nothing, so its own page complains, the same for everybody.
    assert (seen.did, seen.asked) == (honest.did, honest.asked)
    assert shown.locator("table.siru-checks").count() > 3


@pytest.fixture(scope="module", params=LANGUAGES)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of feedback in each language, with answers right, wrong and missing, tables and a comment."""
    folder = tmp_path_factory.mktemp(request.param) / "class"
    classroom.new(folder, request.param, [ASSIGNMENT])
    release = nbformat.read(classroom.release(folder, ASSIGNMENT) / BOOK, as_version=4)
    chosen = zip(bank(ASSIGNMENT)["tasks"].values(), (3, 4, 0, 1, 5, 6), strict=True)
    book = answered(release, {task["cell"]: task["answers"][number]["code"] for task, number in chosen})
    cell_called(book, "mix_tables").source += "\nprint(seating.head())\ndisplay(seating)\nseating.missing"
    cell_called(book, "frame_challenge").source = "# How might we\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    hand_in(folder, "ada", book)
    assert [ended.problem for ended in classroom.grade(folder, ASSIGNMENT)] == [""]
    run_in_public(folder, "ada")
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as grades:
        grades.find_comment("how_we_chose", "dialogue", ASSIGNMENT, "ada").manual_comment = "Who reads **this**?"
        grades.db.commit()
    return feedback(folder, ASSIGNMENT)[0]


def test_a_page_is_accessible_and_fits_the_screen(visit: Visit, written: Path) -> None:
    shown = visit.open(written.as_uri())
    visit.settle()
    shown.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert visit.complaints == []
    assert visit.requests == [written.as_uri()]
    found = Axe().run(shown).response["violations"]
    assert [f"{item['id']}: {node['html'][:200]}" for item in found for node in item["nodes"]] == []
    if shown.viewport_size and shown.viewport_size["width"] < 400:
        shown.set_viewport_size({"width": 360, "height": 740})
    assert shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_page_is_printed_with_what_is_folded(desktop: Visit, written: Path) -> None:
    shown = desktop.open(written.as_uri())
    code = shown.get_by_text(re.compile("seating.missing")).first
    assert not code.is_visible()
    shown.emulate_media(media="print")
    assert code.bounding_box() is not None
    assert len(shown.pdf(format="A4")) > 20_000

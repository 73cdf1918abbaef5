"""The facilitator's toolbox: seven tools, each with its file, and nothing lost between one evening and the next."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pandas as pd
import pytest

from siru_course import widgets
from siru_course.language import in_language
from siru_course.widgets._toolbox import TOOLS


@pytest.mark.parametrize("language", ["en", "sv"])
def test_all_seven_tools_are_there_and_one_is_shown(tmp_path: Path, language: str) -> None:
    with in_language(language):
        box = widgets.toolbox(tmp_path / "new" / "folder")
    assert [*box.tools] == [*TOOLS]
    for name in TOOLS:
        box.choose.value = name
        assert [key for key, tool in box.tools.items() if tool.layout.display != "none"] == [name]
    titles = [title for title, _name in box.choose.options]
    assert len(set(titles)) == len(TOOLS)
    assert ("Samtalsklocka" in titles) == (language == "sv")


def test_what_is_typed_and_not_yet_used_is_there_the_next_time(tmp_path: Path) -> None:
    box = widgets.toolbox(tmp_path)
    box.tools["vote"].option_names.value = "Bussar\nMentorer"
    again = widgets.toolbox(tmp_path)
    assert again.tools["vote"].option_names.value == "Bussar\nMentorer"
    again.tools["vote"].use_button.click()
    again.tools["vote"].form.dots["Bussar"].value = 3
    again.tools["vote"].add_button.click()
    third = widgets.toolbox(tmp_path)
    assert third.tools["vote"].box.count == 1
    assert pd.read_csv(tmp_path / "ballots.csv")["dots_Bussar"].tolist() == [3]


def test_a_file_that_a_tool_cannot_read_is_told_and_the_other_tools_work(tmp_path: Path) -> None:
    for _title, file in TOOLS.values():
        (tmp_path / file).write_text("a;b\n1;2\n", encoding="utf-8")
    box = widgets.toolbox(tmp_path)
    for name, (_title, file) in TOOLS.items():
        tool = box.tools[name]
        said = tool.message if hasattr(tool, "message") else tool.value
        assert file in said, name
        assert (tmp_path / file).read_text(encoding="utf-8") == "a;b\n1;2\n"


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="could not be made"):
        widgets.toolbox(tmp_path / "file" / "folder")


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_with_the_command(tmp_path: Path, ending: signal.Signals) -> None:
    command = [sys.executable, "-m", "siru_course.cli", "toolbox", "--no-browser", "--in", str(tmp_path)]
    # A session of its own, so that the signal reaches the command alone; and what a shell starts in the background
    # does not hear Ctrl+C unless it is told to.
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        try:
            assert running.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+/", running.stdout.readline())
            assert found is not None
            running.stdout.readline()
            running.send_signal(ending)
            running.wait(timeout=30)
        finally:
            running.kill()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(found[0], timeout=2)

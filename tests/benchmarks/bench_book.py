"""How long the book takes: from nothing, and again when nothing has changed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from siru_course.book import builder


def timed(out: Path) -> float:
    """Build both languages into a folder and give the seconds."""
    begin = time.perf_counter()
    assert all(built.ok for built in builder.build(out=out))
    return time.perf_counter() - begin


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        cold, warm = timed(Path(folder)), timed(Path(folder))
    print(f"cold {cold:.1f} s, warm {warm:.1f} s, ratio {cold / warm:.1f}")
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import siru_course"], check=True)
    whole = time.perf_counter() - begin
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    bare = time.perf_counter() - begin
    print(f"import siru_course: {1000 * (whole - bare):.0f} ms above an empty Python ({1000 * bare:.0f} ms)")

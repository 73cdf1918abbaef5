"""A browser on this machine, and what it is used for: to print a page to a PDF."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from ._files import replace_file

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_SECONDS = 90


def find() -> str | None:
    """Give the path of Chromium or a browser built on it; None when there is none."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def print_pdf(browser: str, page: Path, pdf: Path) -> bool:
    """Print a page to a PDF, on paper of the page's own size, and tell whether that went well.

    Parameters
    ----------
    browser
        The path that :func:`find` gives.
    page
        The HTML file.
    pdf
        The file to write; one that is there stays as it is if the browser fails.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        made = Path(folder) / "page.pdf"
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer",
            f"--print-to-pdf={made}",
            page.absolute().as_uri(),
        ]
        try:
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True)
            replace_file(pdf, made.read_bytes())
        except (OSError, subprocess.SubprocessError):
            return False
    return True

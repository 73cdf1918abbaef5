"""The command that starts Python inside bubblewrap: what it can see, and that it can write nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import siru_course
from siru_course.language import gettext as _

from .isolation import ROOM

_PACKAGE = Path(siru_course.__file__).parent
_CHECKOUT = _PACKAGE.parent
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types", "alternatives")
_PRIVATE = ("exercises", "data/generate")
# `siru_course.classroom` itself imports the grader. The fork server does without, and so does the submission's
# memory: a bare package stands in for it until the server's modules are loaded.
BOOT = """
import sys, types
stand_in = types.ModuleType("siru_course.classroom")
stand_in.__path__ = [{path!r}]
import siru_course
sys.modules[stand_in.__name__] = stand_in
"""
# One thread: what is forked has only one. A fixed order of sets makes two runs alike.
SETTINGS = {
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "NBGRADER_EXECUTION": "autograde",
}


def temporary() -> str:
    """Give the folder for temporary files inside: ``/tmp``, unless Python or the course lies there."""
    return f"{ROOM}/tmp" if any(place.is_relative_to("/tmp") for place in (*_python(), _PACKAGE)) else "/tmp"


def boot(statement: str) -> str:
    """Write the program of the fork server: a module of this package by name, without the grader."""
    return BOOT.format(path=str(Path(__file__).parents[1])) + statement


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Give the whole environment of the code inside."""
    place = temporary()
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": ROOM,
        "TMPDIR": place,
        "IPYTHONDIR": f"{ROOM}/.ipython",
        "PYTHONPATH": os.pathsep.join(map(str, (_CHECKOUT, *_packages()))),
        **SETTINGS,
        **extra,
    }


def command(program: str, arguments: Sequence[str], extra: Mapping[str, str]) -> list[str]:
    """Write the command line that runs a Python program inside.

    Parameters
    ----------
    program
        The program's text.
    arguments
        What it finds in ``sys.argv``.
    extra
        Variables of its environment beside the ones that are always set.
    """
    line = ["bwrap", "--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv"]
    line += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    line += ["--cap-drop", "ALL"]
    if os.getuid() == 0:
        # Without a user namespace, so that the server can become a user the kernel counts processes for.
        for capability in ("SETUID", "SETGID", "SYS_ADMIN"):
            line += ["--cap-add", f"CAP_{capability}"]
    else:
        line += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    line += ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        path = Path("/", name)
        if path.is_symlink():
            line += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            line += ["--ro-bind", str(path), str(path)]
    line += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
    for path in (Path("/etc", name) for name in _ETC):
        line += ["--ro-bind-try", str(path), str(path)]
    for place in _python():
        line += _show(place)
    line += _course()
    line += ["--perms", "1777", "--tmpfs", ROOM, "--remount-ro", "/dev", "--remount-ro", "/"]
    if temporary() != "/tmp":
        line += ["--remount-ro", "/tmp"]
    for name, value in environment(extra).items():
        line += ["--setenv", name, value]
    return [*line, "--chdir", ROOM, "--", sys.executable, "-c", program, *arguments]


def _python() -> list[Path]:
    """Find the folders Python needs, without those that lie in another one or in ``/usr``."""
    prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    prefixes |= {str(Path(os.path.realpath(prefix))) for prefix in prefixes}
    return _outermost([*(Path(path) for path in prefixes if Path(path).is_dir()), *_packages()])


def _packages() -> list[Path]:
    """Find the folders of installed packages outside of Python's own: they lie in the home folder of the user."""
    own = [Path(os.path.realpath(prefix)) for prefix in (sys.prefix, sys.base_prefix)]
    found = (Path(path).resolve() for path in sys.path if Path(path).name in ("site-packages", "dist-packages"))
    return [path for path in found if path.is_dir() and not any(path.is_relative_to(place) for place in own)]


def _outermost(places: Iterable[Path]) -> list[Path]:
    kept: list[Path] = []
    for place in sorted(set(places)):
        if not any(place.is_relative_to(other) for other in (Path("/usr"), *kept)):
            kept.append(place)
    return kept


def _course() -> list[str]:
    """Show the course package and its data; of a checkout nothing else, least of all the solutions."""
    line: list[str] = []
    seen = [Path("/usr"), *_python()]
    if any(_CHECKOUT.is_relative_to(place) for place in seen):
        for name in _PRIVATE:
            if (_CHECKOUT / name).is_dir():
                line += ["--tmpfs", str(_CHECKOUT / name)]
    else:
        line += _show(_PACKAGE)
    data = _CHECKOUT / "data"
    if (_CHECKOUT / "exercises").is_dir() and not any(data.is_relative_to(place) for place in seen):
        for file in (*sorted(data.glob("*.csv")), data / "datapackage.json"):
            line += _show(file)
    return line


def _show(path: Path) -> list[str]:
    """Bind a path, read-only, at its own place; the folders above it are empty but for this."""
    line: list[str] = []
    for parent in reversed(path.parents[:-1]):
        # Run by root, bubblewrap makes folders that nobody else may enter.
        line += ["--perms", "0755", "--dir", str(parent)]
    return [*line, "--ro-bind", str(path), str(path)]


@cache
def _refusal() -> str:
    """Say why bwrap makes no sandbox here, in English; empty when it does."""
    program = boot(f"from siru_course.classroom.sandbox import isolation; isolation.begin({temporary()!r})")
    try:
        done = subprocess.run(
            command(program, [], {}), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]


def lacking(isolated: bool = True) -> str:
    """Say what a fork server needs and this machine plainly lacks, in the language in use; empty if nothing.

    Parameters
    ----------
    isolated
        Whether it is to run in bubblewrap.
    """
    if sys.platform != "linux":
        return _("A sandbox needs Linux. Grade on a Linux machine, or in a container.")
    if isolated and shutil.which("bwrap") is None:
        return _("The program bwrap is not installed. Install it: sudo apt install bubblewrap")
    return ""


def unavailable() -> str:
    """Say why no sandbox can be made on this machine, in the language in use; empty when one can.

    It tries, which takes a moment the first time.

    Examples
    --------
    >>> isinstance(unavailable(), str)
    True
    """
    if why := lacking():
        return why
    if refusal := _refusal():
        return _(
            "bwrap cannot make a sandbox on this machine: {reason}. It needs user namespaces; "
            "ask whoever runs the machine to allow them."
        ).format(reason=refusal)
    return ""

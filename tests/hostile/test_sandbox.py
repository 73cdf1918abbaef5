"""Code that means harm runs in the sandbox: it reads nothing, nothing outlives it, and the next run is as before."""

from __future__ import annotations

import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbformat.v4 import new_code_cell, new_notebook, output_from_msg

from siru_course.classroom.sandbox import Executed, Limits, LostError, Run, Sandbox, unavailable
from siru_course.classroom.sandbox import run as running
from tests.conftest import missing

SECRET = "secret-of-the-teacher"
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def place() -> Iterator[Sandbox]:
    """One sandbox for all attacks: each test therefore also shows what the one before left behind."""
    if why := unavailable():
        missing(why)
    os.environ["SIRU_TEST_SECRET"] = SECRET
    with Sandbox() as sandbox:
        yield sandbox
    del os.environ["SIRU_TEST_SECRET"]


@pytest.fixture(scope="module")
def tight() -> Iterator[Sandbox]:
    """A sandbox with little of everything."""
    if why := unavailable():
        missing(why)
    limits = Limits(memory_mb=700, processes=16, disk_mb=4, output_bytes=200_000, cpu_seconds=3)
    with Sandbox(limits=limits, preload=()) as sandbox:
        yield sandbox


@pytest.fixture
def run(place: Sandbox) -> Iterator[Run]:
    with place.open({"data/numbers.csv": b"a,b\n1,2\n"}) as opened:
        yield opened
    assert is_well(place)


def is_well(sandbox: Sandbox) -> bool:
    """Whether the next submission finds everything as it should be, without waiting for it."""
    began = time.monotonic()
    with sandbox.open({"own.txt": b"mine"}) as opened:
        seen = said(opened.execute("import os; print(sorted(os.listdir()), os.environ['HOME'], 6 * 7)", 20))
    return seen == "['own.txt'] /student 42\n" and time.monotonic() - began < 20


def said(executed: Executed) -> str:
    """What a cell printed and showed, and the name of its error."""
    parts = []
    for message in executed.messages:
        content = message["content"]
        parts.append(content.get("text") or content.get("ename") or str(content.get("data", {}).get("text/plain", "")))
    return "".join(parts)


def does(run: Run, code: str, seconds: float = 20) -> str:
    """What a cell prints; it has to end well."""
    executed = run.execute(dedent(code), seconds)
    assert executed.reply["status"] == "ok", executed
    return said(executed)


def commands() -> list[str]:
    """All command lines of this machine."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
        except OSError:
            continue
    return found


def runs(command: str) -> bool:
    """Whether a command runs on this machine; one that is being started has no name for a moment."""
    return soon(lambda: any(command in line for line in commands()))


def soon(happens: Callable[[], bool]) -> bool:
    """Whether something happens within seconds."""
    end = time.monotonic() + 20
    while not happens():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


REFUSED = """
def refused(act):
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return "done"
"""


# What it can see.


def test_the_class_and_the_solutions_are_not_there(run: Run, tmp_path: Path) -> None:
    secrets = [REPOSITORY / "exercises", REPOSITORY / "data" / "generate", REPOSITORY / ".git", tmp_path, Path.home()]
    for path in secrets:
        if path.exists():
            found = does(run, f"import os; print(os.path.exists({str(path)!r}) and os.listdir({str(path)!r}))")
            allowed = ["False\n", "[]\n"] + (["['.pyenv']\n"] if path == Path.home() else [])
            assert found in allowed, path


def test_the_course_package_and_its_data_are_there(run: Run) -> None:
    assert does(run, "from siru_course import data; len(data.load('ballots')) > 0") == "True"


def test_the_classroom_can_be_imported_as_anywhere_else(run: Run) -> None:
    assert does(run, "from siru_course import classroom; classroom.grade.__name__") == "'grade'"


def test_the_files_of_the_submission_are_there(run: Run) -> None:
    assert does(run, "import pandas as pd; print(pd.read_csv('data/numbers.csv').to_numpy().tolist())") == "[[1, 2]]\n"


def test_no_process_tells_the_environment_or_the_arguments_of_the_grader(run: Run) -> None:
    code = """
        import glob
        for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/task/*/environ") + glob.glob("/proc/*/cmdline"):
            try:
                print(open(path, "rb").read())
            except OSError:
                pass
    """
    assert SECRET not in does(run, code)


def test_no_file_is_open_that_is_not_its_own(run: Run) -> None:
    code = """
        import os
        for number in os.listdir("/proc/self/fd"):
            try:
                print(os.readlink(f"/proc/self/fd/{number}"))
            except OSError:
                pass
    """
    kinds = {line.split(":")[0] for line in does(run, code).splitlines()}
    assert kinds <= {"/dev/null", "pipe", "socket", "anon_inode"}


def test_memory_and_files_of_the_fork_server_cannot_be_opened(run: Run) -> None:
    code = """
        import os
        for process in filter(str.isdigit, os.listdir("/proc")):
            if process != os.readlink("/proc/self"):
                for name in ("mem", "environ", "maps", "fd/0", "root/etc/passwd", "cwd"):
                    try:
                        os.listdir(f"/proc/{process}/cwd") if name == "cwd" else open(f"/proc/{process}/{name}", "rb")
                        print("read", name)
                    except OSError:
                        pass
    """
    assert does(run, code) == ""


def test_it_has_no_rights_and_cannot_get_any(run: Run) -> None:
    status = dict(
        line.split(":\t") for line in does(run, "print(open('/proc/self/status').read())").splitlines() if ":\t" in line
    )
    assert [int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")] == [0] * 5
    assert status["NoNewPrivs"] == "1"
    if platform.machine() in ("x86_64", "aarch64"):
        assert status["Seccomp"] == "2"


# What it can reach.


def test_nothing_listens_for_it_on_loopback(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket\nrefused(lambda: socket.create_connection(('127.0.0.1', {port}), 2))"
        assert does(run, REFUSED + code) != "'done'"


def test_an_abstract_socket_of_the_grader_is_out_of_reach(run: Run) -> None:
    name = f"\0siru-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        code = f"import socket\nrefused(lambda: socket.socket(socket.AF_UNIX).connect({name!r}))"
        assert does(run, REFUSED + code) == "'ConnectionRefusedError'"


def test_two_submissions_at_once_do_not_reach_each_other(place: Sandbox) -> None:
    code = """
        import os, socket
        mine = os.environ["TMPDIR"] + "/mine"
        print(os.path.exists(mine), socket.socket(socket.AF_UNIX).connect_ex("\\0mine") != 0)
        open(mine, "w").close()
        server = socket.socket(socket.AF_UNIX)
        server.bind("\\0mine")
        server.listen()
        print(os.path.exists(mine), socket.socket(socket.AF_UNIX).connect_ex("\\0mine") == 0)
    """
    with place.open({}) as one, place.open({}) as other:
        for opened in (one, other):
            assert does(opened, code) == "False True\nTrue True\n"


@pytest.mark.parametrize(
    "family", ["AF_INET, socket.SOCK_DGRAM", "AF_INET6, socket.SOCK_STREAM", "AF_NETLINK, socket.SOCK_RAW"]
)
def test_no_socket_of_another_family(run: Run, family: str) -> None:
    assert does(run, REFUSED + f"import socket\nrefused(lambda: socket.socket(socket.{family}))") == "'PermissionError'"


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="no filter for this architecture")
@pytest.mark.parametrize(
    ("call", "x86_64", "aarch64"),
    [
        ("ptrace", 101, 117),
        ("mount", 165, 40),
        ("unshare", 272, 97),
        ("setns", 308, 268),
        ("bpf", 321, 280),
        ("keyctl", 250, 219),
        ("io_uring_setup", 425, 425),
        ("userfaultfd", 323, 282),
        ("memfd_create", 319, 279),
        ("process_vm_readv", 310, 270),
        ("clock_settime", 227, 112),
        ("shmget", 29, 194),
        ("inotify_init1", 294, 26),
        ("open_by_handle_at", 304, 265),
    ],
)
def test_calls_that_a_submission_has_no_use_for_are_refused(run: Run, call: str, x86_64: int, aarch64: int) -> None:
    number = x86_64 if platform.machine() == "x86_64" else aarch64
    code = (
        f"import ctypes; c = ctypes.CDLL(None, use_errno=True); c.syscall({number}, 0, 0, 0, 0, 0), ctypes.get_errno()"
    )
    assert does(run, code) == "(-1, 1)", call


def test_a_new_user_namespace_is_refused_by_clone_as_well(run: Run) -> None:
    assert "not permitted" in does(
        run, "import subprocess; print(subprocess.getoutput('unshare --user --pid --fork id'))"
    )


@pytest.mark.parametrize("path", ["/", "/etc", "/usr", "/dev", "/proc/sys/kernel", "SITE", "COURSE"])
def test_nothing_outside_of_its_room_can_be_written(run: Run, path: str) -> None:
    code = f"""
import os, pandas, siru_course
place = {{"SITE": os.path.dirname(pandas.__path__[0]), "COURSE": siru_course.__path__[0]}}.get({path!r}, {path!r})
refused(lambda: open(os.path.join(place, "mine"), "w")), refused(lambda: os.rename(place, place + "-mine"))
"""
    assert "done" not in does(run, REFUSED + code)


def test_a_program_it_writes_does_not_run(run: Run) -> None:
    code = "import os, shutil, subprocess\nshutil.copy('/usr/bin/id', 'own'); refused(lambda: subprocess.run('./own'))"
    assert does(run, REFUSED + code) == "'PermissionError'"


# What it leaves behind.


@pytest.mark.parametrize(
    "code",
    [
        "os.chdir('/student'); shutil.rmtree('work'); os.symlink('/etc', 'work')",
        "shutil.rmtree('/student/work'); shutil.rmtree('/student/tmp', ignore_errors=True); os.remove('/student/work')",
        "os.chmod('.', 0); os.chmod('/student', 0)",
        "os.mkfifo('own.txt'); os.mkfifo('/student/fifo')",
    ],
)
def test_what_it_does_to_its_own_folder_is_its_own(place: Sandbox, code: str) -> None:
    with place.open({"a.txt": b"1"}) as opened:
        opened.execute(f"import os, shutil\n{code}", 20)
    assert is_well(place)


@pytest.mark.parametrize("path", ["$TMPDIR/mine", "/dev/shm/mine", "/student/mine", "/student/.ipython/mine", "mine"])
def test_files_are_gone_for_the_next_one(place: Sandbox, path: str) -> None:
    code = """
        import os
        path = os.path.expandvars(PATH)
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        print(os.path.exists(path))
        open(path, "w").close()
        print(os.path.exists(path))
    """
    for _ in range(2):
        with place.open({}) as opened:
            assert does(opened, code.replace("PATH", repr(path))) == "False\nTrue\n"


def test_a_startup_file_does_not_start_with_the_next_one(place: Sandbox) -> None:
    with place.open({}) as one:
        folder = "/student/.ipython/profile_default/startup"
        does(one, f"import os; os.makedirs('{folder}'); print('mine = 1', file=open('{folder}/0.py', 'w'))")
    with place.open({}) as other:
        assert does(other, "'mine' in globals()") == "False"


def test_what_it_changes_in_memory_is_changed_for_itself_alone(place: Sandbox) -> None:
    spoil = """
import builtins, os, sys, pandas
os.environ["LEFT"] = "1"; pandas.DataFrame.sum = None; sys.modules["json"] = None
get_ipython().run_cell = None; sys.settrace(lambda *_: None); builtins.len = None
"""
    look = """
import os, sys, json, pandas
"LEFT" in os.environ, int(pandas.DataFrame({"a": [1]}).sum().a), len("a"), sys.gettrace()
"""
    with place.open({}) as one:
        one.execute(spoil, 20)
    with place.open({}) as other:
        assert does(other, look) == "(False, 1, 1, None)"


def test_a_daemon_in_a_session_of_its_own_does_not_outlive_it(place: Sandbox) -> None:
    with place.open({}) as one:
        does(
            one,
            """
            import os, subprocess
            if os.fork() == 0:
                os.setsid()
                subprocess.Popen(["sleep", "98765"], start_new_session=True)
                os._exit(0)
            os.wait()
            """,
        )
        assert runs("sleep 98765")
    assert not any("sleep 98765" in line for line in commands())


def test_without_a_sandbox_nothing_outlives_it_either(tmp_path: Path) -> None:
    with Sandbox(isolated=False, preload=()) as sandbox:
        with sandbox.open({"a.txt": b"1"}) as opened:
            folder = Path(
                does(
                    opened,
                    "import os, subprocess; p = subprocess.Popen(['setsid', 'sleep', '98764']); print(os.getcwd())",
                ).strip()
            )
            assert (folder / "a.txt").exists()
        assert not folder.exists()
        assert not any("sleep 98764" in line for line in commands())
        with sandbox.open({}) as opened:
            assert does(opened, "import os; os.kill(0, 0); 1 + 1") == "2"


LEFT_ALONE = """
import subprocess, sys
from siru_course.classroom.sandbox import Sandbox
sandbox = Sandbox(isolated=sys.argv[1] == "True", preload=("module_98763",))
run = sandbox.open({})
run.execute("import subprocess; p = subprocess.Popen(['setsid', 'sleep', '98763'])", 20)
print("ready", flush=True)
run.execute("while True: pass", 600)
"""


@pytest.mark.slow
@pytest.mark.parametrize("isolated", [True, False])
def test_when_the_grader_is_killed_nothing_is_left(isolated: bool) -> None:
    if isolated and (why := unavailable()):
        missing(why)
    with subprocess.Popen([sys.executable, "-c", LEFT_ALONE, str(isolated)], stdout=subprocess.PIPE) as grader:
        try:
            assert grader.stdout is not None
            assert grader.stdout.readline() == b"ready\n"
            assert runs("sleep 98763")
        finally:
            grader.kill()
    assert soon(lambda: not any("98763" in line for line in commands()))


def test_random_numbers_differ_between_submissions(place: Sandbox) -> None:
    seen = []
    for _ in range(2):
        with place.open({}) as opened:
            seen.append(does(opened, "import random, numpy; print(random.random(), numpy.random.rand(), end=' ')"))
    assert len(set(" ".join(seen).split())) == 4


# Who it can stop.


@pytest.mark.parametrize(
    "code", ["os.kill(os.getppid(), 9)", "os.kill(0, 9)", "os.kill(-1, 9)", "os.kill(1, 9)", "os.killpg(0, 19)"]
)
def test_a_signal_reaches_nobody_else(run: Run, code: str) -> None:
    run.execute(f"import os\n{code}", 5)


def test_stopping_itself_does_not_stop_the_clock(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_GRACE", 0.5)
    began = time.monotonic()
    run.execute("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nwhile True: pass", 0.5)
    assert time.monotonic() - began < 10


def test_a_loop_without_end_is_interrupted_and_the_next_cell_runs(run: Run) -> None:
    executed = run.execute("while True: pass", 0.5)
    assert (executed.problem, executed.reply["ename"], run.alive) == ("timeout", "CellTimeoutError", True)
    assert does(run, "1 + 1") == "2"


def test_who_ignores_the_interrupt_is_ended(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_GRACE", 0.5)
    code = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    assert run.execute(code, 0.5).problem == "timeout"
    assert not run.alive
    assert run.execute("1 + 1", 5).problem == "died"


def test_a_clock_it_bends_is_not_the_one_that_counts(run: Run) -> None:
    executed = run.execute("import time\ntime.time = time.monotonic = lambda: 0.0\nwhile True: pass", 0.5)
    assert executed.problem == "timeout"


@pytest.mark.parametrize(
    "code",
    [
        "os._exit(0)",
        "ctypes.string_at(0)",
        "os.closerange(0, 100)",
        "[socket.socket(fileno=n).shutdown(2) for n in range(3, 10) if stat.S_ISSOCK(os.fstat(n).st_mode)]",
    ],
)
def test_who_ends_itself_is_told_dead(run: Run, code: str) -> None:
    executed = run.execute(f"import ctypes, os, socket, stat\n{code}", 5)
    assert (executed.problem, executed.reply["status"], run.alive) == ("died", "error", False)


def test_a_dead_fork_server_starts_again(place: Sandbox) -> None:
    process = place._process
    assert process is not None
    with place.open({}) as opened:
        process.kill()
        process.wait()
        with pytest.raises(LostError):
            opened.execute("import time; time.sleep(60)", 90)  # what the server started is ended a moment later
    assert is_well(place)


# How much it can take.


def test_a_fork_bomb_stops_at_the_limit_and_is_gone(tight: Sandbox) -> None:
    with tight.open({}) as opened:
        counted = does(
            opened,
            """
            import os, time
            made = 0
            try:
                while made < 1000:
                    if os.fork() == 0:
                        time.sleep(100)
                        os._exit(0)
                    made += 1
            except BlockingIOError:
                pass
            print(made)
            """,
        )
    assert 0 < int(counted) <= 16
    assert is_well(tight)


def test_threads_count_as_well(tight: Sandbox) -> None:
    with tight.open({}) as opened:
        code = """
import threading, time
for _ in range(100):
    threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
"""
        assert said(opened.execute(code, 10)).endswith("RuntimeError")
    assert is_well(tight)


@pytest.mark.parametrize(
    "code", ["bytearray(10 << 30)", "__import__('pickle').loads(b'X' * 8 + b'\\xff' * 9)", "'a' * (1 << 40)"]
)
def test_more_memory_than_allowed_is_an_error(run: Run, code: str) -> None:
    assert run.execute(code, 20).reply["ename"] in ("MemoryError", "UnpicklingError")
    assert run.alive


@pytest.mark.slow
def test_many_processes_share_the_limit_on_memory(tight: Sandbox) -> None:
    with tight.open({}) as opened:
        executed = opened.execute(
            """
import os, time
for _ in range(8):
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20)) * 200
        time.sleep(60)
time.sleep(30)
""",
            30,
        )
    assert executed.problem == "died"
    assert is_well(tight)


def test_seconds_of_computing_are_counted(tight: Sandbox) -> None:
    with tight.open({}) as opened:
        assert opened.execute("while True: pass", 20).problem == "died"
    assert is_well(tight)


@pytest.mark.parametrize(
    "code",
    [
        "open('big', 'wb').write(bytes(8 << 20))",
        "[open(f'{n}', 'wb').write(bytes(1 << 20)) for n in range(8)]",
        "[open(f'/dev/shm/{n}', 'wb').write(bytes(1 << 20)) for n in range(8)]",
        "[open(f'/student/{n}', 'w').close() for n in range(10_000)]",
    ],
)
def test_a_full_disk_is_its_own(tight: Sandbox, code: str) -> None:
    with tight.open({}) as opened:
        executed = opened.execute(f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n{code}", 20)
        assert executed.reply["ename"] == "OSError"
    assert is_well(tight)


def test_no_core_is_dumped(run: Run) -> None:
    assert does(run, "import resource; resource.getrlimit(resource.RLIMIT_CORE)") == "(0, 0)"


@pytest.mark.parametrize(
    "code",
    [
        "print('a' * 5_000_000)",
        "import os\nos.system('head -c 5000000 /dev/zero')",
        "import os\nos.write(2, b'a' * 1_000_000)",
        "for n in range(20_000): display(n)",
        "display({'text/plain': 'a' * 5_000_000}, raw=True)",
    ],
)
def test_output_is_cut_at_the_limit_and_the_next_cell_runs(tight: Sandbox, code: str) -> None:
    with tight.open({}) as opened:
        executed = opened.execute(code, 30)
        assert executed.problem == "output"
        assert len(str(executed.messages)) < 1_500_000
        assert opened.alive == (executed.reply["status"] == "ok")


@pytest.mark.parametrize(
    "code", ["while True: print('a' * 1000)", "import os\nos.system('yes')", "while True: print(end='a', flush=True)"]
)
def test_a_flood_of_output_is_ended_before_its_time(tight: Sandbox, code: str) -> None:
    with tight.open({}) as opened:
        executed = opened.execute(code, 60)
        assert (executed.problem in ("output", "died"), opened.alive) == (True, False)
    assert is_well(tight)


def test_the_cells_of_a_notebook_share_what_they_may_show(tight: Sandbox) -> None:
    with tight.open({}) as opened:
        problems = [opened.execute("print('a' * 150_000)", 10).problem for _ in range(7)]
    assert problems[0] == ""
    assert problems[-1] == "output"


def test_an_error_stays_an_error_however_long_it_is(run: Run) -> None:
    for code in ("raise AssertionError('a' * 10_000_000)", "print('a' * 5_000_000)\nraise AssertionError"):
        executed = run.execute(code, 20)
        assert executed.reply["ename"] == "AssertionError"
        assert [m["content"]["ename"] for m in executed.messages if m["msg_type"] == "error"] == ["AssertionError"]


# What it can say.

FORGE = """
import json, os, socket, stat, struct, threading, time
number = next(int(n) for n in sorted(os.listdir("/proc/self/fd")) if "socket" in os.readlink(f"/proc/self/fd/{n}"))
line = socket.socket(fileno=os.dup(number))
def say(kind, body):
    line.sendall(struct.pack("!cI", kind, len(body)) + body)
"""


@pytest.mark.parametrize(
    "lie",
    [
        """say(b"R", b'{"status": "ok", "execution_count": 1, "token": ""}')""",
        """say(b"R", b'{"status": "ok", "execution_count": 1}')""",
        """say(b"R", b'[' * 100_000)""",
        """say(b"M", b'\\xff\\xfe' * 1000)""",
        """say(b"M", b'{"type": "stream", "content": ' + b'[' * 60_000 + b']' * 60_000 + b'}')""",
        """say(b"M", b'{"type": "status", "content": {"execution_state": "idle"}}')""",
        """say(b"M", b'{"type": "comm_open", "content": {"comm_id": "a"}}')""",
        """say(b"M", b'{"type": "stream", "content": {"name": "/etc/passwd", "text": 1}}')""",
        """say(b"M", b'{"type": "execute_result", "content": {"data": 1, "execution_count": 1e999}}')""",
        """say(b"?", b'')""",
        """say(b"M", b'9' * 5000)""",
    ],
)
def test_a_forged_message_is_not_believed(run: Run, lie: str) -> None:
    executed = run.execute(
        f"{FORGE}\nthreading.Thread(target=lambda: {lie}).start()\ntime.sleep(0.1)\nassert False", 20
    )
    assert executed.reply["ename"] == "AssertionError"
    assert [message["msg_type"] for message in executed.messages] == ["error"]
    assert does(run, "1 + 1") == "2"


def test_a_frame_without_end_is_not_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_GRACE", 0.5)
    began = time.monotonic()
    executed = run.execute(f"{FORGE}\nline.sendall(b'M' + b'\\xff' * 4)", 1)
    assert executed.problem in ("timeout", "output", "died")
    assert time.monotonic() - began < 10


def test_a_million_small_messages_do_not_stop_the_parent(tight: Sandbox) -> None:
    with tight.open({}) as opened:
        began = time.monotonic()
        code = FORGE + "one = struct.pack('!cI', b'M', 2) + b'{}'\nfor _ in range(1000): line.sendall(one * 1000)"
        assert opened.execute(code, 60).problem in ("output", "died")
        assert time.monotonic() - began < 30


def test_a_copy_of_the_shell_has_no_say(run: Run) -> None:
    first = run.execute(
        "import os, time\npid = os.fork()\nprint('hello') if pid else time.sleep(0.2)\nassert pid == 0", 10
    )
    assert (first.reply["ename"], said(first)) == ("AssertionError", "hello\nAssertionError")
    time.sleep(0.3)
    assert does(run, "1 + 1") == "2"


@pytest.mark.parametrize(
    "code",
    [
        "print('\\ud800')",
        "display({'text/html': {'a': [1]}, 'text/plain': 3}, raw=True)",
        "display({'application/json': {'a': float('nan'), '\\udfff': 10 ** 400}}, raw=True)",
        "display({'text/plain': 'a'}, raw=True, metadata={'a': {'b': object}})",
        "raise type('\\ud800', (Exception,), {})('\\ud800')",
        "print('\\0\\x1b]0;title\\x07')",
    ],
)
def test_whatever_is_shown_can_be_written_to_a_notebook(run: Run, code: str) -> None:
    executed = run.execute(code, 20)
    cell = new_code_cell(code.encode("ascii", "replace").decode())
    cell.outputs = [output_from_msg(message) for message in executed.messages]
    notebook = new_notebook(cells=[cell])
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode("utf-8")


# What the caller can get wrong.


@pytest.mark.parametrize("name", ["../out", "/etc/passwd", "a/../../b", "", "a\0b"])
def test_files_that_leave_the_folder_are_refused(place: Sandbox, name: str) -> None:
    with pytest.raises(ValueError, match="inside"):
        place.open({name: b""})


def test_files_larger_than_the_disk_are_refused(tight: Sandbox) -> None:
    with pytest.raises(ValueError, match="4 MiB"):
        tight.open({"a": bytes(5 << 20)})


def test_a_limit_is_a_positive_number() -> None:
    with pytest.raises(ValueError, match="memory_mb"):
        Limits(memory_mb=0)


def test_the_language_goes_inside() -> None:
    if why := unavailable():
        missing(why)
    with Sandbox(preload=(), environment={"SIRU_LANG": "sv"}) as sandbox, sandbox.open({}) as opened:
        assert does(opened, "import siru_course; siru_course.language()") == "'sv'"


def test_where_no_sandbox_can_be_made_none_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ValueError, match="sudo apt install bubblewrap"):
        Sandbox()


# It is a Jupyter kernel in all but name.

CELLS = (
    "x = 3\nx * 2",
    "print('one')\nprint('two')",
    "import sys\nprint('careful', file=sys.stderr)",
    "import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})",
    "display(1, 'two')\n3",
    "def f():\n    return 1 / 0\nf()",
    "pd.DataFrame({'a': [1]})['b']",
    "x = (((",
    "import asyncio\nawait asyncio.sleep(0, 'late')",
    "input()",
    "In[1], Out[1], _",
    "%%capture it\nprint('quiet')",
    "it.stdout",
    "!echo outside",
    "x = 1;\nx;",
    "raise SystemExit",
)


@pytest.mark.slow
def test_cells_give_what_a_real_kernel_gives(place: Sandbox) -> None:
    manager, client = start_new_kernel(kernel_name="python3", extra_arguments=["--HistoryManager.hist_file=:memory:"])
    try:
        with place.open({}) as opened:
            for code in CELLS:
                heard: list[dict[str, object]] = []
                reply = client.execute_interactive(
                    code, allow_stdin=False, timeout=60, output_hook=lambda m, heard=heard: heard.append(m)
                )
                executed = opened.execute(code, 60)
                assert executed.problem == ""
                assert executed.reply["status"] == reply["content"]["status"], code
                assert executed.reply["execution_count"] == reply["content"]["execution_count"], code
                expected = [m for m in heard if m["msg_type"] not in ("status", "execute_input")]
                assert outputs(executed.messages) == outputs(expected), code
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def outputs(messages: list[dict[str, object]]) -> list[dict[str, object]]:
    """What a notebook keeps of messages; texts that follow each other on one stream are one."""
    kept: list[dict[str, object]] = []
    for message in messages:
        output = dict(output_from_msg(message))
        if kept and output["output_type"] == "stream" == kept[-1]["output_type"] and kept[-1]["name"] == output["name"]:
            kept[-1]["text"] = str(kept[-1]["text"]) + str(output["text"])
        else:
            kept.append(output)
    return kept

"""The steps that take a forked child out of everything it could share with anyone."""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from typing import NoReturn

from . import seccomp, system
from .limits import Limits

# The only folder a submission can write to; the working folder, temporary files and shared memory lie in it.
ROOM = "/student"
WORK = f"{ROOM}/work"
# As root: a user id that owns nothing. The kernel counts no processes for root.
NOBODY = 64_064
_INSIDE = 1000


def begin(temporary: str) -> None:
    """Be ready to isolate children, and see in one of them that it can be done.

    Parameters
    ----------
    temporary
        The folder for temporary files: a place of its own, or one in the room.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    _leave_root()
    hide()
    child = os.fork()
    if child == 0:
        _try(temporary)
    if os.waitpid(child, 0)[1]:
        raise OSError("the sandbox cannot be set up")


def _leave_root() -> None:
    """As root: mount a fresh ``/proc`` and become a user who owns nothing; otherwise nothing happens.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    if os.getuid() != 0:
        return
    # bubblewrap covers parts of root's /proc, and the kernel mounts no fresh one for a child of ours that
    # sees less of /proc than all of it. Where this one is refused too, children keep the covered one.
    with suppress(OSError):
        system.mount("proc", "/proc", "proc", system.MS_NOSUID | system.MS_NODEV | system.MS_NOEXEC)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def hide() -> None:
    """Keep other processes of the same user from reading this one's memory, files and environment."""
    system.prctl(system.PR_SET_DUMPABLE, 0)


def enter_namespaces() -> None:
    """Take new namespaces; the next child of this process is the first one in its process namespace.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    user, group = os.getuid(), os.getgid()
    system.prctl(system.PR_SET_DUMPABLE, 1)  # or the maps below are not ours to write
    system.unshare(system.CLONE_NAMESPACES)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{_INSIDE} {user} 1"),
        ("gid_map", f"{_INSIDE} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    hide()


def enter_room(disk_mb: int, temporary: str) -> None:
    """Mount an empty room with little space in it, and a ``/proc`` that shows this submission's processes.

    Parameters
    ----------
    disk_mb
        The space in MiB.
    temporary
        The folder for temporary files: a place of its own, or one in the room.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    flags = system.MS_NOSUID | system.MS_NODEV | system.MS_NOEXEC
    system.mount("room", ROOM, "tmpfs", flags, f"size={disk_mb}m,nr_inodes=4096,mode=0700")
    places = {WORK: None, f"{ROOM}/tmp": "/tmp" if temporary == "/tmp" else None, f"{ROOM}/shm": "/dev/shm"}
    for folder, second in places.items():
        os.mkdir(folder, 0o700)
        if second:
            system.mount(folder, second, None, system.MS_BIND)
    try:
        system.mount("proc", "/proc", "proc", flags)
    except PermissionError:
        # An outer container covers parts of /proc, so the one of the fork server stays. It is hidden (see hide),
        # and so is this process: its files would otherwise be open to whatever the submission starts.
        hide()
    else:
        system.prctl(system.PR_SET_DUMPABLE, 1)


def limit(limits: Limits, alone: bool) -> None:
    """Set the limits of this process and all it starts.

    Parameters
    ----------
    limits
        What is allowed.
    alone
        Whether the process is in namespaces of its own; without them the number of processes is the whole user's.
    """
    values = {
        resource.RLIMIT_AS: limits.memory_mb << 20,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: limits.disk_mb << 20,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 256,
    }
    if alone:
        values |= {
            resource.RLIMIT_NPROC: limits.processes,
            resource.RLIMIT_MEMLOCK: 1 << 16,
            resource.RLIMIT_MSGQUEUE: 0,
            resource.RLIMIT_SIGPENDING: 256,
        }
    for name, value in values.items():
        most = resource.getrlimit(name)[1]
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(name, (value, value))


def give_up_rights() -> None:
    """Drop all capabilities, for good, and put the filter of system calls on.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    system.drop_capabilities()
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.apply()


def _try(temporary: str) -> NoReturn:
    """Go through all steps once, in a child of one's own, and end: with 0 if none was refused."""
    code = 1
    try:
        enter_namespaces()
        child = os.fork()
        if child == 0:
            enter_room(1, temporary)
            limit(Limits(), alone=True)
            give_up_rights()
            code = 0
        else:
            code = os.waitpid(child, 0)[1] and 1
    except OSError as error:
        os.write(2, f"{error}\n".encode())
    finally:
        os._exit(code)

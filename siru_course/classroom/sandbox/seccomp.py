"""A filter of system calls for the code of a submission: a classic BPF program that denies what it has no use for.

References
----------
Linux kernel documentation. *Seccomp BPF*. https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from dataclasses import dataclass

from .system import CLONE_NAMESPACES, PR_SET_SECCOMP, prctl

# Name of the call, number on x86_64, number on aarch64 (None: there is no such call).
_DENIED: dict[str, tuple[int | None, int | None]] = {
    # Other processes, and the kernel itself.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "syslog": (103, 116),
    "reboot": (169, 142),
    "acct": (163, 89),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "personality": (135, 92),
    "lookup_dcookie": (212, 18),
    "vhangup": (153, 58),
    # Mounts and namespaces.
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    # Clocks.
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    # Keys of the kernel: they are shared by all processes of a user.
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # Ways around this filter, or around the limits on memory: what these hold is counted for no process.
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_setup": (206, 0),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "vmsplice": (278, 75),
    "mbind": (237, 235),
    "set_mempolicy": (238, 237),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # Watches on files are counted for the user as a whole, and so run out for the teacher as well.
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
}


@dataclass(frozen=True)
class _Machine:
    """What the filter must know about an architecture."""

    audit: int  # the kernel's name for it
    column: int  # in the table of calls
    socket: int
    clone: int
    clone3: int
    x32: bool  # whether numbers from 0x40000000 on are a second way to make the same calls


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 0, 41, 56, 435, True),
    "aarch64": _Machine(0xC00000B7, 1, 198, 220, 435, False),
}

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_AF_UNIX = 1

Instruction = tuple[int, int, int, int]


def _refuse(code: int) -> Instruction:
    return (_RETURN, 0, 0, 0x00050000 | code)


def program(machine: str) -> list[Instruction]:
    """Write the filter for an architecture; an empty list when there is none for it.

    Examples
    --------
    >>> len(program("x86_64")) > 100, program("riscv64")
    (True, [])
    """
    if machine not in _MACHINES:
        return []
    it = _MACHINES[machine]
    allow: Instruction = (_RETURN, 0, 0, _ALLOW)
    kill: Instruction = (_RETURN, 0, 0, _KILL)
    code: list[Instruction] = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, it.audit), kill, (_LOAD, 0, 0, _NUMBER)]
    if it.x32:
        code += [(_AT_LEAST, 0, 1, 0x40000000), kill]
    for numbers in _DENIED.values():
        number = numbers[it.column]
        if number is not None:
            code += [(_EQUAL, 0, 1, number), _refuse(errno.EPERM)]
    # clone3 hides its flags behind a pointer. "No such call" makes the C library use clone.
    code += [(_EQUAL, 0, 1, it.clone3), _refuse(errno.ENOSYS)]
    code += [
        (_EQUAL, 0, 4, it.clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_ANY_BIT, 0, 1, CLONE_NAMESPACES),
        _refuse(errno.EPERM),
        allow,
    ]
    code += [
        (_EQUAL, 0, 4, it.socket),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_EQUAL, 1, 0, _AF_UNIX),
        _refuse(errno.EACCES),
        allow,
    ]
    return [*code, allow]


# Written once, for all that are forked from the process that has imported this.
_INSTRUCTIONS = program(platform.machine())
_PACKED = b"".join(struct.pack("HBBI", *instruction) for instruction in _INSTRUCTIONS)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def apply() -> None:
    """Put the filter on this process and all it starts, for good; nothing happens on other architectures.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    if not _INSTRUCTIONS:
        return
    buffer = ctypes.create_string_buffer(_PACKED, len(_PACKED))
    pointer = _Program(len(_INSTRUCTIONS), ctypes.addressof(buffer))
    prctl(PR_SET_SECCOMP, 2, ctypes.addressof(pointer))

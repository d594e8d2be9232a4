"""Take from a process what reading one file does not need: network, programs, other files.

Three walls, each where the kernel has it: a system call filter (seccomp: no new sockets but local
ones, no programs, no looking into other processes), Landlock (only the named paths), and a network
namespace of its own. What is missing is left out; `confine` says what holds.
Source: seccomp(2), landlock(7), Linux kernel user space API.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # EPERM
_KILL = 0x80000000
_AF_UNIX = 1
# audit architecture, then: socket, and what is refused whole: execve, execveat, ptrace,
# process_vm_readv, process_vm_writev, bpf, perf_event_open, mount, unshare, setns, keyctl,
# io_uring_setup, userfaultfd
_CALLS: dict[str, tuple[int, int, tuple[int, ...]]] = {
    "x86_64": (
        0xC000003E, 41, (59, 322, 101, 310, 311, 321, 298, 165, 272, 308, 250, 425, 323),
    ),
    "aarch64": (
        0xC00000B7, 198, (221, 281, 117, 270, 271, 280, 241, 40, 97, 268, 219, 425, 282),
    ),
}  # fmt: skip
_X32_BIT = 0x40000000
# Landlock: system calls, and the rights of its first version
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF, _RULE_PATH_BENEATH = 444, 445, 446, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_ALL_RIGHTS = (1 << 13) - 1
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE
_O_PATH = 0o10000000


def confine(read: Iterable[Path], write: Iterable[Path]) -> frozenset[str]:
    """Give up everything but the paths; needs `no_new_privs` and cannot be undone.

    Returns:
        Which walls stand: `paths`, `calls`.
    """
    walls = set()
    if _restrict_paths(read, write):
        walls.add("paths")
    if _filter_calls():
        walls.add("calls")
    return frozenset(walls)


def _filter_calls() -> bool:
    """Install the system call filter."""
    if platform.machine() not in _CALLS or struct.calcsize("P") != 8:
        return False
    program = _program(*_CALLS[platform.machine()])
    code = ctypes.create_string_buffer(b"".join(program))
    header = struct.pack("<HxxxxxxQ", len(program), ctypes.addressof(code))
    return (
        _LIBC.prctl(
            _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.create_string_buffer(header), 0, 0
        )
        == 0
    )


def _program(architecture: int, socket_call: int, refused: Sequence[int]) -> list[bytes]:
    """The filter in classic BPF; `seccomp_data` is number, architecture, pointer, arguments."""

    def load(offset: int) -> bytes:
        return struct.pack("<HBBL", 0x20, 0, 0, offset)

    def end(verdict: int) -> bytes:
        return struct.pack("<HBBL", 0x06, 0, 0, verdict)

    def if_equal(value: int, then: int, otherwise: int) -> bytes:
        return struct.pack("<HBBL", 0x15, then, otherwise, value)

    def if_at_least(value: int, then: int, otherwise: int) -> bytes:
        return struct.pack("<HBBL", 0x35, then, otherwise, value)

    checks = [if_equal(number, 0, 1) + end(_REFUSE) for number in refused]
    steps = [
        load(4), if_equal(architecture, 1, 0), end(_KILL),
        load(0), if_at_least(_X32_BIT, 0, 1), end(_KILL),
        *(part for check in checks for part in (check[:8], check[8:])),
        if_equal(socket_call, 0, 3), load(16), if_equal(_AF_UNIX, 1, 0), end(_REFUSE),
        end(_ALLOW),
    ]  # fmt: skip
    return steps


def _restrict_paths(read: Iterable[Path], write: Iterable[Path]) -> bool:
    """Let only these paths be opened from now on; the kernel may know no Landlock."""
    attribute = struct.pack("<Q", _ALL_RIGHTS)
    ruleset = _LIBC.syscall(_CREATE_RULESET, attribute, len(attribute), 0)
    if ruleset < 0:
        return False
    try:
        for path in read:
            _allow(ruleset, path, _READ_FILE | _READ_DIR)
        for path in write:
            _allow(ruleset, path, _ALL_RIGHTS & ~_EXECUTE)
        return bool(_LIBC.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    """Add a path that exists; a file takes only the rights that files have."""
    try:
        handle = os.open(path, _O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        granted = rights if path.is_dir() else rights & _FILE_RIGHTS
        rule = struct.pack("<Qi", granted, handle)
        _LIBC.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(handle)

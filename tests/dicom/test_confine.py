"""A confined process opens its own files and nothing else: no network, no program, no neighbour."""

import json
import os
import platform
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from collimate.dicom.rejection import Rejected
from collimate.dicom.sandbox import Sandbox
from tests.dicom.test_sandbox import FACTS, children_of, wait_until

CODE = """
    import ctypes, json, os, socket, sys
    from pathlib import Path
    from collimate.dicom.confine import confine

    ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
    mine, out, other = map(Path, sys.argv[1:])
    walls = confine([mine], [out])
    def attempt(what):
        try:
            what()
        except PermissionError:
            return "refused"
        except OSError as error:
            return repr(error)
        return "done"
    print(json.dumps({
        "walls": sorted(walls),
        "read mine": attempt(lambda: mine.read_bytes()),
        "write mine": attempt(lambda: mine.write_bytes(b"x")),
        "write out": attempt(lambda: (out / "new").write_bytes(b"x")),
        "read other": attempt(lambda: other.read_bytes()),
        "list other": attempt(lambda: os.listdir(other.parent)),
        "pair": attempt(socket.socketpair),
        "internet": attempt(lambda: socket.socket(socket.AF_INET)),
        "internet 6": attempt(lambda: socket.socket(socket.AF_INET6)),
        "netlink": attempt(lambda: socket.socket(socket.AF_NETLINK)),
        "program": attempt(lambda: os.execv(sys.executable, [sys.executable, "-c", ""])),
    }))
"""


@pytest.fixture(scope="module")
def attempts(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("confined")
    (folder / "out").mkdir()
    (folder / "others").mkdir()
    for name in ("mine", "others/other"):
        (folder / name).write_bytes(b"content")
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CODE), *(
            str(folder / name) for name in ("mine", "out", "others/other"))],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(ran.stdout)


def test_the_own_files_and_local_sockets_still_work(attempts):
    for what in ("read mine", "write out", "pair"):
        assert attempts[what] == "done", what


def test_no_network_and_no_program(attempts):
    if "calls" not in attempts["walls"]:
        pytest.skip("this kernel has no system call filter")
    for what in ("internet", "internet 6", "netlink", "program"):
        assert attempts[what] == "refused", what


def test_no_other_file(attempts):
    if "paths" not in attempts["walls"]:
        pytest.skip("this kernel has no Landlock")
    for what in ("write mine", "read other", "list other"):
        assert attempts[what] == "refused", what


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="no filter here")
def test_every_child_of_the_sandbox_is_confined(tmp_path: Path):
    os.mkfifo(tmp_path / "stuck.png")
    (tmp_path / "out").mkdir()
    with Sandbox() as sandbox:

        def ask() -> None:
            with pytest.raises(Rejected):
                sandbox.convert(tmp_path / "stuck.png", tmp_path / "out" / "x.dcm", **FACTS)

        thread = threading.Thread(target=ask)
        thread.start()

        def child_is_filtered() -> bool:
            reader = sandbox.reader_pid
            found = children_of(reader) if reader else []
            return any("Seccomp:\t2" in Path(f"/proc/{pid}/status").read_text() for pid in found)

        wait_until(child_is_filtered, 20)
        for pid in children_of(sandbox.reader_pid):
            os.kill(pid, 9)
        thread.join(10)

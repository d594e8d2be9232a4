"""A child that hangs, crashes or eats memory costs itself and nothing else."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom.encaps import encapsulate

from collimate.dicom.limits import LIMITS
from collimate.dicom.prepared import FrameFacts
from collimate.dicom.rejection import Rejected
from collimate.dicom.sandbox import Sandbox
from collimate.dicom.verdict import ScratchUnavailable
from tests import dicoms
from tests.dicom.conftest import PROFILE

FACTS = {"patient_id": "a", "study_key": "b"}


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in ("Z", "X")


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in listed.split()]


def wait_until(condition, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def stuck(tmp_path: Path) -> Path:
    """A source that can be opened and never gives a byte."""
    os.mkfifo(tmp_path / "stuck.png")
    return tmp_path / "stuck.png"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    source = tmp_path / "good.dcm"
    source.write_bytes(dicoms.radiograph())
    return source


@pytest.fixture
def limited(sandbox: Sandbox) -> Iterator[Callable[..., Sandbox]]:
    """The shared sandbox under other limits; each request states its own."""
    usual = sandbox.limits

    def under(**limits: float) -> Sandbox:
        sandbox.limits = replace(LIMITS, **limits)
        return sandbox

    yield under
    sandbox.limits = usual


def test_importing_the_sandbox_imports_no_parser_and_no_codec():
    code = """
        import sys
        import collimate.dicom.sandbox, collimate.dicom.zips, collimate.dicom.prepared
        heavy = {"pydicom", "imagecodecs", "PIL", "numpy", "openjpeg", "jpeg_ls", "rle"}
        print(sorted(heavy & {name.split(".")[0] for name in sys.modules}))
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_a_hanging_child_is_killed_by_the_clock(stuck: Path, good: Path, tmp_path: Path):
    with Sandbox(children=1) as sandbox:
        # warm, so that the clock runs for the child and not for the reader that starts it
        assert sandbox.prepare(good, tmp_path / "before", PROFILE).rows == 96
        usual, sandbox.limits = sandbox.limits, replace(LIMITS, cpu_s=1, wall_factor=1.0)
        with pytest.raises(Rejected) as caught:
            sandbox.convert(stuck, tmp_path / "x.dcm", **FACTS)
        assert caught.value.code == "decode_timeout"
        wait_until(lambda: not children_of(sandbox.reader_pid))
        sandbox.limits = usual
        assert sandbox.prepare(good, tmp_path / "out", PROFILE).rows == 96


def test_a_child_that_burns_processor_time_is_stopped(limited, tmp_path: Path):
    array = np.random.default_rng(0).integers(0, 4096, (512, 512)).astype("u2")
    frames = [dicoms.encode_frame(array, dicoms.JPEG_2000)] * 64
    source = tmp_path / "slow.dcm"
    source.write_bytes(
        dicoms.multi_frame(
            frames=64,
            syntax=dicoms.JPEG_2000,
            planted=False,
            Rows=512,
            Columns=512,
            PixelData=encapsulate(frames),
        )
    )
    sandbox = limited(cpu_s=1, cpu_s_per_mib=0.0, wall_factor=60.0)
    with pytest.raises(Rejected) as caught:
        sandbox.prepare(source, tmp_path / "out", PROFILE)
    assert caught.value.code == "decode_timeout"


def test_a_child_that_wants_too_much_memory_is_told_apart(limited, tmp_path: Path):
    array = np.zeros((9000, 9000), "u2")
    array[:20] = np.random.default_rng(0).integers(0, 4096, (20, 9000))
    source = tmp_path / "large.dcm"
    source.write_bytes(dicoms.radiograph(array=array, syntax=dicoms.JPEG_LS, planted=False))
    with pytest.raises(Rejected) as caught:
        limited(memory_bytes=500 << 20).prepare(source, tmp_path / "out", PROFILE)
    assert caught.value.code == "out_of_memory"


def test_a_file_larger_than_allowed_is_refused_unread(limited, good: Path, tmp_path: Path):
    with pytest.raises(Rejected) as caught:
        limited(file_bytes=100).prepare(good, tmp_path / "out", PROFILE)
    assert caught.value.code == "too_large"


def test_a_killed_child_is_reported_and_the_next_request_works(
    stuck: Path, good: Path, tmp_path: Path
):
    with Sandbox(children=2) as sandbox:
        sandbox.prepare(good, tmp_path / "out", PROFILE)
        seen: list[Rejected] = []

        def ask() -> None:
            try:
                sandbox.convert(stuck, tmp_path / "x.dcm", **FACTS)
            except Rejected as rejected:
                seen.append(rejected)

        thread = threading.Thread(target=ask)
        thread.start()
        wait_until(lambda: children_of(sandbox.reader_pid))
        os.kill(children_of(sandbox.reader_pid)[0], signal.SIGSEGV)
        thread.join(10)
        assert [one.code for one in seen] == ["parser_crashed"]
        assert sandbox.prepare(good, tmp_path / "out", PROFILE).rows == 96


def test_a_dead_reader_is_replaced(good: Path, tmp_path: Path):
    with Sandbox() as sandbox:
        sandbox.prepare(good, tmp_path / "out", PROFILE)
        first = sandbox.reader_pid
        os.kill(first, signal.SIGKILL)
        assert sandbox.prepare(good, tmp_path / "out", PROFILE).rows == 96
        assert sandbox.reader_pid != first


def test_threads_share_one_sandbox(sandbox: Sandbox, tmp_path: Path):
    sources = []
    for index in range(6):
        source = tmp_path / f"{index}.dcm"
        source.write_bytes(dicoms.radiograph(rows=16 + index, columns=16))
        sources.append(source)
    rows: dict[int, int] = {}

    def work(index: int) -> None:
        out = tmp_path / f"out{index}"
        rows[index] = sandbox.prepare(sources[index], out, PROFILE).rows

    threads = [threading.Thread(target=work, args=(index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert rows == {index: 16 + index for index in range(6)}


def test_nothing_outlives_a_killed_owner(stuck: Path, tmp_path: Path):
    code = f"""
        import threading, time
        from pathlib import Path
        from collimate.dicom.sandbox import Sandbox
        sandbox = Sandbox()
        stuck = Path({str(stuck)!r})
        ask = lambda: sandbox.convert(stuck, stuck, patient_id="a", study_key="b")
        threading.Thread(target=ask, daemon=True).start()
        while sandbox.reader_pid is None:
            time.sleep(0.05)
        print(sandbox.reader_pid, flush=True)
        time.sleep(60)
    """
    owner = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    reader = int(owner.stdout.readline())
    wait_until(lambda: children_of(reader))
    (child,) = children_of(reader)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    wait_until(lambda: not is_alive(reader) and not is_alive(child))


def test_a_child_whose_reader_died_before_its_first_step_ends_too(stuck: Path, tmp_path: Path):
    code = f"""
        import json, os, signal, socket, time
        from dataclasses import asdict
        from collimate.dicom.limits import LIMITS
        from collimate.dicom.wire import send_block
        from collimate.dicom.zygote import Zygote

        fork, reader = os.fork, os.getpid()
        def fork_and_lose_the_reader():
            pid = fork()
            if pid == 0:
                print(os.getpid(), flush=True)
                while os.getppid() == reader:
                    time.sleep(0.01)
            return pid
        os.fork = fork_and_lose_the_reader

        owner, control = socket.socketpair()
        ours, stream = socket.socketpair()
        status, lines = socket.socketpair()
        request = {{
            "verb": "convert", "source": {str(stuck)!r}, "out": {str(tmp_path)!r},
            "facts": {FACTS!r}, "limits": asdict(LIMITS), "cpu_s": 60,
        }}
        send_block(ours, json.dumps(request).encode())
        send_block(ours, b"")
        socket.send_fds(owner, [b"C"], [stream.fileno(), lines.fileno()])
        Zygote(control).accept()
        os._exit(0)
    """
    reader = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    )
    assert reader.stdout is not None
    with reader.stdout as said:
        child = int(said.readline())
    assert reader.wait() == 0
    wait_until(lambda: not is_alive(child))


def test_the_child_has_no_network_and_none_of_the_callers_secrets(
    sandbox: Sandbox, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLLIMATE_DATABASE_URL", "secret")
    with Sandbox() as fresh:
        fresh.prepare(good, tmp_path / "out", PROFILE)
        environment = Path(f"/proc/{fresh.reader_pid}/environ").read_bytes()
        assert b"COLLIMATE_" not in environment
        own = os.stat("/proc/self/ns/net").st_ino
        if os.stat(f"/proc/{fresh.reader_pid}/ns/net").st_ino == own:
            pytest.skip("this kernel lets no process leave the network")


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_frame_is_rendered_small_and_true(sandbox: Sandbox, kind: str):
    from io import BytesIO

    from PIL import Image

    array = np.zeros((100, 200), "<u2")
    array[:, 100:] = 1000
    facts = FrameFacts(
        rows=100,
        columns=200,
        samples_per_pixel=1,
        bits_allocated=16,
        signed=False,
        photometric_interpretation="MONOCHROME2",
    )
    picture = sandbox.render(array.tobytes(), facts, size=(50, 50), kind=kind, window=(500, 200))
    with Image.open(BytesIO(picture)) as image:
        assert image.size == (50, 25)
        assert image.format == kind.upper()
        pixels = np.asarray(image.convert("L"))
    assert pixels[:, :20].max() < 10
    assert pixels[:, 30:].min() > 245


def test_frames_that_do_not_fit_their_facts_are_refused(sandbox: Sandbox):
    facts = FrameFacts(10, 10, 1, 8, signed=False, photometric_interpretation="MONOCHROME2")
    with pytest.raises(Rejected) as caught:
        sandbox.render(bytes(99), facts)
    assert caught.value.code == "bad_dimensions"


def test_rejections_can_travel_between_processes(sandbox: Sandbox):
    import copy

    with pytest.raises(Rejected) as caught:
        sandbox.prepare(Path(os.devnull), Path("/nonexistent"), PROFILE)
    assert copy.copy(caught.value).code == caught.value.code


def test_a_disk_that_cannot_be_written_is_not_blamed_on_the_file(
    sandbox: Sandbox, good: Path, tmp_path: Path
):
    blocked = tmp_path / "blocked"
    blocked.write_bytes(b"a file where a folder is wanted")
    with pytest.raises(ScratchUnavailable):
        sandbox.prepare(good, blocked, PROFILE)


def test_a_child_that_writes_too_much_is_stopped(limited, good: Path, tmp_path: Path):
    with pytest.raises(Rejected) as caught:
        limited(written_bytes=1000).prepare(good, tmp_path / "out", PROFILE)
    assert caught.value.code == "too_large"


def test_profiles_keep_their_keys_out_of_sight():
    assert "p" * 8 not in repr(PROFILE)
    assert type(PROFILE).from_json(json.loads(json.dumps(PROFILE.to_json()))) == PROFILE

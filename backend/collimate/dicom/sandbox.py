"""Parse and decode in disposable, capped processes; this module imports neither parser nor codec.

One warm process (`collimate.dicom.zygote`) has everything imported and forks a child for each
request. The child works under limits on memory, processor time, file size and open files; this
side watches the clock and kills it. Whatever happens to a child, the answer is a result or a
`Rejected`.
"""

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from collimate.dicom.limits import LIMITS, Limits
from collimate.dicom.prepared import FrameFacts, PreparedInstance
from collimate.dicom.profile import Profile
from collimate.dicom.rejection import Rejected, RejectionCode
from collimate.dicom.verdict import judge
from collimate.dicom.wire import send_block

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_KILL_GRACE_S = 5.0
_KEEP_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": "67108864",
    "MALLOC_TRIM_THRESHOLD_": "134217728",
    "MALLOC_TOP_PAD_": "33554432",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}


class SandboxUnavailable(RuntimeError):
    """The warm process cannot be started, so nothing can be parsed; not the file's fault."""


@dataclass
class _Running:
    """One request under way: the stream to the child, the line to the zygote, the child."""

    stream: socket.socket
    status: socket.socket
    pidfd: int | None = None
    exit_status: int | None = None
    zygote_died: bool = False
    timed_out: bool = False


class Sandbox:
    """Use as a context manager; safe to share between threads and across a fork.

    `children` caps how many files are worked on at once, by default one less than the cores.
    """

    def __init__(self, *, limits: Limits = LIMITS, children: int | None = None) -> None:
        self.limits = limits
        cores = len(os.sched_getaffinity(0))
        self._free = threading.BoundedSemaphore(children or max(1, cores - 1))
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = os.getpid()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the warm process and every child; using the sandbox again starts a new one."""
        with self._lock:
            self._stop()

    @property
    def reader_pid(self) -> int | None:
        """Process id of the warm process; None while there is none."""
        return None if self._process is None else self._process.pid

    def prepare(
        self,
        source: Path,
        out: Path,
        profile: Profile,
        boxes: list[Any] | None = None,
        *,
        released: Iterable[str] = (),
        sha256: str | None = None,
        pseudonym: str | None = None,
    ) -> PreparedInstance:
        """See `collimate.dicom.prepare.prepare`; boxes are lists of x, y, width, height.

        Raises:
            Rejected: when the file cannot be used, also when reading it had to be stopped.
        """
        request = {
            "verb": "prepare",
            "source": str(source.resolve()),
            "out": str(out.resolve()),
            "profile": profile.to_json(),
            "boxes": boxes,
            "released": sorted(released),
            "sha256": sha256,
            "pseudonym": pseudonym,
        }
        reply = self._ask(request, b"", _size(source))
        return PreparedInstance.from_json(json.loads(reply))

    def object_head(
        self, dicom_json: dict[str, Any], transfer_syntax_uid: str, pixel_bytes: int | None
    ) -> bytes:
        """See `collimate.dicom.write.object_head`.

        Raises:
            Rejected: the JSON cannot be written as a data set.
        """
        request = {
            "verb": "object_head",
            "syntax": transfer_syntax_uid,
            "pixel_bytes": pixel_bytes,
        }
        payload = json.dumps(dicom_json).encode()
        return self._ask(request, payload, len(payload))

    def fragments(self, source: Path) -> list[list[list[int]]]:
        """See `collimate.dicom.fragments.find_fragments`.

        Raises:
            Rejected: where frames cannot be told from each other.
        """
        request = {"verb": "fragments", "source": str(source.resolve())}
        found: list[list[list[int]]] = json.loads(self._ask(request, b"", _size(source)))
        return found

    def whose(self, source: Path, profile: Profile) -> tuple[str, str | None]:
        """See `collimate.dicom.whose.whose`.

        Raises:
            Rejected: nobody can say.
        """
        request = {
            "verb": "whose",
            "source": str(source.resolve()),
            "profile": profile.to_json(),
        }
        keyed_hash, stated = json.loads(self._ask(request, b"", _size(source)))
        return keyed_hash, stated

    def convert(self, source: Path, out: Path, **facts: Any) -> list[Path]:
        """Write a picture or NIfTI volume as DICOM files into the folder `out`, in order.

        `facts` are those of `collimate.dicom.new_object.Facts`.

        Raises:
            Rejected: `bad_image`, `bad_volume` and the like.
        """
        request = {
            "verb": "convert",
            "source": str(source.resolve()),
            "out": str(out.resolve()),
            "facts": facts,
        }
        count = int(self._ask(request, b"", _size(source)))
        return [out / f"{number:06d}.dcm" for number in range(1, count + 1)]

    def render(
        self,
        frame: bytes,
        facts: FrameFacts,
        *,
        size: tuple[int, int] | None = None,
        kind: Literal["jpeg", "png"] = "jpeg",
        window: tuple[float, float] | None = None,
        region: tuple[int, int, int, int] | None = None,
        quality: int | None = None,
    ) -> bytes:
        """A picture of one served frame; see `collimate.dicom.frames.render`.

        Raises:
            Rejected: `bad_dimensions` when the bytes do not fit the facts.
        """
        most = self.limits.rendered_pixels
        request = {
            "verb": "render",
            "facts": facts.to_json(),
            "size": [max(1, min(side, most)) for side in size or (most, most)],
            "kind": kind,
            "window": window,
            "region": region,
            "quality": quality,
        }
        return self._ask(request, frame, len(frame))

    def _ask(self, request: dict[str, Any], payload: bytes, source_bytes: int) -> bytes:
        """Run one request; a zygote that dies underneath is replaced and asked once more.

        Raises:
            Rejected: what the child said, or what its end means.
            SandboxUnavailable: when no child could be started at all.
        """
        cpu_s = self.limits.cpu_budget_s(source_bytes)
        message = {**request, "limits": asdict(self.limits), "cpu_s": cpu_s}
        header = json.dumps(message).encode("utf-8")
        with self._free:
            forked = False
            for _attempt in range(2):
                running = self._start_child()
                try:
                    body = self._exchange(running, header, payload, cpu_s)
                finally:
                    _release(running)
                if not running.zygote_died:
                    return judge(running.exit_status, body, timed_out=running.timed_out)
                forked = forked or running.pidfd is not None
        if not forked:
            raise SandboxUnavailable("the image reader stops as soon as it is started")
        raise Rejected(RejectionCode.parser_crashed)

    def _start_child(self) -> _Running:
        for attempt in range(3):
            with self._lock:
                control = self._warm()
                ours, theirs = socket.socketpair()
                status, zygote_status = socket.socketpair()
                try:
                    fds = [theirs.fileno(), zygote_status.fileno()]
                    socket.send_fds(control, [b"C"], fds)
                    return _Running(ours, status)
                except OSError:
                    ours.close()
                    status.close()
                    self._stop()
                finally:
                    theirs.close()
                    zygote_status.close()
            time.sleep(0.1 * attempt)
        raise SandboxUnavailable("the image reader could not be started")

    def _warm(self) -> socket.socket:
        """The line to a living zygote, started if need be; call with the lock held."""
        if self._owner != os.getpid():
            # after a fork the line belongs to the other process
            if self._control is not None:
                self._control.close()
            self._process, self._control, self._owner = None, None, os.getpid()
        if self._control is None or self._process is None or self._process.poll() is not None:
            self._stop()
            self._control, theirs = socket.socketpair()
            fd = theirs.fileno()
            command = [sys.executable, "-P", "-m", "collimate.dicom.zygote", str(fd)]
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603
                    command, env=plain_environment(), cwd="/", pass_fds=[fd], close_fds=True,
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )  # fmt: skip
        return self._control

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        self._process = self._control = None

    def _exchange(self, running: _Running, header: bytes, payload: bytes, cpu_s: int) -> bytes:
        """Send the request, collect what the child says until it and its status are in."""
        deadline = time.monotonic() + cpu_s * self.limits.wall_factor
        body = bytearray()
        with contextlib.suppress(OSError, TimeoutError):
            running.stream.settimeout(max(1.0, deadline - time.monotonic()))
            send_block(running.stream, header)
            send_block(running.stream, payload)
        with selectors.DefaultSelector() as selector:
            selector.register(running.stream, selectors.EVENT_READ, "stream")
            selector.register(running.status, selectors.EVENT_READ, "status")
            while selector.get_map():
                left = deadline - time.monotonic()
                if left <= 0:
                    if running.timed_out:
                        break  # even after the kill nothing more was heard
                    running.timed_out = True
                    _kill(running)
                    deadline = time.monotonic() + _KILL_GRACE_S
                    continue
                for key, _ in selector.select(left):
                    line = running.stream if key.data == "stream" else running.status
                    done = self._hear(running, body) if key.data == "stream" else _learn(running)
                    if done:
                        selector.unregister(line)
                if running.zygote_died:
                    break
        return bytes(body)

    def _hear(self, running: _Running, body: bytearray) -> bool:
        """Take what the child wrote; a child that writes without end is killed."""
        try:
            piece = running.stream.recv(1 << 18)
        except OSError:
            return True
        body += piece
        if len(body) > self.limits.reply_bytes:
            _kill(running)
            body.clear()
            return True
        return not piece


def _size(source: Path) -> int:
    try:
        return source.stat().st_size
    except OSError:
        return 0


def plain_environment() -> dict[str, str]:
    """Nothing of the caller's secrets; one thread for every numeric library; memory kept.

    A child lives for one file, so giving its pictures back to the system and faulting them in
    again for the next step is all cost.
    """
    names = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "TMPDIR")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    paths = os.pathsep.join([str(_PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")])
    return {
        **kept,
        **_KEEP_MEMORY,
        **dict.fromkeys(threads, "1"),
        "PYTHONPATH": paths.strip(os.pathsep),
    }


def _learn(running: _Running) -> bool:
    """Take one message from the zygote: the child's handle, or how it ended."""
    try:
        message, fds, _, _ = socket.recv_fds(running.status, 64, 1)
    except OSError:
        message, fds = b"", []
    if fds:
        running.pidfd = fds[0]
        if running.timed_out:
            _kill(running)
    for line in message.split(b"\n"):
        if line.startswith(b"exit "):
            running.exit_status = int(line[5:])
            return True
    if not message:
        running.zygote_died = running.exit_status is None
        return True
    return False


def _kill(running: _Running) -> None:
    if running.pidfd is not None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(running.pidfd, signal.SIGKILL)


def _release(running: _Running) -> None:
    running.stream.close()
    running.status.close()
    if running.pidfd is not None:
        os.close(running.pidfd)

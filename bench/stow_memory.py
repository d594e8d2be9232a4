"""One STOW body of 4 GB to a running web process, and how much memory that process takes.

    python bench/stow_memory.py [--gib 4] [--part-mib 256]

The body is made while it is sent. Its parts are multi-frame CT objects that differ; what is
measured is the way until all of them are durable (`Prefer: respond-async`), so the server is
stopped before it has looked at them.
"""

import argparse
import http.client
import io
import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pydicom

sys.path.insert(0, str(Path(__file__).parent))

from images import BOUNDARY, instance, pixels
from servers import Server, start_collimate

SIZE = 512
STEP = 1 << 20


class Watch:
    """Samples the resident memory of the web process, its children included."""

    def __init__(self, server: Server) -> None:
        self.server, self.most_mb, self.alone_mb = server, 0.0, 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            web = self.server.web
            alone = web.memory_info().rss / 1e6
            family = sum(child.memory_info().rss / 1e6 for child in web.children(recursive=True))
            self.alone_mb = max(self.alone_mb, alone)
            self.most_mb = max(self.most_mb, alone + family)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


def head(number: int, frames: int) -> bytes:
    """All of a part that stands before its pixels: an object of `frames` frames."""
    whole = instance(number, size=SIZE, frame=b"")
    dataset = pydicom.dcmread(io.BytesIO(whole))
    dataset.NumberOfFrames = frames
    del dataset.PixelData
    target = io.BytesIO()
    dataset.save_as(target, enforce_file_format=True)
    length = frames * SIZE * SIZE * 2
    return target.getvalue() + b"\xe0\x7f\x10\x00OW\0\0" + length.to_bytes(4, "little")


def body(parts: int, frames: int) -> Iterator[bytes]:
    """The multipart body, a frame at a time."""
    picture = pixels(SIZE, 1)
    for number in range(parts):
        yield f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        yield head(number, frames)
        for index in range(frames):
            turned = (number * frames + index) * 2 % len(picture)
            yield picture[turned:] + picture[:turned]
        yield b"\r\n"
    yield f"--{BOUNDARY}--\r\n".encode()


def send(server: Server, parts: int, frames: int) -> tuple[int, int, float]:
    """Status, bytes and seconds of the request."""
    length = sum(len(piece) for piece in body(parts, 0)) + parts * frames * SIZE * SIZE * 2
    # the number of frames is written with as many digits as it has
    length += sum(len(head(n, frames)) - len(head(n, 0)) for n in range(parts))
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=1200)
    connection.putrequest("POST", f"{server.root}/studies")
    kind = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
    headers = {"Content-Type": kind, "Content-Length": str(length), "Prefer": "respond-async"}
    for name, value in {**headers, **server.headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    started = time.monotonic()
    for piece in body(parts, frames):
        connection.send(piece)
    answer = connection.getresponse()
    taken = len(json.loads(answer.read())["00081199"]["Value"])
    assert taken == parts, f"{taken} of {parts} parts are durable"
    return answer.status, length, time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gib", type=float, default=4)
    parser.add_argument("--part-mib", type=int, default=256)
    asked = parser.parse_args()
    frames = asked.part_mib * STEP // (SIZE * SIZE * 2)
    parts = max(1, round(asked.gib * 1024 / asked.part_mib))
    folder = Path(tempfile.mkdtemp(prefix="bench-stow-"))
    server, _ = start_collimate(folder / "collimate")
    try:
        send(server, 1, 2)  # what is loaded once is loaded before
        before = server.memory_mb()
        watch = Watch(server)
        status, length, seconds = send(server, parts, frames)
        watch.stop()
        print(f"{parts} parts, {length / 1e9:.2f} GB, status {status}, {seconds:.0f} s", end=", ")
        print(f"{length / 1e6 / seconds:.0f} MB/s")
        print(f"web process: {before:.0f} MB before, {watch.alone_mb:.0f} MB at most", end=", ")
        print(
            f"{server.memory_mb():.0f} MB after; with its children {watch.most_mb:.0f} MB at most"
        )
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

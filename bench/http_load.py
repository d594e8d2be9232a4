"""Plain HTTP/1.1 requests from threads with kept connections, cheap enough not to count."""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

Request = bytes


@dataclass
class Outcome:
    """What a load saw; times in seconds."""

    seconds: float
    latencies: list[float]
    byte_count: int
    wrong: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """A latency in seconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Line:
    """One kept connection; `ask` sends a request and takes the whole answer."""

    def __init__(self, host: str, port: int) -> None:
        self.address = (host, port)
        self.socket: socket.socket | None = None
        self.buffer = bytearray(1 << 20)

    def ask(self, request: Request) -> tuple[int, bytes]:
        """Status and body."""
        for attempt in range(2):
            if self.socket is None:
                self.socket = socket.create_connection(self.address, timeout=300)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self.socket.sendall(request)
                return self._answer(self.socket)
            except (ConnectionError, BrokenPipeError):
                self.close()  # a server may end a kept connection between two requests
                if attempt:
                    raise
        raise ConnectionError

    def _answer(self, line: socket.socket) -> tuple[int, bytes]:
        head = bytearray()
        while (end := head.find(b"\r\n\r\n")) < 0:
            piece = line.recv(65_536)
            if not piece:
                raise ConnectionError
            head += piece
        lines = bytes(head[:end]).split(b"\r\n")
        names = {
            name.lower(): value.strip() for name, _, value in (one.partition(b":") for one in lines)
        }
        status = int(lines[0].split()[1])
        rest = bytes(head[end + 4 :])
        if b"content-length" in names:
            body = self._exactly(line, rest, int(names[b"content-length"]))
        elif names.get(b"transfer-encoding") == b"chunked":
            body = self._chunks(line, bytearray(rest))
        else:
            body = rest
        if names.get(b"connection", b"").lower() == b"close":
            self.close()
        return status, body

    def _exactly(self, line: socket.socket, rest: bytes, length: int) -> bytes:
        if len(self.buffer) < length:
            self.buffer = bytearray(length)
        view = memoryview(self.buffer)
        view[: len(rest)] = rest
        done = len(rest)
        while done < length:
            count = line.recv_into(view[done:length])
            if not count:
                raise ConnectionError
            done += count
        return bytes(view[:length]) if length < 100_000 else b""

    @staticmethod
    def _chunks(line: socket.socket, data: bytearray) -> bytes:
        body = bytearray()
        while True:
            while (end := data.find(b"\r\n")) < 0:
                data += line.recv(65_536)
            size = int(bytes(data[:end]), 16)
            while len(data) < end + size + 4:
                data += line.recv(262_144)
            body += data[end + 2 : end + 2 + size]
            del data[: end + size + 4]
            if not size:
                return bytes(body)

    def close(self) -> None:
        """Hang up."""
        if self.socket is not None:
            self.socket.close()
        self.socket = None


def run_load(
    port: int, requests: Sequence[Request], clients: int, *, good: frozenset[int] = frozenset({200})
) -> Outcome:
    """Send every request once, shared out among so many clients that ask at the same time."""
    waiting = iter(list(requests))
    lock = threading.Lock()
    outcome = Outcome(0.0, [], 0)

    def client() -> None:
        line = Line("127.0.0.1", port)
        while True:
            with lock:
                request = next(waiting, None)
            if request is None:
                line.close()
                return
            began = time.perf_counter()
            status, body = line.ask(request)
            took = time.perf_counter() - began
            with lock:
                outcome.latencies.append(took)
                if status not in good:
                    outcome.wrong.append(f"{status} {body[:200]!r}")

    began = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.seconds = time.perf_counter() - began
    return outcome


def get(path: str, headers: dict[str, str]) -> Request:
    """The bytes of a GET request."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost"]
    return "\r\n".join([*lines, *(f"{k}: {v}" for k, v in headers.items()), "", ""]).encode()


def post(path: str, headers: dict[str, str], body: bytes) -> Request:
    """The bytes of a POST request."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    head = "\r\n".join([*lines, *(f"{k}: {v}" for k, v in headers.items()), "", ""])
    return head.encode() + body

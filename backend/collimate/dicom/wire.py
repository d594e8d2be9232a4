"""The few bytes that go between the sandbox and its children."""

import socket
import struct

_LENGTH = struct.Struct("<Q")


def send_block(line: socket.socket, block: bytes) -> None:
    """Send one block with its length in front."""
    line.sendall(_LENGTH.pack(len(block)))
    line.sendall(block)


def receive_block(line: socket.socket, most: int) -> bytes:
    """Receive one block.

    Raises:
        EOFError: when the other side is gone.
        ValueError: when the block is larger than `most`.
    """
    (length,) = _LENGTH.unpack(_receive(line, _LENGTH.size))
    if length > most:
        raise ValueError("block too large")
    return _receive(line, length)


def _receive(line: socket.socket, length: int) -> bytes:
    block = bytearray()
    while len(block) < length:
        piece = line.recv(min(length - len(block), 1 << 20))
        if not piece:
            raise EOFError
        block += piece
    return bytes(block)


def answer(kind: str, body: bytes) -> bytes:
    """What a child writes before it ends: a word, a length, the body."""
    return f"{kind} {len(body)}\n".encode("ascii") + body


def read_all(received: bytes) -> tuple[str, bytes]:
    """Take an answer apart; `("", b"")` for one that is incomplete."""
    head, _, body = received.partition(b"\n")
    kind, _, length = head.decode("ascii", "replace").partition(" ")
    if not length.isdigit() or int(length) != len(body):
        return "", b""
    return kind, body

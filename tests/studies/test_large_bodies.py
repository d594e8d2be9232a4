"""A request body reaches the application byte for byte, however it is cut."""

import asyncio
import hashlib
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvicorn
from uvicorn.server import ServerState

from collimate.studies.dicomweb.large_bodies import LargeBodies

SEEN: list[int] = []


async def answer_hash(scope, receive, send):
    digest, seen, is_more = hashlib.sha256(), [], True
    while is_more:
        message = await receive()
        digest.update(message["body"])
        seen.append(len(message["body"]))
        is_more = message.get("more_body", False)
    SEEN[:] = seen
    headers = [(b"content-length", b"64")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": digest.hexdigest().encode()})


async def send_and_compare(bodies: list[bytes], *, chunked: bool) -> None:
    config = uvicorn.Config(answer_hash, log_level="error")
    config.load()
    loop = asyncio.get_running_loop()
    state = ServerState()
    server = await loop.create_server(lambda: LargeBodies(config, state, {}), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    how = random.Random(3)
    for body in bodies:
        length = b"transfer-encoding: chunked" if chunked else b"content-length: %d" % len(body)
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\n" + length + b"\r\n\r\n")
        at = 0
        while at < len(body):
            piece = body[at : at + how.choice([1, 5_000, 70_000, 400_000])]
            at += len(piece)
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            await writer.drain()
            await asyncio.sleep(0)
        if chunked:
            writer.write(b"0\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"200" in head.splitlines()[0]
        assert await reader.readexactly(64) == hashlib.sha256(body).hexdigest().encode()
    writer.close()
    server.close()


def run(bodies: list[bytes], *, chunked: bool) -> None:
    # In a thread of its own: a browser driven by this process keeps a loop in the main one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, send_and_compare(bodies, chunked=chunked)).result()


@pytest.mark.parametrize("chunked", [False, True])
def test_bodies_come_whole_one_after_the_other_on_a_connection(chunked):
    bodies = [random.Random(size).randbytes(size) for size in (3_000_000, 0, 10, 900_000)]
    run(bodies, chunked=chunked)


def test_what_is_fast_is_handed_on_in_large_pieces():
    run([bytes(4 << 20)], chunked=False)
    assert max(SEEN) > 65_536

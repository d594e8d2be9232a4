"""Short ways to speak DICOMweb in tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from collimate.kit.database import engine, open_session
from collimate.studies.models import Instance, Series, Study

MULTIPART = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


def address_of(archive: Any, instance: Instance) -> str:
    """Where an instance is, without the host."""
    with open_session() as session:
        study = session.get_one(Study, instance.study_id)
        series = session.get_one(Series, instance.series_id)
    return (
        f"/dicomweb/{archive.project.id}/studies/{study.study_uid}/series/{series.series_uid}"
        f"/instances/{instance.sop_instance_uid}"
    )


def parts_of(answer: Any) -> list[tuple[dict[str, str], bytes]]:
    """Header and payload of each part of a multipart answer."""
    boundary = answer.headers["content-type"].split('boundary="')[1].rstrip('"')
    assert len(boundary) >= 32
    pieces = (b"\r\n" + answer.content).split(f"\r\n--{boundary}".encode())
    assert pieces[0] == b""
    assert pieces[-1] == b"--\r\n"
    found = []
    for piece in pieces[1:-1]:
        head, _, payload = piece.partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
        found.append((dict(lines), payload))
    return found


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that reach the database while the block runs."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(engine(), "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine(), "before_cursor_execute", note)

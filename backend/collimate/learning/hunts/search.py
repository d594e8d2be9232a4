"""The search itself: describe what is new, then read every grid of the pool once, in blocks."""

import heapq
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.jobs.run import JobFailed, JobRun
from collimate.kit import clock
from collimate.learning.hunts.describe import describe_missing, in_hunts_reach
from collimate.learning.images import StudyUnusable, picture_at
from collimate.learning.models import Hunt, HuntMatch, PatchGrid
from collimate.ml import patches
from collimate.studies.models import Study

MOST_MATCHES = 60
SAMPLE = 400
"""Grids from which is learned what is usual."""
BLOCK = 64
"""Grids held in memory at once (about 4 MB)."""
DESCRIBING = 0.9


def search(run: JobRun) -> dict[str, Any]:
    """Find the likest place of every study of the pool and keep the best; repeatable.

    Raises: JobFailed where the image that was pointed at cannot be read.
    """
    assert run.project_id is not None
    hunt_id = UUID(run.arguments["hunt_id"])
    with run.open_session() as session:
        if session.get(Hunt, hunt_id) is None:
            return {"skipped": 1}
    told = "Describing places of new images"
    if not describe_missing(run, run.project_id, lambda part: run.report(DESCRIBING * part, told)):
        with run.open_session() as session:
            again = enqueue(
                session, JobKind.HUNT, project_id=run.project_id, hunt_id=hunt_id,
                dedup_key=f"hunt:{hunt_id}",
            )  # fmt: skip
            session.get_one(Hunt, hunt_id).job_id = again.id
        return {"paused": 1}
    run.report(DESCRIBING, "Looking for places that look alike")
    with run.open_session() as session:
        hunt = session.get_one(Hunt, hunt_id, with_for_update=True)
        found, count = _ranked(session, hunt)
        session.query(HuntMatch).filter_by(hunt_id=hunt.id).delete()
        session.add_all(found)
        hunt.pool_count, hunt.ranked_at = count, clock.now()
        return {"match_count": len(found), "pool_count": count}


def _ranked(session: Session, hunt: Hunt) -> tuple[list[HuntMatch], int]:
    usual = _usual(session, hunt)
    if usual is None:
        return [], 0
    wanted = _wanted(session, hunt, usual)
    best: dict[UUID, tuple[float, Any, Any]] = {}
    heap: list[tuple[float, UUID]] = []
    studies: set[UUID] = set()
    for rows, grids in _blocks(session, hunt):
        allowed = np.stack([patches.inside(row.rows, row.columns) for row in rows])
        likeness, cells = patches.likest(wanted, usual.unusual(grids), allowed)
        for row, like, cell in zip(rows, likeness.tolist(), cells, strict=True):
            studies.add(row.study_id)
            if row.study_id in best and like <= best[row.study_id][0]:
                continue
            best[row.study_id] = (like, row, cell)
            heapq.heappush(heap, (like, row.study_id))
            while len(best) > MOST_MATCHES:
                least, study_id = heapq.heappop(heap)
                if study_id in best and best[study_id][0] == least:
                    del best[study_id]
    order = sorted(best.values(), key=lambda one: -one[0])
    matches = [_match(hunt, rank, *one) for rank, one in enumerate(order, start=1)]
    return matches, len(studies)


def _match(hunt: Hunt, rank: int, likeness: float, row: Any, cell: Any) -> HuntMatch:
    x, y = patches.to_picture(int(cell[0]), int(cell[1]), rows=row.rows, columns=row.columns)
    return HuntMatch(
        hunt_id=hunt.id, study_id=row.study_id, rank=rank, likeness=round(likeness, 4),
        sop_instance_uid=row.sop_instance_uid, frame_number=row.frame_number,
        x=x, y=y, rows=row.rows, columns=row.columns,
    )  # fmt: skip


def _wanted(session: Session, hunt: Hunt, usual: patches.Usual) -> np.ndarray:
    try:
        picture = picture_at(session, hunt.study_id, hunt.sop_instance_uid, hunt.frame_number)
        square = picture.square(patches.SIDE)
    except StudyUnusable as error:
        raise JobFailed("The image that was pointed at cannot be read.") from error
    rows, columns = picture.values.shape
    row, column = patches.to_square(hunt.x, hunt.y, rows=rows, columns=columns)
    return patches.wanted_at(patches.described(square), row, column, usual)


def _candidates(hunt: Hunt) -> Any:
    """Grids of the pool, without the study that was pointed at; ids alone until more is asked."""
    return (
        in_hunts_reach(hunt.project_id)
        .with_only_columns(PatchGrid.id)
        .join(PatchGrid, PatchGrid.study_id == Study.id)
        .where(PatchGrid.recipe == hunt.recipe, PatchGrid.rows > 0, Study.id != hunt.study_id)
    )


def _usual(session: Session, hunt: Hunt) -> patches.Usual | None:
    known = sorted(session.scalars(_candidates(hunt)))
    if not known:
        return None
    rng = np.random.default_rng(hunt.id.int & 0xFFFF_FFFF)
    chosen = rng.choice(len(known), min(SAMPLE, len(known)), replace=False)
    found = session.scalars(
        select(PatchGrid.vectors)
        .where(PatchGrid.id.in_([known[at] for at in chosen]))
        .order_by(PatchGrid.id)
    )
    return patches.usual_of(np.stack([_grid(content) for content in found]))


def _blocks(session: Session, hunt: Hunt) -> Iterator[tuple[list[Any], np.ndarray]]:
    query = _candidates(hunt).with_only_columns(
        PatchGrid.study_id, PatchGrid.sop_instance_uid, PatchGrid.frame_number,
        PatchGrid.rows, PatchGrid.columns, PatchGrid.vectors,
    )  # fmt: skip
    found = session.execute(query, execution_options={"yield_per": BLOCK})
    for rows in found.partitions():
        yield list(rows), np.stack([_grid(row.vectors) for row in rows])


def _grid(content: bytes) -> np.ndarray:
    shape = (patches.GRID, patches.GRID, patches.FEATURES)
    return np.frombuffer(content, dtype=np.float16).reshape(shape)

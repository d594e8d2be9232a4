"""The queue at scale: `next` among a million tasks, and labels to a reordered queue for 10,000.

A PostgreSQL of its own is started in a temporary folder and thrown away. Rows are written by SQL;
what is measured runs through the product's own code: `claim_next` as the route calls it, one
transaction each, and the round's job as the worker runs it.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

HOME = Path(tempfile.mkdtemp(prefix="collimate-bench-"))
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["COLLIMATE_HOME"] = str(HOME)

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import psycopg
from active import report
from sqlalchemy import text
from sqlalchemy.orm import Session

START, END = "<!-- at-scale:start -->", "<!-- at-scale:end -->"
READERS, WARM_UP = 20, 20
PATIENTS_SHARE = 10
LABELS = 400
WIDTHS = {"scattering": 3_472, "simclr": 192}

# The project's id and both numbers are our own.
ROWS = (
    """INSERT INTO patient (id, created_at, project_id, pseudonym, keyed_hash, is_holdout)
    SELECT uuidv7(), now(), '{project}', 'P-' || n, '{project}-' || n, n % 5 = 0
    FROM generate_series(1, {patients}) n""",
    """INSERT INTO study (id, created_at, project_id, patient_id, study_uid, modality,
      series_count, instance_count, revision, quality, dicom_json)
    SELECT uuidv7(), now(), '{project}', known.id, '2.25.' || known.n || '.' || k, 'DX',
      1, 1, 1, '{{}}', '{{}}'
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM patient
          WHERE project_id = '{project}') known, generate_series(1, {each}) k""",
    """INSERT INTO task (id, created_at, project_id, study_id, is_holdout, state, priority, arm,
      reason, wanted_reads)
    SELECT uuidv7(), now(), '{project}', study.id, is_holdout, 'open', 0, 'arrival', '', 1
    FROM study JOIN patient ON patient.id = patient_id WHERE study.project_id = '{project}'
    ORDER BY study.id""",
    """INSERT INTO read (id, created_at, project_id, task_id, slot, state, is_assigned, fence,
      active_ms)
    SELECT uuidv7(), now(), '{project}', id, 1, 'open', false, 0, 0
    FROM task WHERE project_id = '{project}'""",
)


def main() -> int:
    """Measure both and write the section."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--tasks", type=int, default=1_000_000)
    asked.add_argument("--pool", type=int, default=10_000, help="0 leaves the round out")
    asked.add_argument("--claims", type=int, default=500)
    asked.add_argument("--alike", type=int, default=100_000, help="0 leaves likeness out")
    asked.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    options = asked.parse_args()
    from collimate.embedded.postgres import start_postgres
    from collimate.migrate import migrate

    server = start_postgres()
    try:
        os.environ["COLLIMATE_DATABASE_URL"] = server.address
        from collimate.kit.settings import settings

        settings.cache_clear()
        migrate()
        rows = _round(options.pool) if options.pool else []
        rows += _alike(options.alike) if options.alike else []
        rows += _next(options.tasks, options.claims) if options.tasks else []
    finally:
        from collimate.kit.database import engine

        engine().dispose()
        server.stop()
        shutil.rmtree(HOME, ignore_errors=True)
    if options.write:
        _write(rows)
    return 0


def _next(tasks: int, claims: int) -> list[str]:
    """Milliseconds from asking for the next case to its commit, readers taking turns: the case
    alone, all that the reading room is told of it, and the page before.
    """
    from tests import factories

    from collimate.annotations import case
    from collimate.kit.database import open_session
    from collimate.tasks import claim, worklist

    with open_session() as session:
        project = factories.make_project(session)
        factories.make_schema(session, project=project)
        readers = [factories.make_member(session, project=project).id for _ in range(READERS)]
        project_id = project.id
    _rows(project_id, tasks)
    _tidy()

    def alone(session: Session, project: Any, reader: Any) -> Any:
        return claim.claim_next(session, project, reader).id

    def whole(session: Session, project: Any, reader: Any) -> Any:
        return case.next_case(session, reader, project)["read"]["id"]

    rows = []
    for what, goal, ask in (
        (f"`next` among {tasks:,} tasks, {claims} claims", "p99 20 ms", alone),
        ("the same with all that the reading room is told of the case", "–", whole),
        ("the worklist before it", "–", worklist.worklist),
    ):
        took, spent = [], 0.0
        for number in range(claims + WARM_UP):
            started, before = time.perf_counter(), time.process_time()
            with open_session() as session:
                project, reader = _both(session, project_id, readers[number % READERS])
                found = ask(session, project, reader)
            took.append(1000 * (time.perf_counter() - started))
            spent += 1000 * (time.process_time() - before)
            if ask is not worklist.worklist:
                _finish(found)
        p50, p99 = np.percentile(took[WARM_UP:], (50, 99))
        own = spent / len(took)
        said = f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, of it {own:.1f} CPU-ms in Python"
        rows.append(_told(what, said, goal))
    return rows


def _alike(studies: int) -> list[str]:
    """Milliseconds to the twelve studies most alike, by the index and by comparing them all."""
    from sqlalchemy import select
    from tests import factories

    from collimate.kit.database import open_session
    from collimate.learning.alike import neighbours
    from collimate.learning.models import Encoder
    from collimate.studies.models import Study

    rng = np.random.default_rng(0)
    with open_session() as session:
        project_id = factories.make_project(session).id
        encoder = Encoder(
            project_id=project_id, kind="simclr", state="ready", weights_sha256="0" * 64,
            dimension=WIDTHS["simclr"], is_current=True,
        )  # fmt: skip
        session.add(encoder)
        session.flush()
        encoder_id = encoder.id
    _rows(project_id, studies)
    with open_session() as session:
        study_ids = list(session.scalars(select(Study.id).where(Study.project_id == project_id)))
    middles = rng.normal(size=(200, WIDTHS["simclr"]))
    started = time.perf_counter()
    with psycopg.connect(os.environ["COLLIMATE_DATABASE_URL"]) as connection:
        copying = "COPY embedding (id, created_at, study_id, encoder_id, vector) FROM STDIN"
        with connection.cursor().copy(copying) as copy:
            for study_id in study_ids:
                vector = middles[rng.integers(200)] + rng.normal(0, 0.7, WIDTHS["simclr"])
                shown = "[" + ",".join(f"{value:.4f}" for value in vector) + "]"
                copy.write_row((study_id, "2026-01-01", study_id, encoder_id, shown))
    each = 1000 * (time.perf_counter() - started) / studies
    _tidy()
    took: dict[str, list[float]] = {"on": [], "off": []}
    shared = []
    for study_id in rng.choice(np.array(study_ids, object), 50, replace=False):
        found = {}
        for use in ("off", "on"):
            with open_session() as session:
                session.execute(text(f"SET LOCAL enable_indexscan = {use}"))
                study = session.get_one(Study, study_id)
                started = time.perf_counter()
                items = neighbours(session, study)["items"]
                took[use].append(1000 * (time.perf_counter() - started))
                found[use] = {one["study_id"] for one in items}
        shared.append(len(found["on"] & found["off"]) / len(found["off"]))
    told = {use: f"p50 {np.median(ms):.1f} ms, p99 {np.percentile(ms, 99):.1f} ms" for use, ms in
            took.items()}  # fmt: skip
    return [
        _told(
            f"the twelve studies most alike among {studies:,}",
            f"{told['on']} ({np.mean(shared):.1%} of the true twelve; {each:.1f} ms to take one "
            f"in); by comparing all of them {told['off']}",
            "–",
        )
    ]


def _both(session: Session, project_id: UUID, reader_id: UUID) -> tuple[Any, Any]:
    from collimate.access.models import User
    from collimate.projects.models import Project

    return session.get_one(Project, project_id), session.get_one(User, reader_id)


def _finish(read_id: UUID) -> None:
    """Hand the case in, so that the next claim looks for another (not measured)."""
    from collimate.kit.database import open_session

    with open_session() as session:
        session.execute(
            text(
                "WITH done AS (UPDATE read SET state = 'submitted', submitted_at = now(), "
                "lease_until = NULL WHERE id = :id RETURNING task_id) "
                "UPDATE task SET state = 'submitted' WHERE id IN (SELECT task_id FROM done)"
            ),
            {"id": read_id},
        )


def _round(studies: int) -> list[str]:
    """Seconds from the job's start to the reordered queue, after a batch was read."""
    from tests.learning.worlds import make_world

    from collimate.jobs.kinds import Queue
    from collimate.jobs.run import claim, execute
    from collimate.kit.database import open_session
    from collimate.learning import ask
    from collimate.learning.jobs import HANDLERS

    with open_session() as session:
        world = make_world(
            session, studies=studies, dimensions=WIDTHS, learning={"batch_size": 20}, spread=0.5
        )
        for study_id in world.study_ids[:LABELS]:
            world.read(study_id)
        project_id = world.project.id
    _tidy()
    told = []
    for _ in range(3):
        with open_session() as session:
            ask.learn_anew(session, project_id)
        wall, spent = time.perf_counter(), time.process_time()
        run = claim(Queue.ML)
        if run is None or execute(run, HANDLERS) != "done":
            raise SystemExit("the round did not come to its end")
        told.append((time.perf_counter() - wall, time.process_time() - spent))
    wall, spent = np.median(told, axis=0)
    return [
        _told(
            f"labels to reordered queue, pool of {studies:,}, {LABELS} read",
            f"{wall:.1f} s, of it {spent:.1f} CPU-s in Python",
            "5 s",
        )
    ]


def _rows(project_id: UUID, tasks: int) -> None:
    patients = tasks // PATIENTS_SHARE
    with psycopg.connect(os.environ["COLLIMATE_DATABASE_URL"]) as connection:
        for template in ROWS:
            statement = template.format(project=project_id, patients=patients, each=PATIENTS_SHARE)
            print(f"  {' '.join(statement.split()[:3])}", flush=True)
            connection.execute(statement)


def _tidy() -> None:
    """What autovacuum and checkpoints do on a server that has had its rows for a while."""
    with psycopg.connect(os.environ["COLLIMATE_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _told(what: str, found: str, goal: str) -> str:
    row = f"| {what} | {found} | {goal} |"
    print(row, flush=True)
    return row


def _write(rows: list[str]) -> None:
    head = [
        START, "## The queue at scale", "", "`python bench/at_scale.py --write`.", "",
        "| What | Measured | Goal |", "| --- | --- | --- |",
    ]  # fmt: skip
    path = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
    report.put("\n".join([*head, *rows, END]), path, (START, END))


if __name__ == "__main__":
    sys.exit(main())

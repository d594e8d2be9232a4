"""The demo workspace: accounts, a project, images through ingest, reads through the real verbs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import AuditEvent, User
from collimate.demo import people, reading_day
from collimate.demo.settling import Advance, nap, settle
from collimate.kit.database import engine, open_session
from collimate.projects import create, schema
from collimate.projects.models import Project
from collimate.projects.schema import LabelDraft

BUILT = "demo_built"
BUILD_LOCK = 7_246_401
FIRST_WAVE = 180
READS = 120

Say = Callable[[str], None]


Bring = Callable[[UUID, Advance], None]


@dataclass(frozen=True)
class Source:
    """Where a demo's images come from, in two waves: reading begins after the first."""

    name: str
    purpose: str
    question: str
    guideline: str
    labels: tuple[LabelDraft, ...]
    first_count: int
    bring_first: Bring
    bring_rest: Bring


@dataclass(frozen=True)
class Workspace:
    """The demo project; `password` of its accounts only when they were made just now."""

    project_id: UUID
    password: str | None
    is_built: bool


def begin(source: Source) -> Workspace:
    """Accounts and an empty project, made in one step where they are missing.

    Raises:
        WeakPassword: COLLIMATE_DEMO_PASSWORD is too easy to guess.
    """
    with open_session() as session:
        _line_up(session)
        made = people.make_people(session)
        project = find(session, source.name) or _make_project(session, source, made.users)
        return Workspace(project.id, made.password, is_built(session, project.id))


def _line_up(session: Session) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": BUILD_LOCK})


def find(session: Session, name: str) -> Project | None:
    """The demo project of that name."""
    return session.scalars(
        select(Project).where(Project.is_demo, Project.name == name).order_by(Project.id).limit(1)
    ).one_or_none()


def is_built(session: Session, project_id: UUID) -> bool:
    """Whether the demo was finished once; whatever people did to it since is theirs."""
    return (
        session.scalar(
            select(func.count())
            .select_from(AuditEvent)
            .where(AuditEvent.project_id == project_id, AuditEvent.action == BUILT)
        )
        or 0
    ) > 0


def _make_project(session: Session, source: Source, users: dict[str, User]) -> Project:
    lead = users[people.LEAD]
    project = create.create_project(
        session, lead, name=source.name, purpose=source.purpose, is_demo=True
    )
    schema.design(
        session, lead.id, project,
        question=source.question, answer_mode="single", labels=list(source.labels),
    )  # fmt: skip
    create.change_project(
        session, lead.id, project,
        {
            "reading_rules": {"guideline": source.guideline},
            "learning_rules": {
                # a small demo asks in small batches: its few reads shall be learned from as well
                "batch_size": min(12, max(5, source.first_count // 5)),
                "evaluation_share": 0.4,
                "holdout_share": 0.25,
            },
        },
    )  # fmt: skip
    people.join(session, project, users)
    return project


def fill(workspace: Workspace, source: Source, *, say: Say, advance: Advance = nap) -> bool:
    """Bring in the images and play the reads, going on where an earlier start was cut off.

    Answers False when another process is building it at this moment.
    """
    project_id = workspace.project_id
    with _alone() as is_mine:
        if not is_mine:
            return False
        say("bringing in the first images")
        source.bring_first(project_id, advance)
        settle(project_id, reading_day.LEARNING, advance=advance, seconds=240)
        say("playing the first reads")
        readers = reading_day.sit_down(people.READERS)
        wanted = min(READS, source.first_count * 2 // 3)
        reading_day.read_cases(project_id, readers, wanted=wanted, advance=advance)
        say("bringing in the rest")
        source.bring_rest(project_id, advance)
        reading_day.leave_draft(project_id, readers[0])
        with open_session() as session:
            audit.record(session, None, BUILT, "project", project_id, project_id=project_id)
    return True


@contextmanager
def _alone() -> Iterator[bool]:
    with engine().connect() as connection:
        mine = connection.execute(
            text("SELECT pg_try_advisory_lock(:key)"), {"key": BUILD_LOCK + 1}
        )
        is_mine = bool(mine.scalar())
        connection.rollback()
        try:
            yield is_mine
        finally:
            if is_mine:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": BUILD_LOCK + 1})
                connection.rollback()

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
from collimate.demo.intake import hand_in, wake_worker
from collimate.demo.marks import known_marks
from collimate.demo.radiograph_dicom import to_dicom
from collimate.demo.radiographs import Case, cohort, draw
from collimate.demo.settling import Advance, nap, settle
from collimate.jobs.kinds import JobKind
from collimate.kit.database import engine, open_session
from collimate.kit.settings import settings
from collimate.projects import create, schema
from collimate.projects.models import Project
from collimate.projects.schema import LabelDraft

NAME = "Chest X-ray demo (synthetic)"
PURPOSE = "Find pneumonia, effusion, nodules and free air. Every image is computed, none is real."
BUILT = "demo_built"
BUILD_LOCK = 7_246_302
FIRST_WAVE = 180
READS = 72
GUIDELINE = (
    "Choose the main finding. Box every opacity; outline free air; measure the heart on request. "
    "If nothing fits, choose Normal."
)
LABELS = (
    LabelDraft("Normal", "class", "#009e73", hotkey="1", code_scheme="SCT",
               code_value="17621005", code_meaning="Normal"),
    LabelDraft("Pneumonia", "class", "#e69f00", hotkey="2"),
    LabelDraft("Effusion", "class", "#56b4e9", hotkey="3", code_scheme="SCT",
               code_value="60046008", code_meaning="Pleural effusion"),
    LabelDraft("Nodule", "class", "#f0e442", hotkey="4", code_scheme="SCT",
               code_value="27925004", code_meaning="Nodule"),
    LabelDraft("Pneumothorax", "class", "#cc79a7", hotkey="5", code_scheme="SCT",
               code_value="36118008", code_meaning="Pneumothorax"),
    LabelDraft("Opacity", "box", "#d55e00", hotkey="b", code_scheme="DCM",
               code_value="112001", code_meaning="Opacity"),
    LabelDraft("Lesion outline", "polygon", "#0072b2", hotkey="p", code_scheme="SCT",
               code_value="52988006", code_meaning="Lesion"),
    LabelDraft("Heart width", "length", "#f2f2f2", hotkey="l"),
)  # fmt: skip

Say = Callable[[str], None]


@dataclass(frozen=True)
class Workspace:
    """The demo project; `password` of its accounts only when they were made just now."""

    project_id: UUID
    password: str | None
    is_built: bool


def begin() -> Workspace:
    """Accounts and an empty project, made in one step where they are missing.

    Raises:
        WeakPassword: COLLIMATE_DEMO_PASSWORD is too easy to guess.
    """
    with open_session() as session:
        _line_up(session)
        made = people.make_people(session)
        project = find(session, NAME) or _make_project(session, made.users)
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


def _make_project(session: Session, users: dict[str, User]) -> Project:
    lead = users[people.LEAD]
    project = create.create_project(session, lead, name=NAME, purpose=PURPOSE, is_demo=True)
    schema.design(
        session, lead.id, project,
        question="What is the main finding?", answer_mode="single", labels=list(LABELS),
    )  # fmt: skip
    create.change_project(
        session, lead.id, project,
        {
            "reading_rules": {"guideline": GUIDELINE},
            "learning_rules": {"batch_size": 12, "evaluation_share": 0.3, "holdout_share": 0.25},
        },
    )  # fmt: skip
    people.join(session, project, users)
    return project


def fill(workspace: Workspace, *, say: Say, advance: Advance = nap) -> bool:
    """Bring in the images and play the reads, going on where an earlier start was cut off.

    Answers False when another process is building it at this moment.
    """
    cases = cohort(settings().demo_cases)
    first = min(FIRST_WAVE, max(len(cases) // 2, 1))
    with _alone() as is_mine:
        if not is_mine:
            return False
        say("computing and ingesting the first radiographs")
        _bring_in(workspace.project_id, cases[:first], advance)
        settle(workspace.project_id, reading_day.LEARNING, advance=advance, seconds=240)
        say("playing the first reads")
        readers = reading_day.sit_down(people.READERS)
        wanted = min(READS, first // 2)
        reading_day.read_cases(workspace.project_id, readers, wanted=wanted, advance=advance)
        say("ingesting the rest")
        _bring_in(workspace.project_id, cases[first:], advance)
        reading_day.leave_draft(workspace.project_id, readers[0])
        with open_session() as session:
            audit.record(
                session, None, BUILT, "project", workspace.project_id,
                project_id=workspace.project_id,
            )  # fmt: skip
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


def _bring_in(project_id: UUID, cases: list[Case], advance: Advance) -> None:
    """Draw and hand in what is not there yet, then wait until all of it is ingested."""
    with open_session() as session:
        by = session.scalars(select(User.id).where(User.email == people.DATA)).one()
    for number, case in enumerate(cases, start=1):
        picture = draw(case)
        facts = {
            "site": case.site.name,
            "label_keys": [case.label_key],
            "marks": known_marks(case, picture),
        }
        hand_in(project_id, by, file_name(case), to_dicom(case, picture), facts)
        if number % 20 == 0 or number == len(cases):
            wake_worker(project_id, by)
    settle(project_id, [JobKind.INGEST_RECEIVED], advance=advance, seconds=600)


def file_name(case: Case) -> str:
    """The name a case's file arrives under."""
    return f"synthetic/patient-{case.patient_number:04d}/study-{case.study_number}.dcm"

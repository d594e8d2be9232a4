"""The queue: one task per study, and the order in which readers get them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    String,
    delete,
    func,
    insert,
    literal_column,
    not_,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.jobs import events
from collimate.kit import ids
from collimate.kit.errors import Conflict
from collimate.projects.models import Project
from collimate.projects.rules import learning_rules, reading_rules
from collimate.studies.models import Patient, Study
from collimate.tasks.models import Read, Task
from collimate.tasks.states import ReadState, is_one_of

ARMS = frozenset({"strategy", "control", "evaluation", "reaudit", "person", "arrival"})
HOLDOUT_ARM = "evaluation"
REAUDIT_ARM = "reaudit"
UNAIDED_ARMS = frozenset({"control", HOLDOUT_ARM, REAUDIT_ARM})
"""What these are read for is to measure the model: their readers are not told what it says."""
HOLDOUT_REASON = "measures the model: never trained on"
CHUNK = 1000
IS_OPEN = is_one_of(Task.state, ReadState.OPEN)
# In the words of an index, which serves only who says the same.
_IS_GIVEN = or_(not_(Task.is_holdout), Task.arm == literal_column(f"'{HOLDOUT_ARM}'", String))


class HoldoutOutOfReach(Conflict):
    """A hold-out case can only be asked for to measure."""


class UnknownArm(Conflict):
    """There is no such arm."""


def open_missing(session: Session, project_id: UUID) -> int:
    """Open a task with its places for every study that has none; answers how many.

    Tasks nobody has begun follow the project's present number of wanted reads.
    """
    project = session.get_one(Project, project_id)
    wanted = reading_rules(project).wanted_reads
    follow_rule(session, project)
    studies = session.execute(
        select(Study.id, Patient.is_holdout)
        .join(Patient, Patient.id == Study.patient_id)
        .outerjoin(Task, Task.study_id == Study.id)
        .where(Study.project_id == project_id, Study.deleted_at.is_(None), Task.id.is_(None))
        .where(Study.instance_count > 0)
        .order_by(Study.id)
    ).all()
    opened: list[UUID] = []
    for start in range(0, len(studies), CHUNK):
        rows = [
            {"id": ids.new_id(), "project_id": project_id, "study_id": study_id,
             "is_holdout": is_holdout, "wanted_reads": wanted}
            for study_id, is_holdout in studies[start : start + CHUNK]
        ]  # fmt: skip
        statement = postgresql.insert(Task).values(rows)
        opened += session.scalars(
            statement.on_conflict_do_nothing(index_elements=["study_id"]).returning(Task.id)
        )
    _add_places(session, project_id, opened, range(1, wanted + 1))
    _ask_to_measure(session, project)
    if opened:
        events.publish(session, "task", project_id, count=len(opened))
    return len(opened)


def _add_places(session: Session, project_id: UUID, tasks: list[UUID], slots: range) -> None:
    rows = [
        {"project_id": project_id, "task_id": task_id, "slot": slot}
        for task_id in tasks
        for slot in slots
    ]
    if rows:
        session.execute(insert(Read), rows)


def _ask_to_measure(session: Session, project: Project) -> None:
    """Where every patient is held out, no round will ever ask for one: readers get them at once.

    The next round decides anew, once there is something to learn from.
    """
    studies = (
        select(Study.id)
        .join(Patient, Patient.id == Study.patient_id)
        .where(Study.project_id == project.id, Study.deleted_at.is_(None))
        .where(Study.instance_count > 0)
    )
    pool = studies.where(Patient.is_holdout.is_(False)).exists()
    if not learning_rules(project).is_on or session.scalar(select(pool)):
        return
    waiting = (
        select(Task.id)
        .where(Task.project_id == project.id, Task.study_id.in_(studies))
        .where(Task.state == ReadState.OPEN, Task.arm == "arrival")
        .with_for_update(key_share=True, skip_locked=True)
    )
    session.execute(
        update(Task)
        .where(Task.id.in_(session.scalars(waiting).all()))
        .values(arm=HOLDOUT_ARM, reason=HOLDOUT_REASON)
    )


def follow_rule(session: Session, project: Project) -> int:
    """Give tasks nobody has begun the project's present number of places; answers how many."""
    wanted = reading_rules(project).wanted_reads
    begun = select(Read.id).where(Read.task_id == Task.id, Read.state != ReadState.OPEN).exists()
    tasks = session.scalars(
        select(Task)
        # Two ranges of an index; "not equal" would read every task.
        .where(Task.project_id == project.id, ~begun)
        .where(or_(Task.wanted_reads < wanted, Task.wanted_reads > wanted))
        .where(Task.state == ReadState.OPEN)
        .order_by(Task.id)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for task in tasks:
        places = session.scalars(select(Read.state).where(Read.task_id == task.id)).all()
        if set(places) != {ReadState.OPEN}:
            continue  # claimed before the task was locked
        session.execute(delete(Read).where(Read.task_id == task.id, Read.slot > wanted))
        _add_places(session, project.id, [task.id], range(task.wanted_reads + 1, wanted + 1))
        task.wanted_reads = wanted
    return len(tasks)


def in_reach(*, is_learning: bool) -> ColumnElement[bool]:
    """What the pool holds for readers: no deleted study, and no hold-out patient.

    While the learner is on, a hold-out case reaches readers only when it asks for it to measure;
    without a learner nothing is measured and every case is read.
    """
    return (Study.deleted_at.is_(None)) & (_IS_GIVEN if is_learning else true())


def reprioritise(
    session: Session, project_id: UUID, order: Mapping[UUID, tuple[float, str, str]]
) -> int:
    """Set priority, arm and reason of tasks; higher priority is read sooner. Answers how many.

    Tasks of other projects and tasks that are gone are left out.

    Raises:
        UnknownArm
        HoldoutOutOfReach: a hold-out case asked for by an arm that learns from it.
    """
    unknown = {arm for _, arm, _ in order.values()} - ARMS
    if unknown:
        raise UnknownArm(f"Arms are {', '.join(sorted(ARMS))}.")
    found = session.execute(
        select(Task.id, Task.is_holdout)
        .where(Task.project_id == project_id, Task.id.in_(list(order)))
        .order_by(Task.id)
        .with_for_update(key_share=True)
    ).all()
    for task_id, is_holdout in found:
        arm = order[task_id][1]
        if is_holdout != (arm == HOLDOUT_ARM) and arm not in ("arrival", "person"):
            raise HoldoutOutOfReach("Learning and measuring must not share a patient.")
    rows: list[dict[str, Any]] = [
        dict(zip(("id", "priority", "arm", "reason"), (task_id, *order[task_id]), strict=True))
        for task_id, _ in found
    ]
    if rows:
        session.execute(update(Task), rows)
        events.publish(session, "task", project_id, count=len(rows))
        audit.record(
            session, None, "queue_reordered", "project", project_id,
            project_id=project_id, count=len(rows),
        )  # fmt: skip
    return len(rows)


def waiting_count(session: Session, project: Project) -> int:
    """How many tasks of the pool have a free place."""
    query = (
        select(func.count())
        .select_from(Task)
        .join(Study, Study.id == Task.study_id)
        .where(Task.project_id == project.id, Task.state == ReadState.OPEN)
        .where(in_reach(is_learning=learning_rules(project).is_on))
    )
    return session.scalar(query) or 0

"""A case as the reading room shows it: study, questions, own work, reason, suggestion."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Uuid, and_, bindparam, or_, select, text
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import AliasedClass

from collimate.access import audit
from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.annotations import earlier, save, schemas, staged, suggestions
from collimate.annotations.models import Annotation, AnnotationRevision, FirstRead, Submission
from collimate.annotations.suggestions import NOTHING_SAID, Said
from collimate.projects import members, schema
from collimate.projects.models import LabelSchema, Project
from collimate.projects.rules import ReadingRules, learning_rules, reading_rules
from collimate.studies.models import Patient, Study
from collimate.studies.texts.models import StudyText
from collimate.studies.texts.write import newest_text
from collimate.tasks import claim, places, search, worklist
from collimate.tasks.models import Read, Task
from collimate.tasks.states import DONE, ReadState

ARM_LABELS = {
    "strategy": "Asked for by the learner",
    "control": "Drawn at random, to measure the learner",
    "evaluation": "Kept apart, to measure the model",
    # Nobody is to know that a model accepted it: it reads like the control arm.
    "reaudit": "Drawn at random, to measure the learner",
    "person": "Given to you by name",
    "arrival": "In order of arrival",
}
READ_FIELDS = ("id", "task_id", "state", "fence", "lease_until", "active_ms", "submitted_at")
STUDY_FIELDS = ("id", "study_uid", "modality", "body_part")
PATIENT_FIELDS = ("pseudonym", "sex", "age_years")
FINISHED = DONE | {ReadState.RETURNED}


def open_case(session: Session, viewer: User, read: Read) -> dict[str, Any]:
    """The case for someone who may see it, and the audit row of its being opened."""
    audit.record(session, viewer.id, "case_opened", "read", read.id, project_id=read.project_id)
    return as_json(session, viewer, read)


def next_case(session: Session, reader: User, project: Project) -> dict[str, Any] | None:
    """The reader's next case, held and opened; None where nothing is left to read.

    Raises:
        SchemaMissing: the project has no label schema.
    """
    try:
        read = claim.claim_next(session, project, reader)
    except claim.WorklistEmpty:
        return None
    return as_json(session, reader, read)


def seen_read(session: Session, viewer: User, read: Read | None) -> Read:
    """The read, if it is the viewer's own or a finished one the viewer reviews.

    In a blinded project a reviewer, who may also read, sees a case only when every place of it is
    filled and his own read of it is done: before that it would unblind. A case with an issue is
    seen while it waits for an answer.

    Raises:
        ReadNotFound: unknown, a stranger's, or not to be seen now: all look the same.
    """
    if read is None:
        raise places.ReadNotFound()
    if read.reader_id == viewer.id:
        members.require(session, viewer, read.project_id, Permission.READ_CASES)
        return read
    may_review = members.may(session, viewer, read.project_id, Permission.REVIEW)
    is_seen = read.state in FINISHED or read.state == ReadState.ISSUE
    if not may_review or not is_seen or not unblinds_nobody(session, viewer, read):
        raise places.ReadNotFound()
    return read


def unblinds_nobody(session: Session, viewer: User, read: Read) -> bool:
    """Whether the viewer may see this read without reading its case less blindly for it.

    A finished case is seen once every place is read; an issue, which must not wait that long, once
    the viewer has no part in the case and no place of it is free for him.
    """
    if not reading_rules(session.get_one(Project, read.project_id)).is_blinded:
        return True
    if read.state != ReadState.ISSUE:
        return is_complete(session, read.task_id, viewer)
    others = [one for one in places.reads_of(session, read.task_id) if one.id != read.id]
    return all(
        one.state != ReadState.OPEN and (one.reader_id != viewer.id or one.state in DONE)
        for one in others
    )


def is_complete(session: Session, task_id: UUID, viewer: User) -> bool:
    """Whether every place of the task has been read, and the viewer is not reading it again."""
    unread = select(Read.id).where(Read.task_id == task_id, to_be_blinded(Read, viewer))
    return not session.scalar(select(unread.exists()))


def to_be_blinded(place: type[Read] | AliasedClass[Read], viewer: User) -> ColumnElement[bool]:
    """Places that must not hear of the others of their task, as long as this viewer looks."""
    is_own = place.reader_id == viewer.id
    return and_(
        place.slot >= 1,
        or_(place.state.not_in(FINISHED), and_(is_own, place.state == ReadState.RETURNED)),
    )


def as_json(session: Session, viewer: User, read: Read) -> dict[str, Any]:
    """The whole case as JSON has it."""
    project, task, study, patient, label_schema = _whole(session, read)
    rules = reading_rules(project)
    around = _around(session, viewer, project, read, task)
    described = schema.describe(session, label_schema, tells_use=False)
    is_told = staged.may_hear(rules, task) and not around.was_submitted
    said = suggestions.said(session, task, label_schema, described) if is_told else NOTHING_SAID
    is_hidden = rules.is_staged and not around.is_locked
    shape = schemas.ReadingCase.model_validate(
        {
            "read": {
                **{name: getattr(read, name) for name in READ_FIELDS},
                "is_mine": read.reader_id == viewer.id,
            },
            "project_id": project.id,
            "study": {
                **{name: getattr(study, name) for name in STUDY_FIELDS},
                **{name: getattr(patient, name) for name in PATIENT_FIELDS},
            },
            "earlier": earlier.earlier_studies(session, study) if rules.show_earlier else [],
            "clinical_text": around.clinical_text if rules.show_clinical_text else None,
            "label_schema": described,
            "annotations": [
                save.annotation_json(annotation, revision)
                for annotation, revision in save.heads(session, read.id)
                if not revision.is_deleted
            ],
            "stage": _stage(rules, said, is_locked=around.is_locked),
            "reason": None if is_hidden else _reason(rules, task),
            "suggestion": None if is_hidden else said.of_case,
            "unit_suggestions": [] if is_hidden else said.of_units,
            "guideline": rules.guideline,
            "position": _position(around.done, around.remaining),
            "review": _review(session, read),
        }
    )
    return shape.model_dump(mode="json")


def _whole(session: Session, read: Read) -> Row[Project, Task, Study, Patient, LabelSchema]:
    """What a read belongs to, in one statement, with the version of the schema it is pinned to.

    One assigned and not yet opened shows the newest version.
    """
    if read.label_schema_id is None:
        schema_id = schema.current_schema(session, read.project_id).id
    else:
        schema_id = read.label_schema_id
    return session.execute(_WHOLE, {"task_id": read.task_id, "schema_id": schema_id}).one()


_WHOLE = (
    select(Project, Task, Study, Patient, LabelSchema)
    .join(Task, Task.project_id == Project.id)
    .join(Study, Study.id == Task.study_id)
    .join(Patient, Patient.id == Study.patient_id)
    .join(LabelSchema, LabelSchema.project_id == Project.id)
    .where(Task.id == search.TASK_ID, LabelSchema.id == bindparam("schema_id", type_=Uuid()))
)


def _around(
    session: Session, viewer: User, project: Project, read: Read, task: Task
) -> Row[Any, Any, Any, Any, Any]:
    """What is counted and looked up beside a case, in one statement."""
    values = {
        **search.asked(project, viewer),
        "task_id": task.id, "study_id": task.study_id, "read_id": read.id,
    }  # fmt: skip
    return session.execute(_questions(learning_rules(project).is_on), values).one()


@lru_cache
def _questions(is_learning: bool) -> Select[Any, Any, Any, Any, Any]:
    study_id, read_id = (bindparam(name, type_=Uuid()) for name in ("study_id", "read_id"))
    text_of = newest_text(study_id).limit(search.ONE).with_only_columns(StudyText.text)
    asked = {
        "done": worklist.finished().scalar_subquery(),
        "remaining": worklist.remaining(is_learning),
        "clinical_text": text_of.scalar_subquery(),
        "is_locked": select(FirstRead.id).where(FirstRead.read_id == read_id).exists(),
        "was_submitted": _submissions(search.TASK_ID).exists(),
    }
    return select(*(one.label(name) for name, one in asked.items()))


def _position(done: int, remaining: int) -> dict[str, Any]:
    """Which of how many cases this is for its reader."""
    left = worklist.counted(remaining)
    return {
        "number": done + 1, "count": done + left["open_count"], "has_more": left["has_more"],
    }  # fmt: skip


def _reason(rules: ReadingRules, task: Task) -> dict[str, str] | None:
    reason = worklist.shown_reason(rules, task)
    return None if reason is None else {"arm_label": ARM_LABELS[task.arm], "text": reason}


def stage_and_said(session: Session, read: Read) -> tuple[staged.Stage | None, Said]:
    """Where a staged read stands, and what the model says of its case, hidden or not.

    There is no first stage where there would be nothing to show after it.
    """
    project, task, _study, _patient, label_schema = _whole(session, read)
    rules = reading_rules(project)
    found = NOTHING_SAID
    if shows_machine(session, rules, task):
        described = schema.describe(session, label_schema, tells_use=False)
        found = suggestions.said(session, task, label_schema, described)
    is_locked = staged.first_read(session, read.id) is not None
    return _stage(rules, found, is_locked=is_locked), found


def _stage(rules: ReadingRules, said: Said, *, is_locked: bool) -> staged.Stage | None:
    if is_locked:
        return staged.Stage.SECOND
    return staged.Stage.FIRST if rules.is_staged and said.all else None


def shows_machine(session: Session, rules: ReadingRules, task: Task) -> bool:
    """Whether a reader of this task may be told what a model says of it, once he has locked.

    Not where they must not hear of it, or where the model may have learned from an answer to this
    very case.
    """
    return staged.may_hear(rules, task) and not session.scalar(
        select(_submissions(task.id).exists())
    )


def _submissions(task_id: UUID | ColumnElement[UUID]) -> Select[UUID]:
    query = select(Submission.id).join(Read, Read.id == Submission.read_id)
    return query.where(Read.task_id == task_id)


def _review(session: Session, read: Read) -> dict[str, Any] | None:
    if read.submitted_at is None:
        return None
    # Reviews stand later in the data flow; the table is asked by name, not by import.
    found = session.execute(
        text(
            "SELECT review.verdict, review.comment FROM review"
            " JOIN submission ON submission.id = review.submission_id"
            " WHERE submission.read_id = :read ORDER BY submission.number DESC LIMIT 1"
        ),
        {"read": read.id},
    ).first()
    return None if found is None else {"verdict": found[0], "comment": found[1]}


def history(session: Session, annotation: Annotation) -> list[AnnotationRevision]:
    """Every revision of an annotation, oldest first."""
    return list(
        session.scalars(
            select(AnnotationRevision)
            .where(AnnotationRevision.annotation_id == annotation.id)
            .order_by(AnnotationRevision.number)
        )
    )

"""A read played by a program through the same verbs as a reader's browser (demo and replay)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from collimate.access.actor import Actor
from collimate.annotations import case
from collimate.annotations.content import ANSWER
from collimate.annotations.lock import lock
from collimate.annotations.save import Change, save
from collimate.annotations.staged import Stage
from collimate.annotations.submit import submit
from collimate.kit import ids
from collimate.projects.models import Project
from collimate.studies.models import Study
from collimate.tasks import claim
from collimate.tasks.models import Read, Task

Answers = Callable[[Study], list[str]]
Marks = Callable[[Study], list[dict[str, Any]]]


def play_read(
    session: Session,
    *,
    project_id: UUID,
    reader: Actor,
    answer: Answers | list[str],
    marks: Marks | list[dict[str, Any]] = (),  # type: ignore[assignment]
    active_ms: int = 30_000,
    stop_at_draft: bool = False,
) -> Read:
    """Claim the next case, save an answer and marks, submit.

    `answer` and each mark's keys are those of the API; both may be functions of the claimed study.
    A mark is `{"kind": …, …content…}`, its kind one of `geometry.MARK_KINDS`.
    `reader.sign_in_id` must be set, as
    for every label. With `stop_at_draft` the read is left unfinished.

    Raises:
        WorklistEmpty: nothing is left for this reader.
    """
    project = session.get_one(Project, project_id)
    read = claim.claim_next(session, project, reader.user)
    study = session.get_one(Study, session.get_one(Task, read.task_id).study_id)
    label_keys = answer(study) if callable(answer) else answer
    drawn = marks(study) if callable(marks) else marks
    said: list[tuple[str, dict[str, Any]]] = [(ANSWER, {"label_keys": label_keys})]
    for mark in drawn:
        said.append((mark["kind"], {key: mark[key] for key in mark if key != "kind"}))
    revision_ids = []
    for kind, content in said:
        change = Change(
            annotation_id=ids.new_id(), kind=kind, parent_id=None, content=content,
            fence=read.fence, active_ms=active_ms,
        )  # fmt: skip
        saved = save(session, reader, read.id, None, change)
        revision_ids.append(UUID(saved.annotation["revision"]["id"]))
    if not stop_at_draft:
        if case.stage_and_said(session, read)[0] == Stage.FIRST:
            lock(
                session, reader, read.id, None, fence=read.fence,
                active_ms=active_ms, revision_ids=revision_ids,
            )  # fmt: skip
        submit(
            session, reader, read.id, None, fence=read.fence,
            active_ms=active_ms, revision_ids=revision_ids, wants_next=False,
        )  # fmt: skip
    return read

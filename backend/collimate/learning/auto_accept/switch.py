"""Turning it on: a project admin's act, possible only where the numbers allow it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.jobs import events
from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.kit.errors import Conflict
from collimate.learning.auto_accept import stop, watch
from collimate.learning.auto_accept.estimate import KEPT_AS, is_met
from collimate.learning.kinds import TaskKind
from collimate.learning.labels import STUDY, question_of
from collimate.learning.models import AutoAccept, ModelVersion, TrainingRun
from collimate.learning.versions import promoted_model
from collimate.projects.models import Project

NOT_CLASSIFICATION = "not_classification"
PER_UNIT = "per_unit"
"""Series or images are answered one by one: no bound is known for a case as a whole."""
NO_MODEL = "no_model"
NO_ESTIMATE = "no_estimate"
DISPROVED = "disproved"
"""Readers or drift ended it with this very model: it takes the next one."""


class AlreadyAccepting(Conflict):
    """The model answers clear cases by itself already."""


class NotGuaranteed(Conflict):
    """What is known does not bound the error."""


def refusals(session: Session, project: Project) -> list[str]:
    """Why it cannot be turned on, whatever the numbers say."""
    question = question_of(session, project)
    model = promoted_model(session, project.id)
    found = []
    if question is None or question.kind is not TaskKind.CLASSIFICATION:
        found.append(NOT_CLASSIFICATION)
    elif question.scope != STUDY:
        found.append(PER_UNIT)
    if watch.blinds_readers(project):
        found.append(stop.BLINDED_READERS)
    if model is None:
        found.append(NO_MODEL)
    elif question is not None and model.label_schema_id != question.schema_id:
        found.append(stop.QUESTION_CHANGED)
    elif estimate_of(session, model) is None:
        found.append(NO_ESTIMATE)
    if model is not None and _was_disproved(session, model):
        found.append(DISPROVED)
    return found


def _was_disproved(session: Session, model: ModelVersion) -> bool:
    codes = (stop.DISAGREEMENT, stop.SITE_DRIFT, stop.SCORE_DRIFT)
    query = select(AutoAccept.id).where(
        AutoAccept.model_version_id == model.id, AutoAccept.off_code.in_(codes)
    )
    return session.scalars(query.limit(1)).first() is not None


def estimate_of(session: Session, model: ModelVersion) -> dict[str, Any] | None:
    """What the round of this model found; models of earlier versions have none."""
    return session.get_one(TrainingRun, model.training_run_id).metrics.get(KEPT_AS)


def turn_on(
    session: Session, by: UUID, project: Project, *, target: float, reason: str
) -> AutoAccept:
    """Let the model answer clear cases from now on; a job does it at once.

    Raises:
        AlreadyAccepting, NotGuaranteed
    """
    session.execute(
        select(Project.id).where(Project.id == project.id).with_for_update(key_share=True)
    )
    if stop.current(session, project.id) is not None:
        raise AlreadyAccepting("Turn it off first to choose another target.")
    model = promoted_model(session, project.id)
    found = None if model is None else estimate_of(session, model)
    if model is None or found is None or refusals(session, project):
        raise NotGuaranteed("The page says what stands in its way. Nothing was changed.")
    at = next((one for one in found["targets"] if one["target"] == target), None)
    if at is None or not is_met(found, at):
        raise NotGuaranteed("The page says how many reads are missing. Nothing was changed.")
    on = AutoAccept(
        project_id=project.id,
        model_version_id=model.id,
        label_schema_id=model.label_schema_id,
        weights_sha256=found["weights_sha256"],
        target=target,
        reason=reason.strip(),
        grounds=found,
        turned_on_by=by,
    )
    session.add(on)
    session.flush()
    ask_to_accept(session, project.id, by=by)
    events.publish(session, "round", project.id)
    audit.record(
        session, by, "auto_accept_turned_on", "auto_accept", on.id,
        project_id=project.id, target=target, bound=at["bound"], weights_sha256=on.weights_sha256,
    )  # fmt: skip
    return on


def ask_to_accept(session: Session, project_id: UUID, *, by: UUID | None = None) -> None:
    """Have open cases looked at in the background; asked twice it comes once."""
    enqueue(
        session, JobKind.AUTO_ACCEPT, project_id=project_id, requested_by=by,
        dedup_key=f"auto-accept:{project_id}",
    )  # fmt: skip

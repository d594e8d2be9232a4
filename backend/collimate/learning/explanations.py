"""Explanation maps: finding one, or asking for it to be computed."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.annotations import case
from collimate.datasets.exports.maps import StoredMap
from collimate.jobs.enqueue import enqueue, failed_lately
from collimate.jobs.kinds import JobKind
from collimate.jobs.models import Job
from collimate.kit import clock
from collimate.kit.blobs import blobs
from collimate.kit.errors import Conflict, NotFound
from collimate.learning import encoders
from collimate.learning.models import Explanation, ModelVersion, Prediction
from collimate.learning.suggest import may_see_on
from collimate.learning.versions import promoted_model
from collimate.ml.explain import Method
from collimate.projects import members
from collimate.projects.models import Project
from collimate.projects.rules import reading_rules
from collimate.studies.models import Study
from collimate.tasks import worklist
from collimate.tasks.models import Read, Task
from collimate.tasks.states import DONE

ALL_CLASSES = ""
"""In place of a class: what a model says of every slice, whichever the class."""
SLICE_ENTROPY = "slice-entropy-1"
"""In place of a method, there."""


class ExplanationNotFound(NotFound):
    """There is nothing to explain here."""


class MapFailed(Conflict):
    """It was tried a short while ago and failed."""


class MethodUnsuited(Conflict):
    """The model cannot be explained in this way."""


TRIED_AGAIN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Map:
    """A ready map: PNG bytes with alpha, and the image it lies on."""

    png: bytes
    sop_instance_uid: str
    frame_number: int
    model_number: int
    method: str


def explainable_study(session: Session, viewer: User, study_id: UUID) -> Study:
    """The study, if the viewer may see what the model looks at in it.

    A reader of the case sees the map where the suggestion is shown. Others need to be allowed to
    see the learner; of a case they may still read it is only shown where readers see it too.

    Raises:
        ExplanationNotFound: unknown, of a stranger's project, or hidden: all look the same.
    """
    study = session.get(Study, study_id)
    if study is None or study.deleted_at is not None:
        raise ExplanationNotFound()
    try:
        members.require(session, viewer, study.project_id, Permission.SEE_IMAGES)
    except members.ProjectNotFound as error:
        raise ExplanationNotFound() from error
    model = promoted_model(session, study.project_id)
    task = session.scalars(select(Task).where(Task.study_id == study.id)).one_or_none()
    if model is None or task is None:
        raise ExplanationNotFound("No model has learned from this project yet.")
    own = session.scalars(
        select(Read).where(Read.task_id == task.id, Read.reader_id == viewer.id)
    ).first()
    if own is not None and own.state not in DONE:
        may_see = may_see_on(session, own, task)
    else:
        may_see = members.may(session, viewer, study.project_id, Permission.SEE_LEARNING)
        may_see = may_see and not _would_bias(session, viewer, task)
    if not may_see:
        raise ExplanationNotFound()
    return study


def _would_bias(session: Session, viewer: User, task: Task) -> bool:
    """Whether the viewer may still read the case, and reading it is told nothing of a model."""
    rules = reading_rules(session.get_one(Project, task.project_id))
    if case.shows_machine(session, rules, task) and not rules.is_staged:
        return False
    return worklist.may_still_read(session, viewer, task.project_id) and bool(
        session.scalar(select(worklist.is_to_read(viewer, task.id)))
    )


def explanation(
    session: Session, study: Study, class_key: str | None, method: Method, *,
    by: UUID | None, suggestion_id: UUID | None = None,
) -> Map | Job:  # fmt: skip
    """The map for a class (the likeliest where none is named), or the job that computes it.

    `suggestion_id` names the prediction of a series or image; without one the study's is meant.

    Raises:
        ExplanationNotFound: the model does not know the study or the class.
        MethodUnsuited
    """
    model, key, unit = _asked_of(session, study, class_key, suggestion_id)
    _check_suits(session, model, method)
    known = found(session, model, study, key, method.stored_name, unit)
    if known is None:
        return _asked(session, model, study, key, by=by, method=method.value, **_named(unit))
    return Map(
        blobs().read(known.blob_sha256),
        known.sop_instance_uid,
        known.frame_number,
        model.number,
        known.method,
    )


def as_dicom(
    session: Session, study: Study, class_key: str | None, method: Method, *,
    by: UUID, suggestion_id: UUID | None = None,
) -> bytes | Job:  # fmt: skip
    """The same map as a DICOM Parametric Map, or the job that writes it. Leaves an audit row.

    Raises:
        ExplanationNotFound: the model does not know the study or the class.
        MethodUnsuited
    """
    model, key, unit = _asked_of(session, study, class_key, suggestion_id)
    _check_suits(session, model, method)
    known = found(session, model, study, key, method.stored_name, unit)
    if known is None or known.dicom_sha256 is None:
        return _asked(session, model, study, key, by=by, method=method.value, **_named(unit))
    audit.record(
        session, by, "map_downloaded", "study", study.id,
        project_id=study.project_id, model_number=model.number, method=method.stored_name,
    )  # fmt: skip
    return blobs().read(known.dicom_sha256)


def _asked_of(
    session: Session, study: Study, class_key: str | None, suggestion_id: UUID | None
) -> tuple[ModelVersion, str, UUID | None]:
    """The model that speaks, the class asked about, else the one it holds likeliest, and of which
    series or image; None for the study as a whole.
    """
    model = promoted_model(session, study.project_id)
    prediction = _prediction(session, model, study, suggestion_id)
    if model is None or prediction is None:
        raise ExplanationNotFound("The model has not seen this study yet.")
    if prediction.scores or not prediction.probabilities:
        raise ExplanationNotFound("The model draws what it sees; there is nothing to explain.")
    probabilities: dict[str, Any] = prediction.probabilities
    key = class_key or max(probabilities, key=lambda name: probabilities[name])
    if key not in probabilities:
        raise ExplanationNotFound("The model does not know this class.")
    return model, key, prediction.unit_id


def _named(unit_id: UUID | None) -> dict[str, str]:
    return {} if unit_id is None else {"unit_id": str(unit_id)}


def _check_suits(session: Session, model: ModelVersion, method: Method) -> None:
    if method.needs_network and not encoders.has_network(session, model):
        raise MethodUnsuited("This way needs an encoder that was trained; the model has none yet.")


def look_here(session: Session, study: Study, *, by: UUID | None) -> dict[str, Any] | Job:
    """How unsure the model that speaks is on each slice, or the job that computes it.

    Raises:
        ExplanationNotFound: the model does not know the study.
    """
    model = promoted_model(session, study.project_id)
    if model is None or _prediction(session, model, study) is None:
        raise ExplanationNotFound("The model has not seen this study yet.")
    known = found(session, model, study, ALL_CLASSES, SLICE_ENTROPY)
    if known is None:
        return _asked(session, model, study, ALL_CLASSES, by=by)
    return {
        "model_number": model.number,
        "slices": json.loads(blobs().read(known.blob_sha256)),
    }


def stored_maps(session: Session, project_id: UUID, image_uids: Collection[str]) -> list[StoredMap]:
    """The maps of these images that the model that speaks has by now, in every way asked for."""
    model = promoted_model(session, project_id)
    if model is None:
        return []
    rows = session.scalars(
        select(Explanation).where(
            Explanation.model_version_id == model.id,
            Explanation.sop_instance_uid.in_(image_uids),
            Explanation.class_key != ALL_CLASSES,
            Explanation.dicom_sha256.is_not(None),
        )
    )
    return [
        StoredMap(
            sop_instance_uid=row.sop_instance_uid,
            frame_number=row.frame_number,
            class_key=row.class_key,
            method=row.method,
            model_number=model.number,
            model_sha256=model.weights_sha256,
            sha256=str(row.dicom_sha256),
        )
        for row in rows
    ]


def found(
    session: Session,
    model: ModelVersion,
    study: Study,
    key: str,
    stored_name: str,
    unit_id: UUID | None = None,
) -> Explanation | None:
    """What a model was found to look at in a study (or in one series or image of it), made in this
    way; None before it was.
    """
    return session.scalars(
        select(Explanation).where(
            Explanation.model_version_id == model.id,
            Explanation.study_id == study.id,
            Explanation.class_key == key,
            Explanation.method == stored_name,
            Explanation.unit_id.is_not_distinct_from(unit_id),
        )
    ).one_or_none()


def _asked(
    session: Session,
    model: ModelVersion,
    study: Study,
    key: str,
    *,
    by: UUID | None,
    **how: str,
) -> Job:
    dedup_key = ":".join(["explain", str(model.id), str(study.id), key, *how.values()])
    failed = failed_lately(session, dedup_key, since=clock.now() - TRIED_AGAIN_AFTER)
    if failed is not None:
        # whoever waits for it asks every second: a job each time would fail for ever
        raise MapFailed(failed.error)
    return enqueue(
        session,
        JobKind.EXPLAIN,
        project_id=study.project_id,
        requested_by=by,
        dedup_key=dedup_key,
        study_id=study.id,
        model_version_id=model.id,
        class_key=key,
        **how,
    )


def _prediction(
    session: Session, model: ModelVersion | None, study: Study, suggestion_id: UUID | None = None
) -> Prediction | None:
    if model is None:
        return None
    query = select(Prediction).where(
        Prediction.model_version_id == model.id, Prediction.study_id == study.id
    )
    if suggestion_id is None:
        query = query.where(Prediction.unit_id.is_(None))
    else:
        query = query.where(Prediction.id == suggestion_id)
    return session.scalars(query).one_or_none()

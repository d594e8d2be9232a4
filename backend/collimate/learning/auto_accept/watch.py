"""What turns it off by itself: readers who disagree, drift, another model, another question."""

from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.learning.auto_accept import stop
from collimate.learning.auto_accept.estimate import CHANCE
from collimate.learning.kinds import TaskKind
from collimate.learning.labels import STUDY, labelled_units, question_of
from collimate.learning.models import AutoAccept, AutoAcceptedCase
from collimate.learning.pool import Pool
from collimate.learning.versions import promoted_model
from collimate.ml import drift
from collimate.ml.conformal import sureness, upper_bound
from collimate.projects.models import Project
from collimate.projects.rules import reading_rules
from collimate.studies.models import Study
from collimate.tasks.queue import REAUDIT_ARM


def look(session: Session, project_id: UUID) -> bool:
    """Turn it off if what is known without looking at the pool says so; answers whether it did."""
    on = stop.current(session, project_id, lock=True)
    if on is None:
        return False
    code = reason_to_stop(session, session.get_one(Project, project_id), on)
    return code is not None and stop.turn_off(session, project_id, code)


def reason_to_stop(session: Session, project: Project, on: AutoAccept) -> str | None:
    """Why it may not go on, as a code; None where it may."""
    question = question_of(session, project)
    if question is None or question.scope != STUDY or question.schema_id != on.label_schema_id:
        return stop.QUESTION_CHANGED
    if blinds_readers(project):
        return stop.BLINDED_READERS
    model = promoted_model(session, project.id)
    if model is None or model.id != on.model_version_id:
        return stop.NEW_MODEL
    _, bound = reaudited(session, project, on)
    return stop.DISAGREEMENT if bound > on.target else None


def blinds_readers(project: Project) -> bool:
    """Whether several readers read each case unseen by each other."""
    rules = reading_rules(project)
    return rules.is_blinded and rules.wanted_reads > 1


def reaudited(
    session: Session, project: Project, on: AutoAccept
) -> tuple[tuple[int, int, int], float]:
    """Re-audits asked for, read and answered otherwise; and the bound of the error with them.

    The rule that it was turned on by goes on: control arm and re-audits count together, those of
    an earlier time with this very model too. One that was read with the suggestion does not count.
    """
    rows = session.execute(
        select(AutoAcceptedCase.study_id, AutoAcceptedCase.label_keys)
        .where(AutoAcceptedCase.project_id == project.id, AutoAcceptedCase.is_reaudit)
        .where(AutoAcceptedCase.weights_sha256 == on.weights_sha256)
        .where(AutoAcceptedCase.target == on.target)
    )
    accepted = {study_id: set(keys) for study_id, keys in rows}
    question = question_of(session, project)
    said = {}
    if accepted and question is not None and question.kind is TaskKind.CLASSIFICATION:
        labelled, _ = labelled_units(session, project, question, only=accepted)
        said = {i.study_id: set(i.label_keys) for i in labelled if i.arm == REAUDIT_ARM}
    errors = sum(said[study_id] != accepted[study_id] for study_id in said)
    at = at_target(on)
    bound = upper_bound(at["error_count"] + errors, at["accepted_check_count"] + len(said))
    return (len(accepted), len(said), errors), bound


def at_target(on: AutoAccept) -> dict:
    """The line of the estimate that it was turned on by."""
    return next(at for at in on.grounds["targets"] if at["target"] == on.target)


def drifted(
    session: Session, on: AutoAccept, pool: Pool, said: np.ndarray, *, is_multi: bool
) -> str | None:
    """Why what came in since it was turned on is not of the control arm's population.

    Site shares by a permutation test, scores by Kolmogorov-Smirnov; nothing below twenty arrivals.
    """
    new = set(
        session.scalars(
            select(Study.id).where(
                Study.project_id == on.project_id, Study.created_at > on.created_at
            )
        )
    )
    rows = np.array(
        [row for row, study_id in enumerate(pool.study_ids) if study_id in new], dtype=np.int64
    )
    rows = rows[~pool.is_holdout[rows]]
    known = np.repeat(list(on.grounds["sites"]), list(on.grounds["sites"].values()))
    if drift.share_difference(known, pool.sites[rows], seed=len(rows)) < CHANCE:
        return stop.SITE_DRIFT
    sure = sureness(said[rows], is_multi=is_multi)
    if drift.score_difference(np.array(on.grounds["sureness"]), sure) < CHANCE:
        return stop.SCORE_DRIFT
    return None

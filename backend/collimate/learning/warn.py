"""What stands in the way of learning, said in words."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.jobs.kinds import JobKind
from collimate.jobs.models import Job
from collimate.learning import encoders, versions
from collimate.learning.labels import STUDY, Labelled, Question
from collimate.learning.models import Embedding
from collimate.learning.units import MOST_UNITS
from collimate.projects.models import Project
from collimate.projects.rules import learning_rules
from collimate.studies.models import Patient, Study

FEWEST_EVALUATED = 30
FEWEST_PER_CLASS = 5


def warnings(
    session: Session,
    project: Project,
    *,
    question: Question | None,
    labelled: list[Labelled],
    undecided: int,
) -> list[str]:
    """Everything that keeps numbers on the page from being better or more certain."""
    found: list[str] = []
    if not learning_rules(project).is_on:
        found.append("The learner is switched off: cases come in order of arrival.")
    if question is None and learning_rules(project).predicts:
        found.append(
            "What the learner is to predict is asked no more: choose under Project, Rules."
        )
        return found
    if question is None:
        found.append("Nothing is asked that can be learned: no classes, segments or boxes.")
        return found
    found += _about_labels(question, labelled, undecided)
    found += _about_units(session, project, question, labelled)
    found += _about_training(session, project)
    found += _about_encoders(session, project)
    found += _about_models(session, project, question)
    found += _about_holdout(session, project, labelled)
    return found


def _about_labels(question: Question, labelled: list[Labelled], undecided: int) -> list[str]:
    found: list[str] = []
    pool = [item for item in labelled if not item.is_holdout]
    counts = Counter(key for item in pool for key in item.label_keys)
    seen = [key for key in question.keys if counts[key]]
    if pool and len(seen) <= 1 and not question.is_multi:
        found.append("Every answer so far is the same class: a model needs at least two.")
    missing = [question.names[key] for key in question.keys if not counts[key]]
    if pool and missing and len(seen) > 1:
        found.append(f"Not read yet in any case of the pool: {', '.join(missing)}.")
    few = [question.names[key] for key in seen if counts[key] < FEWEST_PER_CLASS]
    if few and len(seen) > 1:
        found.append(f"Fewer than {FEWEST_PER_CLASS} cases read of: {', '.join(few)}.")
    if undecided:
        found.append(f"Left out, because readers disagree evenly: {undecided} cases.")
    return found


def _about_units(
    session: Session, project: Project, question: Question, labelled: list[Labelled]
) -> list[str]:
    """Answers of series or images that no encoder has seen: they teach nothing."""
    current = encoders.current_encoders(session, project.id)
    if question.scope == STUDY or not current:
        return []
    ids = {item.unit_id for item in labelled}
    query = select(func.count(func.distinct(Embedding.unit_id))).where(
        Embedding.encoder_id == current[0].id, Embedding.unit_id.in_(ids)
    )
    unseen = len(ids) - (session.scalar(query) or 0)
    if not unseen:
        return []
    return [
        f"Answers that teach nothing, because the images were not looked at: {unseen}. Of a case "
        f"{MOST_UNITS} are looked at, evenly spread."
    ]


def _about_training(session: Session, project: Project) -> list[str]:
    """Why the last training of a model failed, until another one succeeds."""
    last = session.scalars(
        select(Job)
        .where(Job.project_id == project.id, Job.kind == JobKind.TRAIN_MODEL)
        .where(Job.state.in_(["done", "failed"]))
        .order_by(Job.finished_at.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.state != "failed":
        return []
    return [f"The last training of the model failed: {last.error}"]


def _about_encoders(session: Session, project: Project) -> list[str]:
    found: list[str] = []
    current = encoders.current_encoders(session, project.id)
    if not current:
        found.append("No study has been looked at by an encoder yet.")
    elif (
        all(encoder.kind == encoders.SCATTERING for encoder in current)
        and encoders.deep_encoder(session, project.id, encoders.READY) is None
    ):
        found.append(
            "No encoder has been trained on this project's images yet; descriptors that need no "
            "training serve until then."
        )
    refused = encoders.refused_count(session, project.id)
    if refused:
        found.append(f"Images that no encoder can use: {refused}. They are read in their turn.")
    failed = encoders.newest_failure(session, project.id)
    if failed:
        found.append(f"The last encoder could not be used: {failed}")
    return found


def _about_models(session: Session, project: Project, question: Question) -> list[str]:
    """Why the newest model does not speak, where it was held back and nobody overruled that."""
    newest = versions.newest_model(session, project.id)
    if newest is None or newest["is_promoted"] or not newest["held_back"]:
        return []
    worst, *others = newest["held_back"]
    name = question.names.get(worst["value"], worst["value"])
    more = f", and {len(others)} more" if others else ""
    return [
        f"Model {newest['number']} was held back: right answers for {worst['attribute']} {name} "
        f"would fall from {100 * worst['before']:.0f} % to {100 * worst['after']:.0f} % of "
        f"{worst['count']} cases"
        f"{more}. The earlier model goes on; see the model versions."
    ]


def _about_holdout(session: Session, project: Project, labelled: list[Labelled]) -> list[str]:
    holdout = session.scalar(
        select(func.count())
        .select_from(Study)
        .join(Patient, Patient.id == Study.patient_id)
        .where(Study.project_id == project.id, Study.deleted_at.is_(None), Patient.is_holdout)
    )
    evaluated = sum(item.is_holdout for item in labelled)
    if not holdout:
        return ["No patient is held out, so the model cannot be measured."]
    if evaluated < FEWEST_EVALUATED:
        return [
            f"Only {evaluated} held-out cases are read: scores are uncertain below "
            f"{FEWEST_EVALUATED}."
        ]
    return []

"""Store a trained model of masks or boxes with what it learned from."""

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.jobs.run import JobRun
from collimate.kit.blobs import blobs, work_folder
from collimate.learning.fit import CONTROL
from collimate.learning.gpu.draw import draw_study
from collimate.learning.gpu.plan import Plan
from collimate.learning.labels import Labelled, Question, labelled_units, manifest_sha256
from collimate.learning.measure_drawn import exam_of, measured_anew
from collimate.learning.models import ModelVersion, TrainingRun
from collimate.learning.pool import load_pool
from collimate.learning.versions import UNFINISHED
from collimate.ml.dense_model import DenseModel
from collimate.projects.models import Project


@dataclass(frozen=True)
class Learned:
    """A model, and one of the control arm alone where that was due."""

    model: DenseModel
    control: DenseModel | None
    control_items: list[Labelled]


def keep(
    run: JobRun, project_id: UUID, plan: Plan, items: list[Labelled], question: Question,
    learned: Learned,
) -> None:  # fmt: skip
    """Store the model; it neither speaks nor counts before it has drawn on every study."""
    with work_folder() as folder:
        path = folder / "model.safetensors"
        path.write_bytes(learned.model.to_bytes())
        sha256 = blobs().put(path).sha256
    with run.open_session() as session:
        control = _control_metrics(session, project_id, question, learned)
        training = TrainingRun(
            project_id=project_id,
            round_number=plan.round_number,
            label_count=len(items),
            control_label_count=sum(item.arm == CONTROL for item in items),
            active_ms=sum(item.active_ms for item in items),
            manifest_sha256=manifest_sha256(items),
            code_version=version("collimate"),
            seed=plan.seed,
            metrics={
                UNFINISHED: True,
                "kind": question.kind.value,
                "keys": list(question.keys),
                "intake": learned.model.intake.to_json(),
                "training": learned.model.about,
                "control": control,
            },
            seconds=round(plan.seconds, 3),
        )
        session.add(training)
        session.flush()
        newest = session.scalar(
            select(func.max(ModelVersion.number)).where(ModelVersion.project_id == project_id)
        )
        stored = ModelVersion(
            project_id=project_id,
            training_run_id=training.id,
            encoder_ids=[],
            label_schema_id=question.schema_id,
            weights_sha256=sha256,
            number=(newest or 0) + 1,
        )
        session.add(stored)
        session.flush()
        plan.model_version_id = str(stored.id)


def _control_metrics(
    session: Session, project_id: UUID, question: Question, learned: Learned
) -> dict[str, Any]:
    """How a model of the control arm alone draws on the held-out cases read by now."""
    if learned.control is None:
        return {}
    project = session.get_one(Project, project_id)
    labelled, _ = labelled_units(session, project, question)
    exam = exam_of(load_pool(session, project), labelled)
    cases = {
        str(item.study_id): measured_anew(
            session, item, draw_study(session, learned.control, item.study_id)["drawn"], question
        )
        for item in exam.items
    }
    return {
        "active_ms": sum(item.active_ms for item in learned.control_items),
        "cases": {
            study: {key: values[0] for key, values in found.items()}
            for study, found in cases.items()
        },
    }

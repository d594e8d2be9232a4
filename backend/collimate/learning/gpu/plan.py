"""What is being trained, written down by ids only, so that it goes on after a stop or a crash."""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from collimate.learning.due import newest_batch
from collimate.learning.labels import Labelled, Question
from collimate.learning.rounds import seed_of
from collimate.projects.models import Project


@dataclass
class Plan:
    """One training under way."""

    kind: str
    schema_id: str
    submission_ids: list[str]
    seed: int
    round_number: int
    model_version_id: str | None = None
    seconds: float = 0.0


def plan_for(
    session: Session, project: Project, question: Question, own: list[Labelled], folder: Path
) -> tuple[Plan, list[Labelled]]:
    """The training under way if its reads still stand, else a new one of all reads that do."""
    kept = _read(folder)
    if kept is not None and (kept.kind, kept.schema_id) == (question.kind, str(question.schema_id)):
        wanted = set(kept.submission_ids)
        items = [item for item in own if {str(one) for one in item.submission_ids} <= wanted]
        if {str(one) for item in items for one in item.submission_ids} == wanted:
            return kept, items
    shutil.rmtree(folder, ignore_errors=True)
    batch = newest_batch(session, project.id)
    round_number = batch.round_number if batch else 0
    plan = Plan(
        question.kind,
        str(question.schema_id),
        [str(one) for item in own for one in item.submission_ids],
        seed_of(project, round_number),
        round_number,
    )
    write_plan(plan, folder)
    return plan, own


def _read(folder: Path) -> Plan | None:
    try:
        return Plan(**json.loads((folder / "plan.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write_plan(plan: Plan, folder: Path) -> None:
    """Write it beside the checkpoints, in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / "plan.draft"
    draft.write_text(json.dumps(asdict(plan)))
    draft.replace(folder / "plan.json")

"""What a submission says, whole: readable without following any revision."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.annotations.attributes import Target, Work, lacks, said_values
from collimate.annotations.content import ANSWER, ATTRIBUTES, OUTCOME, REJECTION, SEGMENT
from collimate.annotations.models import Annotation, AnnotationRevision
from collimate.kit.errors import Conflict
from collimate.projects.models import LabelSchema
from collimate.studies.models import Instance, Series, Study
from collimate.tasks.models import Read, Task

Head = tuple[Annotation, AnnotationRevision]
NO_OUTCOME = {"exclusion": None, "quality": None, "note": ""}


class AnswerMissing(Conflict):
    """The question of this case has no answer yet."""


class QualityMissing(Conflict):
    """The images of this case have no verdict on their quality yet."""


class AttributesLacking(Conflict):
    """Something that has to be answered is not, or out of its range."""


def content_of(session: Session, read: Read, task: Task, live: Sequence[Head]) -> dict[str, Any]:
    """The content of a submission of these newest revisions, deletions left out.

    Of a case that is excluded nothing else is required.

    Raises:
        AnswerMissing, QualityMissing
        AttributesLacking: the answer carries `lacks`, the first to be seen to first.
    """
    schema, study_uid = session.execute(
        select(LabelSchema, Study.study_uid)
        .join(Study, Study.project_id == LabelSchema.project_id)
        .where(LabelSchema.id == read.label_schema_id, Study.id == task.study_id)
    ).one()
    answer = next((head[1].content for head in live if head[0].kind == ANSWER), None)
    outcome = next((head[1].content for head in live if head[0].kind == OUTCOME), NO_OUTCOME)
    asks_of_images = any(one["scope"] in ("series", "image") for one in schema.attributes)
    images = _images(session, task) if asks_of_images else ([], [])
    work = _work(images, live, answer)
    if outcome["exclusion"] is None:
        _refuse_unanswered(schema, answer, outcome)
        _refuse_lacks(schema, work)
    values = said_values(schema.attributes, work)
    return {
        "study_id": str(task.study_id),
        "study_uid": study_uid,
        "label_schema_id": str(schema.id),
        "outcome": outcome,
        "answer": answer,
        "attributes": [
            {"scope": scope, "target": target, "values": said}
            for (scope, target), said in values.items()
            if scope != "region"
        ],
        "marks": [_said(*head, values, str(head[0].id)) for head in live if _is_mark(head)],
        "segments": [
            _said(*head, values, head[1].content["label_key"]) for head in live if _is_painted(head)
        ],
    }


def _refuse_unanswered(
    schema: LabelSchema, answer: dict[str, Any] | None, outcome: dict[str, Any]
) -> None:
    is_missing = answer is None or (schema.answer_mode == "single" and not answer["label_keys"])
    if schema.answer_mode != "none" and is_missing:
        raise AnswerMissing("Choose an answer, then submit.")
    if schema.quality_verdict == "required" and outcome["quality"] is None:
        raise QualityMissing("Say how good the images are, then submit.")


def _is_mark(head: Head) -> bool:
    return head[0].kind not in (ANSWER, SEGMENT, ATTRIBUTES, OUTCOME, REJECTION)


def _is_painted(head: Head) -> bool:
    return head[0].kind == SEGMENT and bool(head[1].content["runs"])


def _work(
    images: tuple[list[str], list[str]], live: Sequence[Head], answer: dict[str, Any] | None
) -> Work:
    marks = [(str(one.id), state.content["label_key"]) for one, state in filter(_is_mark, live)]
    painted = dict.fromkeys(state.content["label_key"] for _, state in filter(_is_painted, live))
    return Work(
        class_keys=answer["label_keys"] if answer else [],
        series=images[0],
        images=images[1],
        regions=[*marks, *((key, key) for key in painted)],
        values={
            (state.content["scope"], state.content["target"]): state.content["values"]
            for one, state in live
            if one.kind == ATTRIBUTES
        },
    )


def _images(session: Session, task: Task) -> tuple[list[str], list[str]]:
    """Series and SOP Instance UIDs of a study, in the order they are shown."""
    rows = session.execute(
        select(Series.series_uid, Instance.sop_instance_uid)
        .join(Instance, Instance.series_id == Series.id)
        .where(Series.study_id == task.study_id)
        .order_by(
            Series.series_number.nulls_last(), Series.series_uid,
            Instance.instance_number.nulls_last(), Instance.sop_instance_uid,
        )
    ).all()  # fmt: skip
    return list(dict.fromkeys(series for series, _ in rows)), [image for _, image in rows]


def _refuse_lacks(schema: LabelSchema, work: Work) -> None:
    found = lacks(schema.attributes, work)
    if not found:
        return
    names = {attribute["key"]: attribute["name"] for attribute in schema.attributes}
    first = names[found[0].attribute]
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    raise AttributesLacking(
        f"Answer “{first}” ({found[0].scope}){more}, then submit.",
        lacks=[asdict(lack) for lack in found],
    )


def _said(
    annotation: Annotation,
    revision: AnnotationRevision,
    values: dict[Target, dict[str, Any]],
    target: str,
) -> dict[str, Any]:
    return {
        "annotation_id": str(annotation.id),
        "revision_id": str(revision.id),
        "kind": annotation.kind,
        **revision.content,
        "attributes": values.get(("region", target), {}),
    }

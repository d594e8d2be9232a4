"""Rows for tests, keyword-only, with sensible defaults. Each flushes, so ids and keys hold."""

import hashlib
from collections.abc import Sequence
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from collimate.access.models import User
from collimate.access.policy import Role
from collimate.annotations.models import Submission
from collimate.kit import clock, ids
from collimate.projects import create, schema
from collimate.projects.models import LabelSchema, Member, Project
from collimate.studies.models import Instance, Patient, Series, Study
from collimate.tasks.models import Read, Task

_number = count(1)
# argon2 of a random word: accounts of tests sign in through `client`, not by password.
_UNUSABLE = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"


def _add(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


def make_user(session: Session, *, name: str = "Reader", is_admin: bool = False) -> User:
    number = next(_number)
    return _add(
        session,
        User(
            email=f"user{number}@clinic.example",
            name=f"{name} {number}",
            password_hash=_UNUSABLE,
            is_admin=is_admin,
        ),
    )


def make_project(
    session: Session,
    *,
    owner: User | None = None,
    name: str = "Chest",
    reading_rules: dict[str, Any] | None = None,
    learning_rules: dict[str, Any] | None = None,
) -> Project:
    owner = owner or make_user(session, name="Owner")
    project = create.create_project(session, owner, name=name)
    project.reading_rules = {**project.reading_rules, **(reading_rules or {})}
    project.learning_rules = {**project.learning_rules, **(learning_rules or {})}
    session.flush()
    return project


def make_member(
    session: Session, *, project: Project, role: Role = Role.READER, user: User | None = None
) -> User:
    user = user or make_user(session, name=role.replace("_", " ").title())
    _add(session, Member(project_id=project.id, user_id=user.id, role=role))
    return user


def make_schema(
    session: Session,
    *,
    project: Project,
    classes: tuple[str, ...] = ("normal", "bacterial", "viral"),
    answer_mode: str = "single",
    attributes: Sequence[dict[str, Any]] = (),
    reasons: Sequence[str] = (),
    quality: str = "none",
) -> LabelSchema:
    colours = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")
    labels = [
        schema.LabelDraft(name=name, kind="class", colour=colours[i % 7], hotkey=str(i + 1))
        for i, name in enumerate(classes)
    ]
    labels += [
        schema.LabelDraft(name="Opacity", kind="box", colour="#56b4e9", hotkey="b"),
        schema.LabelDraft(name="Outline", kind="polygon", colour="#009e73", hotkey="p"),
        schema.LabelDraft(name="Heart width", kind="length", colour="#cc79a7", hotkey="l"),
        schema.LabelDraft(name="Lung", kind="segment", colour="#0072b2", hotkey="s"),
    ]
    asked = schema.Asked(
        [_attribute(**one) for one in attributes],
        [{"key": None, "name": name} for name in reasons],
        quality,
    )
    return schema.design(
        session, None, project, question="What do you see?", answer_mode=answer_mode,
        labels=labels, asked=asked,
    )  # fmt: skip


def _attribute(name: str, kind: str = "yes_no", scope: str = "study", **given: Any) -> Any:
    """An attribute as the API has it; choices are given by name."""
    names = given.pop("choices", ())
    return {
        "key": None, "name": name, "kind": kind, "scope": scope, "label_keys": [], "unit": "",
        "choices": [{"key": None, "name": one} for one in names],
        "minimum": None, "maximum": None, "is_required": False, "shown_when": None,
    } | given  # fmt: skip


def make_patient(
    session: Session,
    *,
    project: Project,
    is_holdout: bool = False,
    keyed_hash: str | None = None,
    sex: str | None = "F",
    age_years: int | None = 60,
) -> Patient:
    number = next(_number)
    return _add(
        session,
        Patient(
            project_id=project.id,
            pseudonym=f"P-{number:08d}",
            keyed_hash=keyed_hash or hashlib.sha256(f"patient {number}".encode()).hexdigest(),
            sex=sex,
            age_years=age_years,
            is_holdout=is_holdout,
        ),
    )


def make_study(
    session: Session,
    *,
    project: Project,
    patient: Patient | None = None,
    is_holdout: bool = False,
    modality: str = "DX",
    site: str | None = "north",
    rows: int = 64,
    columns: int = 48,
) -> Study:
    """A study of one instance; its blobs are named but not written."""
    patient = patient or make_patient(session, project=project, is_holdout=is_holdout)
    number = next(_number)
    uid = f"2.25.{number:030d}"
    study = _add(
        session,
        Study(
            project_id=project.id,
            patient_id=patient.id,
            study_uid=uid,
            modality=modality,
            body_part="CHEST",
            site=site,
            series_count=1,
            instance_count=1,
        ),
    )
    series = _add(
        session,
        Series(
            project_id=project.id,
            study_id=study.id,
            series_uid=f"{uid}.1",
            modality=modality,
            series_number=1,
            instance_count=1,
        ),
    )
    digest = hashlib.sha256(uid.encode()).hexdigest()
    _add(
        session,
        Instance(
            project_id=project.id,
            study_id=study.id,
            series_id=series.id,
            sop_instance_uid=f"{uid}.1.1",
            sop_class_uid="1.2.840.10008.5.1.4.1.1.1.1",
            instance_number=1,
            source_sha256=digest,
            file_sha256=digest,
            file_bytes=rows * columns * 2,
            original_transfer_syntax_uid="1.2.840.10008.1.2.1",
            served_transfer_syntax_uid="1.2.840.10008.1.2.1",
            frames_sha256=digest,
            frame_ranges=[[0, rows * columns * 2]],
            rows=rows,
            columns=columns,
            frame_count=1,
            samples_per_pixel=1,
            bits_allocated=16,
            photometric_interpretation="MONOCHROME2",
            pixel_spacing_mm=[0.2, 0.2],
            thumbnail_sha256=digest,
        ),
    )
    return study


def make_task(
    session: Session,
    *,
    project: Project,
    study: Study | None = None,
    wanted_reads: int = 1,
    priority: float = 0.0,
    arm: str = "arrival",
) -> Task:
    """An open task with its slots."""
    study = study or make_study(session, project=project)
    task = _add(
        session,
        Task(
            project_id=project.id,
            study_id=study.id,
            is_holdout=session.get_one(Patient, study.patient_id).is_holdout,
            wanted_reads=wanted_reads,
            priority=priority,
            arm=arm,
        ),
    )
    for slot in range(1, wanted_reads + 1):
        _add(session, Read(project_id=project.id, task_id=task.id, slot=slot))
    return task


def make_submission(
    session: Session,
    *,
    project: Project,
    reader: User,
    schema: LabelSchema,
    label_keys: list[str],
    task: Task | None = None,
    state: str = "submitted",
    segments: Sequence[dict[str, Any]] = (),
    marks: Sequence[dict[str, Any]] = (),
    attributes: Sequence[dict[str, Any]] = (),
) -> Submission:
    """A submitted read with a study-level answer; no marks unless given."""
    task = task or make_task(session, project=project)
    now = clock.now()
    read = (
        session.query(Read)
        .filter(Read.task_id == task.id, Read.state == "open")
        .order_by(Read.slot)
        .first()
    )
    assert read is not None, "the task has no open slot left"
    read.reader_id, read.label_schema_id = reader.id, schema.id
    read.state, read.claimed_at, read.submitted_at, read.active_ms = state, now, now, 30_000
    content: dict[str, Any] = {"answer": {"label_keys": label_keys}, "marks": list(marks)}
    if segments:
        content["segments"] = list(segments)
    if attributes:
        content["attributes"] = list(attributes)
    submission = _add(
        session,
        Submission(
            project_id=project.id,
            read_id=read.id,
            number=1,
            author_id=reader.id,
            revision_ids=[str(ids.new_id())],
            content=content,
            sha256=hashlib.sha256(repr(content).encode()).hexdigest(),
        ),
    )
    session.flush()
    return submission

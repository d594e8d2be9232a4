"""One of everything in one project, another project beside it, and someone of every kind."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy.orm import Session

from collimate.access import sign_in
from collimate.access.models import User
from collimate.access.policy import Role
from collimate.annotations.models import Annotation, Comment
from collimate.app import make_app
from collimate.datasets.models import DatasetVersion, Export
from collimate.jobs import enqueue
from collimate.jobs.kinds import JobKind
from collimate.kit import clock
from collimate.kit.database import open_session
from collimate.learning.models import Hunt, ModelVersion, TrainingRun
from collimate.projects.models import Project
from collimate.prompts.models import PromptSession
from collimate.reviews.models import GuideExample
from collimate.studies.models import Cohort, Erasure, HeldImage, ReceivedFile, Upload
from collimate.studies.texts.models import StudyText
from collimate.tasks.models import Read
from tests.conftest import empty
from tests.factories import (
    make_member,
    make_project,
    make_schema,
    make_study,
    make_submission,
    make_task,
    make_user,
)

COUNTS = {
    "train": 0, "validation": 0, "test": 0, "studies": 0, "patients": 0, "reads": 0, "by_label": {},
}  # fmt: skip


@dataclass(frozen=True)
class World:
    ids: dict[str, UUID]
    uids: dict[str, str]
    users: dict[str, User]
    other_project_id: UUID
    fence: int


class House:
    """A world that stands until something in it was changed, and the browsers of its people.

    Refused requests and looking leave it as it was, so that it serves the next test as well.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._app = make_app()
        self._world: World | None = None
        self._browsers: dict[str, TestClient] = {}

    def world(self) -> World:
        if self._world is None:
            empty(self._address)
            with open_session() as session:
                self._world = build_world(session)
        return self._world

    def browser(self, name: str) -> TestClient:
        """The browser of a person; of nobody where the world has no such person."""
        if name not in self._browsers:
            browser = TestClient(self._app, base_url="http://testserver")
            self._browsers[name] = browser
            user = self.world().users.get(name)
            if user is not None:
                with open_session() as session:
                    new = sign_in.open_sign_in(session, session.merge(user, load=True))
                browser.cookies.set("collimate_session", new.secret)
                browser.headers["x-csrf-token"] = new.sign_in.csrf_token
        return self._browsers[name]

    def ask(self, name: str, method: str, path: str) -> Response:
        """What a person is answered; a change that was let through ends the world with the test."""
        body = {} if method in ("POST", "PATCH", "PUT") else None
        answer = self.browser(name).request(method, path, json=body)
        if method != "GET" and answer.status_code < 400:
            self.is_changed = True
        return answer

    is_changed = False

    def leave(self) -> None:
        """At the end of a test: take down what was changed."""
        if self.is_changed:
            self.close()

    def close(self) -> None:
        for browser in self._browsers.values():
            browser.close()
        self._browsers.clear()
        self._world, self.is_changed = None, False
        empty(self._address)


def _add(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


def build_world(session: Session) -> World:
    """Rows of every kind in project A; users of every role in A, one in B, and outsiders."""
    project, other = make_project(session, name="A"), make_project(session, name="B")
    schema = make_schema(session, project=project)
    make_schema(session, project=other)
    users = {role.value: make_member(session, project=project, role=role) for role in Role}
    users["the_reader"] = make_member(session, project=project)
    users["stranger"] = make_user(session, name="Stranger")
    users["instance_admin"] = make_user(session, name="Admin", is_admin=True)
    users["deactivated"] = make_member(session, project=project, role=Role.PROJECT_ADMIN)
    users["member_elsewhere"] = make_member(session, project=other, role=Role.PROJECT_ADMIN)
    study = make_study(session, project=project)
    task = make_task(session, project=project, study=study)
    read = session.query(Read).filter(Read.task_id == task.id).one()
    read.state, read.reader_id = "claimed", users["the_reader"].id
    read.label_schema_id, read.claimed_at, read.fence = schema.id, clock.now(), 1
    read.lease_until = clock.now().replace(year=clock.now().year + 1)
    session.flush()
    written = {"number": 1, "text": "Cough.", "written_by": users["data_manager"].id}
    _add(session, StudyText(project_id=project.id, study_id=study.id, **written))
    make_task(session, project=project)
    submission = make_submission(
        session, project=project, reader=users["the_reader"], schema=schema, label_keys=["normal"]
    )
    deleted = make_study(session, project=project)
    deleted.deleted_at = clock.now()
    ids = {
        "project_id": project.id,
        "study_id": study.id,
        "deleted_study_id": deleted.id,
        "task_id": task.id,
        "read_id": read.id,
        "label_schema_id": schema.id,
        "submission_id": submission.id,
        "user_id": users["reader"].id,
        "token_id": sign_in.new_token(session, users["the_reader"], "mine")[0].id,
        "annotation_id": _add(
            session, Annotation(project_id=project.id, read_id=read.id, kind="answer")
        ).id,
        "example_id": _add(
            session,
            GuideExample(
                project_id=project.id,
                label_key="normal",
                study_id=study.id,
                sop_instance_uid="1.2.3",
                frame_number=1,
                created_by=users["the_reader"].id,
            ),
        ).id,
        "comment_id": _asked(session, users["the_reader"], schema.id).id,
        "job_id": enqueue.enqueue(session, JobKind.EXPORT_DATASET, project_id=project.id).id,
        "prompt_session_id": _add(
            session,
            PromptSession(
                project_id=project.id,
                read_id=read.id,
                series_id=study.id,
                reader_id=users["the_reader"].id,
                through_frames=False,
                prompts=[],
                asked=1,
            ),
        ).id,
        "hunt_id": _add(
            session,
            Hunt(
                project_id=project.id,
                study_id=study.id,
                sop_instance_uid=f"{study.study_uid}.1.1",
                frame_number=1,
                x=1.0,
                y=1.0,
                asked_by=users["the_reader"].id,
                recipe="none",
            ),
        ).id,
        **_machine_rows(session, project.id, schema.id, users["project_admin"].id),
    }
    users["deactivated"].is_active = False
    session.flush()
    uids = {
        "study_uid": study.study_uid,
        "series_uid": f"{study.study_uid}.1",
        "sop_instance_uid": f"{study.study_uid}.1.1",
    }
    return World(ids, uids, users, other.id, read.fence)


def _asked(session: Session, reader: User, schema_id: UUID) -> Comment:
    """A question about a case of its own that waits for an answer."""
    project = session.query(Project).filter(Project.name == "A").one()
    task = make_task(session, project=project)
    read = session.query(Read).filter(Read.task_id == task.id).one()
    read.state, read.reader_id, read.label_schema_id = "issue", reader.id, schema_id
    task.state = "issue"
    issue = Comment(
        project_id=project.id, read_id=read.id, author_id=reader.id, text="Why?", is_issue=True
    )
    added: Comment = _add(session, issue)
    return added


def _machine_rows(
    session: Session, project_id: UUID, schema_id: UUID, user_id: UUID
) -> dict[str, UUID]:
    file = ReceivedFile(
        project_id=project_id, file_name="broken.dcm", sha256="0" * 64, byte_count=1,
        state="quarantined", code="not_dicom", text="This is not a DICOM file.",
    )  # fmt: skip
    dataset = DatasetVersion(
        project_id=project_id, name="v1", label_schema_id=schema_id, counts=COUNTS,
        split_shares={"train": 0.7, "validation": 0.1, "test": 0.2},
        manifest={"entries": []}, manifest_sha256="0" * 64, frozen_by=user_id,
    )  # fmt: skip
    run = TrainingRun(
        project_id=project_id, round_number=1, label_count=3, control_label_count=1,
        manifest_sha256="0" * 64, code_version="0", seed=0, seconds=0.1,
    )  # fmt: skip
    upload = Upload(
        project_id=project_id, user_id=make_user(session).id, file_name="a.zip", byte_count=9,
        sha256=None, file_id=None,
    )  # fmt: skip
    for row in (file, dataset, run, upload):
        _add(session, row)
    held = HeldImage(
        project_id=project_id, file_id=file.id, series_uid="1.2", modality="US", rows=8, columns=8,
        reasons=["kind"], found_boxes=[], frame_count=1, frame_ranges=[[0, 64]], dicom_json={},
    )  # fmt: skip
    _add(session, held)
    export = Export(
        project_id=project_id, dataset_version_id=dataset.id, format="csv", requested_by=user_id
    )
    model = ModelVersion(
        project_id=project_id, training_run_id=run.id, encoder_ids=[], number=1,
        label_schema_id=schema_id, weights_sha256="0" * 64,
    )  # fmt: skip
    erasure = Erasure(project_id=project_id, ordered_by=user_id, keyed_hash="0" * 64)
    cohort = Cohort(
        project_id=project_id, name="CT", filter={"modality": "CT"}, is_frozen=False,
        made_by=user_id,
    )  # fmt: skip
    for row in (export, model, erasure, cohort):
        _add(session, row)
    return {
        "file_id": file.id,
        "held_image_id": held.id,
        "frame_number": 1,
        "dataset_id": dataset.id,
        "export_id": export.id,
        "model_id": model.id,
        "upload_id": upload.id,
        "erasure_id": erasure.id,
        "cohort_id": cohort.id,
    }

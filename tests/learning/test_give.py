"""Weights come as a file; what cannot be used is refused at once, in words, and is not kept."""

import pickle

import pytest
from sqlalchemy import func, select

from collimate.access.models import AuditEvent
from collimate.access.policy import Role
from collimate.jobs.models import Job
from collimate.kit.blobs import blobs
from collimate.learning import give
from collimate.learning.models import Encoder
from tests import factories
from tests.learning.weights import own_weights


@pytest.fixture
def send(session, client):
    project = factories.make_project(session)
    admin = factories.make_member(session, project=project, role=Role.PROJECT_ADMIN)
    session.commit()
    path = f"/api/projects/{project.id}/learning/encoder/weights"
    return lambda content: client(admin).post(path, content=content)


def test_given_weights_are_kept_audited_and_checked_by_the_worker(session, send):
    content = own_weights()
    answer = send(content)
    assert answer.status_code == 202
    encoder = session.scalars(select(Encoder)).one()
    assert (encoder.kind, encoder.state, encoder.is_current) == ("given", "training", False)
    assert encoder.recipe == {"architecture": "collimate-encoder-1"}
    assert blobs().read(str(encoder.weights_sha256)) == content
    job = session.get_one(Job, answer.json()["id"])
    assert (job.kind, job.arguments) == ("train_encoder", {"encoder_id": str(encoder.id)})
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "encoder_given")).one()
    assert event.detail == {"weights_sha256": encoder.weights_sha256}
    assert event.actor_id is not None


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "safetensors"), (pickle.dumps([1]), "pickle"), (own_weights()[:2000], "safetensors")],
)
def test_what_is_no_encoder_is_refused_and_nothing_is_kept(session, send, content, word):
    answer = send(content)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/weights-unusable"
    assert word in answer.json()["detail"]
    assert session.scalar(select(func.count()).select_from(Encoder)) == 0
    assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_a_file_without_end_is_cut_off(session, send, monkeypatch):
    monkeypatch.setattr(give, "MAX_FILE_BYTES", 1000)
    answer = send(own_weights())
    assert answer.status_code == 413
    assert session.scalar(select(func.count()).select_from(Encoder)) == 0

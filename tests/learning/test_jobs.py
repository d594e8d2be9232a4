"""The ML worker embeds, trains, swaps encoders in, explains, and steps aside for people."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pydicom
import pytest
import torch
from PIL import Image
from sqlalchemy import func, select

from collimate.jobs import run
from collimate.jobs.enqueue import cancel, enqueue
from collimate.jobs.kinds import JobKind
from collimate.jobs.models import Job
from collimate.kit.database import open_session
from collimate.kit.settings import Settings, settings
from collimate.learning import ask, encoders, gate
from collimate.learning.due import newest_batch
from collimate.learning.explanations import ALL_CLASSES
from collimate.learning.give import give_encoder
from collimate.learning.gpu import explain, glance, train
from collimate.learning.gpu.look import uncertainty
from collimate.learning.images import StudyUnusable, picture_of
from collimate.learning.models import (
    Embedding,
    Encoder,
    Explanation,
    Prediction,
    QueryBatch,
    TrainingRun,
)
from collimate.learning.urgent import urgent_job_waits
from collimate.learning.versions import promoted_model
from collimate.ml.encoder import Network, save_encoder
from collimate.ml.explain import Method
from collimate.projects.models import Project
from collimate.studies.models import Instance, Study
from collimate.tasks import queue
from collimate.tasks.models import Task
from tests import factories
from tests.learning.pictures import chest, make_picture, work_all, work_once

CLASSES = ("normal", "bacterial", "viral")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Encoders train for two seconds, once there are twenty studies."""
    short = Settings(encoder_seconds=2)
    monkeypatch.setattr(train, "settings", lambda: short)
    monkeypatch.setattr(train, "FEWEST_STUDIES", 20)
    return


def make_clinic(studies: int = 30, *, holdout_every: int = 5) -> UUID:
    with open_session() as session:
        project = factories.make_project(session, learning_rules={"batch_size": 6})
        factories.make_schema(session, project=project, classes=CLASSES)
        for number in range(studies):
            make_picture(
                session,
                project=project,
                pixels=chest(number % 3, number),
                is_holdout=number % holdout_every == 4,
            )
        queue.open_missing(session, project.id)
        ask.for_embedding(session, project.id)
        return project.id


def read_all(project_id: UUID, count: int) -> None:
    """Answer the first `count` studies truly (their kind is their place modulo three)."""
    with open_session() as session:
        project = session.get_one(Project, project_id)
        reader = factories.make_member(session, project=project)
        from collimate.projects.schema import current_schema

        schema = current_schema(session, project_id)
        rows = session.execute(
            select(Study.id, Task).join(Task).where(Study.project_id == project_id)
        ).all()
        for number, (_, task) in enumerate(sorted(rows, key=lambda row: row[0])[:count]):
            if task.state == "open":
                factories.make_submission(
                    session, project=project, reader=reader, schema=schema, task=task,
                    label_keys=[CLASSES[number % 3]],
                )  # fmt: skip
                task.state = "submitted"


def vectors(project_id: UUID) -> dict[str, int]:
    with open_session() as session:
        query = (
            select(Encoder.kind, func.count())
            .join(Embedding, Embedding.encoder_id == Encoder.id)
            .where(Encoder.project_id == project_id)
            .group_by(Encoder.kind)
        )
        return dict(session.execute(query).all())


def test_new_studies_are_seen_once_and_the_first_queue_is_ordered(database: str) -> None:
    project_id = make_clinic(12)
    assert work_all() == [
        ("embed_studies", "done"), ("run_round", "done"), ("train_encoder", "done"),
    ]  # fmt: skip
    assert vectors(project_id) == {"scattering": 12}
    with open_session() as session:
        batch = newest_batch(session, project_id)
        assert batch is not None
        assert (batch.round_number, batch.model_version_id) == (1, None)
        ask.for_embedding(session, project_id)
    work_all()
    assert vectors(project_id) == {"scattering": 12}
    with open_session() as session:
        assert session.scalar(select(func.count()).select_from(QueryBatch)) == 1


def test_a_study_no_encoder_can_use_is_noted_and_holds_up_nobody(database: str) -> None:
    project_id = make_clinic(6)
    with open_session() as session:
        project = session.get_one(Project, project_id)
        flat = make_picture(session, project=project, pixels=np.full((50, 50), 7, np.uint16))
        lost = factories.make_study(session, project=project)
    assert ("embed_studies", "done") in work_all()
    assert vectors(project_id) == {"scattering": 6}
    with open_session() as session:
        row = encoders.scattering_encoder(session, project_id)
        refused = encoders.refused_by(row)
        assert set(refused) == {str(flat.id), str(lost.id)}
        assert "same value" in refused[str(flat.id)]
        assert encoders.refused_count(session, project_id) == 2
        waiting = session.scalars(select(Task).where(Task.study_id == flat.id)).one()
        assert (waiting.state, waiting.arm) == ("open", "arrival")


def test_pictures_are_the_middle_frame_in_modality_values_upright_and_whole(database: str) -> None:
    with open_session() as session:
        project = factories.make_project(session)
        stack = np.stack([chest(0, n) for n in range(5)])
        study = make_picture(session, project=project, pixels=stack)
        picture = picture_of(session, study.id)
        assert picture.frame_number == 3
        np.testing.assert_array_equal(picture.values, stack[2].astype(np.float32))
        negative = make_picture(
            session, project=project, pixels=4095 - chest(1, 3), photometric="MONOCHROME1"
        )
        positive = make_picture(session, project=project, pixels=chest(1, 3))
        np.testing.assert_allclose(
            picture_of(session, negative.id).square(64),
            picture_of(session, positive.id).square(64),
            atol=1e-3,
        )
        instance = session.scalars(select(Instance).where(Instance.study_id == study.id)).one()
        instance.frame_ranges = [[0, 10]] * 5
        with pytest.raises(StudyUnusable):
            picture_of(session, study.id)


def test_an_encoder_is_trained_on_the_pool_and_waits_for_labels_when_complete(
    database: str, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    honest = train.self_supervised.train

    def watched(images: np.ndarray, **named: Any) -> Any:
        seen.append(len(images))
        return honest(images, **named)

    monkeypatch.setattr(train.self_supervised, "train", watched)
    project_id = make_clinic(30)
    done = work_all()
    assert done == [
        ("embed_studies", "done"),
        ("run_round", "done"),
        ("train_encoder", "done"),
        ("compare_encoders", "done"),
    ]
    # Held-out studies are embedded, never trained on.
    assert seen == [24]
    assert vectors(project_id) == {"scattering": 30, "simclr": 30}
    with open_session() as session:
        current = encoders.current_encoders(session, project_id)
        assert [row.kind for row in current] == ["scattering"], "no label has spoken for it yet"
        waiting = gate.candidate(session, project_id)
        assert waiting is not None
        assert waiting.recipe["images"] == 24
        batch = newest_batch(session, project_id)
        assert batch is not None
        assert batch.settings["encoder_ids"] == [str(row.id) for row in current]
        ask.for_encoder(session, session.get_one(Project, project_id), by=None)
    work_all()
    with open_session() as session:
        rows = session.scalars(select(Encoder).where(Encoder.kind == "simclr").order_by(Encoder.id))
        assert [(row.state, row.is_current) for row in rows] == [
            ("retired", False), ("ready", False),
        ]  # fmt: skip
    folder = settings().home_path / "work" / "encoders"
    assert list(folder.iterdir()) == []


def test_training_steps_aside_for_a_person_and_goes_on_after(
    database: str, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glance, "SECONDS_BETWEEN_LOOKS", 0.0)
    project_id = make_clinic(24)
    with open_session() as session:
        ask.for_encoder(session, session.get_one(Project, project_id), by=None)
    first = work_once()
    second = work_once()
    assert first is not None
    assert second is not None
    assert (first[1].kind, second[1].kind) == ("embed_studies", "run_round")

    honest = train.self_supervised.train

    def interrupted(images: np.ndarray, **named: Any) -> Any:
        with open_session() as session:
            ask.for_round(session, session.get_one(Project, project_id), by=None)
        monkeypatch.setattr(train.self_supervised, "train", honest)
        return honest(images, **named)

    monkeypatch.setattr(train.self_supervised, "train", interrupted)
    paused = work_once()
    assert paused is not None
    assert (paused[1].kind, paused[0], paused[1].result) == (
        "train_encoder", "done", {"paused": 1},
    )  # fmt: skip
    assert [kind for kind, _ in work_all()] == ["run_round", "train_encoder", "compare_encoders"]
    assert vectors(project_id)["simclr"] == 24


def test_a_round_that_is_not_due_interrupts_nobody(database: str) -> None:
    project_id = make_clinic(12)
    work_all()
    with open_session() as session:
        enqueue(session, JobKind.RUN_ROUND, project_id=project_id, dedup_key="a")
        assert not urgent_job_waits(session, JobKind.TRAIN_ENCODER)
        enqueue(session, JobKind.RUN_ROUND, project_id=project_id, dedup_key="b", is_forced=1)
        assert urgent_job_waits(session, JobKind.TRAIN_ENCODER)
    with open_session() as session:
        before = session.scalar(select(func.count()).select_from(QueryBatch))
    states = [work_once(), work_once()]
    results = [found[1].result for found in states if found]
    assert {"skipped": 1} in results
    with open_session() as session:
        assert session.scalar(select(func.count()).select_from(QueryBatch)) == (before or 0) + 1


@pytest.mark.parametrize("during", ["train", "embed_all"])
def test_a_cancelled_training_leaves_the_serving_encoders(
    database: str, quick: None, monkeypatch: pytest.MonkeyPatch, during: str
) -> None:
    seconds = 60 if during == "train" else 1
    monkeypatch.setattr(train, "settings", lambda: Settings(encoder_seconds=seconds))
    monkeypatch.setattr(run, "settings", lambda: Settings(job_lease_seconds=1))
    project_id = make_clinic(24)
    assert [work_once(), work_once()] != [None, None]
    place = train.self_supervised if during == "train" else train
    honest = getattr(place, during)

    def cancelled(*given: Any, **named: Any) -> Any:
        with open_session() as session:
            running = session.scalars(select(Job.id).where(Job.state == "running")).one()
            cancel(session, running)
        if during == "embed_all":
            given[0]._cancelled.wait(10)
        return honest(*given, **named)

    monkeypatch.setattr(place, during, cancelled)
    stopped = work_once()
    assert stopped is not None
    assert (stopped[1].kind, stopped[0]) == ("train_encoder", "cancelled")
    assert work_once() is None
    with open_session() as session:
        row = encoders.deep_encoder(session, project_id, encoders.FAILED)
        assert row is not None
        assert [e.kind for e in encoders.current_encoders(session, project_id)] == ["scattering"]


def test_too_few_images_for_an_encoder_are_said_in_words(database: str) -> None:
    project_id = make_clinic(6)
    work_all()
    with open_session() as session:
        ask.for_encoder(session, session.get_one(Project, project_id), by=None)
    found = work_once()
    assert found is not None
    assert found[0] == "failed"
    assert "at least 16 studies" in found[1].error


def give(project_id: UUID, path: Path) -> tuple[str, Job]:
    with open_session() as session:
        give_encoder(session, session.get_one(Project, project_id), path, by=None)
    found = work_once()
    assert found is not None
    return found


def test_a_given_encoder_serves_once_it_is_checked(database: str, tmp_path: Path) -> None:
    project_id = make_clinic(9)
    work_all()
    torch.manual_seed(0)
    weights = tmp_path / "encoder.safetensors"
    sha256 = save_encoder(Network(), weights, recipe={"recipe": "somewhere else"})
    state, _ = give(project_id, weights)
    assert state == "done"
    assert vectors(project_id) == {"scattering": 9, "given": 9}
    with open_session() as session:
        row = encoders.deep_encoder(session, project_id, encoders.READY)
        assert row is not None
        assert (row.kind, row.weights_sha256, row.is_current) == ("given", sha256, True)


def test_weights_that_hold_no_numbers_never_serve(database: str, tmp_path: Path) -> None:
    project_id = make_clinic(3)
    work_all()
    network = Network()
    with torch.no_grad():
        network.stem.weight[0, 0, 0, 0] = torch.nan
    path = tmp_path / "weights.safetensors"
    save_encoder(network, path, recipe={})
    state, job = give(project_id, path)
    assert state == "failed"
    assert "not finite" in job.error
    with open_session() as session:
        assert [e.kind for e in encoders.current_encoders(session, project_id)] == ["scattering"]
        assert encoders.newest_failure(session, project_id) is not None


def learned_clinic(*, deep: bool = False, tmp_path: Path | None = None) -> UUID:
    project_id = make_clinic(45, holdout_every=9)
    work_all()
    if deep:
        assert tmp_path is not None
        torch.manual_seed(0)
        path = tmp_path / "encoder.safetensors"
        save_encoder(Network(), path, recipe={})
        give(project_id, path)
    read_all(project_id, 36)
    with open_session() as session:
        ask.for_round(session, session.get_one(Project, project_id), by=None)
    work_all()
    return project_id


def test_the_job_path_learns_from_pixels(database: str) -> None:
    project_id = learned_clinic()
    with open_session() as session:
        model = promoted_model(session, project_id)
        assert model is not None
        rows = session.scalars(
            select(Prediction).where(Prediction.model_version_id == model.id)
        ).all()
        said = {row.study_id: row.probabilities for row in rows}
    assert len(said) == 45
    right = [
        max(p, key=p.get) == CLASSES[number % 3]
        for number, (_, p) in enumerate(sorted(said.items()))
    ]
    assert np.mean(right[36:]) > 0.8


@pytest.mark.parametrize("deep", [False, True])
def test_an_explanation_points_at_what_makes_the_class(
    database: str, tmp_path: Path, deep: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    project_id = learned_clinic(deep=deep, tmp_path=tmp_path)
    seen, look_at = [], explain.picture_of
    monkeypatch.setattr(explain, "picture_of", lambda *of: seen.append(of) or look_at(*of))
    with open_session() as session:
        model = promoted_model(session, project_id)
        assert model is not None
        studies = sorted(session.scalars(select(Study.id).where(Study.project_id == project_id)))
        for study_id in studies[2:40:6]:
            for _ in range(2):
                enqueue(
                    session, JobKind.EXPLAIN, project_id=project_id, study_id=study_id,
                    model_version_id=model.id, class_key="viral",
                )  # fmt: skip
        other = Method.GRAD_CAM_PLUS_PLUS if deep else Method.OCCLUSION
        enqueue(
            session, JobKind.EXPLAIN, project_id=project_id, study_id=studies[2],
            model_version_id=model.id, class_key="viral", method=other,
        )  # fmt: skip
        looked = studies[3]
        enqueue(
            session, JobKind.EXPLAIN, project_id=project_id, study_id=looked,
            model_version_id=model.id, class_key=ALL_CLASSES,
        )  # fmt: skip
    assert {state for _, state in work_all()} == {"done"}
    from collimate.kit.blobs import blobs

    with open_session() as session:
        slices = session.scalars(
            select(Explanation).where(Explanation.class_key == ALL_CLASSES)
        ).one()
        (only,) = json.loads(blobs().read(slices.blob_sha256))
        said = session.scalars(
            select(Prediction.probabilities).where(
                Prediction.study_id == looked, Prediction.model_version_id == model.id
            )
        ).one()
        (expected,) = uncertainty(np.array([list(said.values())]))
        assert only["uncertainty"] == pytest.approx(expected, abs=1e-3)
        rows = session.scalars(
            select(Explanation).where(Explanation.class_key != ALL_CLASSES)
        ).all()
        assert len(rows) == len(studies[2:40:6]) + 1
        assert len(seen) == len(rows), "asked for twice, made once"
        named = {row.method for row in rows if row.study_id == studies[2]}
        assert named == {Method.HIRESCAM.stored_name, other.stored_name}
        checked = session.get_one(TrainingRun, model.training_run_id).metrics["map_check"]
    # maps of weights drawn anew are other maps, and the model says so of itself
    assert checked["image_count"] == 24
    assert abs(checked["head"]["mean"]) < 0.3
    assert deep or checked["follows_weights"]
    assert ("encoder" in checked) == deep
    assert -1 <= checked["other_image"]["low"] <= checked["other_image"]["high"] <= 1
    hits = 0
    objects = set()
    for row in rows:
        image = Image.open(io.BytesIO(blobs().read(row.blob_sha256)))
        assert (image.mode, image.size) == ("RGBA", (100, 120))
        alpha = np.asarray(image)[..., 3]
        top, left = np.unravel_index(alpha.argmax(), alpha.shape)
        # an encoder that nobody trained may take the others anywhere
        if row.method == Method.HIRESCAM.stored_name:
            hits += 20 <= top <= 100 and 50 <= left <= 95
        assert row.frame_number == 1
        written = pydicom.dcmread(io.BytesIO(blobs().read(row.dicom_sha256)))
        objects.add(written.SOPInstanceUID)
        assert written.ContentDescription.startswith(f"{row.method}: ")
        shared = written.SharedFunctionalGroupsSequence[0]
        (image_of,) = shared.DerivationImageSequence[0].SourceImageSequence
        assert image_of.ReferencedSOPInstanceUID == row.sop_instance_uid
        values = np.frombuffer(written.FloatPixelData, "<f4").reshape(120, 100)
        assert np.abs(values * alpha.max() - alpha).max() <= 1
    # The stripes cover 12 % of the image; the tolerance around them makes chance about 0.3.
    assert hits >= len(rows) - 1 - 1
    assert len(objects) == len(rows)


def test_uncertainty_is_none_where_sure_and_whole_where_nothing_is_known() -> None:
    one_of_three = np.array([[1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0.0]])
    assert uncertainty(one_of_three) == pytest.approx([0.0, 1.0, np.log(2) / np.log(3)], abs=1e-6)
    several = np.array([[1.0, 1.0], [0.5, 0.5], [0.5, 1.0]])
    assert uncertainty(several) == pytest.approx([0.0, 1.0, 0.5], abs=1e-6)


def test_a_class_the_model_does_not_know_cannot_be_explained(database: str) -> None:
    project_id = learned_clinic()
    with open_session() as session:
        model = promoted_model(session, project_id)
        assert model is not None
        study_id = session.scalars(select(Study.id).where(Study.project_id == project_id)).first()
        enqueue(
            session, JobKind.EXPLAIN, project_id=project_id, study_id=study_id,
            model_version_id=model.id, class_key="nothing",
        )  # fmt: skip
        enqueue(
            session, JobKind.EXPLAIN, project_id=project_id, study_id=study_id,
            model_version_id=model.id, class_key="viral", method="guesswork",
        )  # fmt: skip
    for reason in ("does not know", "no such way"):
        found = work_once()
        assert found is not None
        assert found[0] == "failed"
        assert reason in found[1].error

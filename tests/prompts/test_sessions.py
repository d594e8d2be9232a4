"""Prompt sessions: asked by a reader, answered by a segmenter, gone on with wherever it stops."""

import os
import subprocess
import sys
import threading
from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from sqlalchemy import select, update

from collimate import prompter
from collimate.annotations.models import AnnotationRevision
from collimate.annotations.runs import to_mask
from collimate.embedded.run import PROCESSES
from collimate.kit import clock, ids
from collimate.kit.blobs import blobs, work_folder
from collimate.kit.database import open_session
from collimate.kit.ending import BROKEN
from collimate.kit.settings import settings
from collimate.ml import memory
from collimate.ml.prompts.given.take import take
from collimate.ml.prompts.seeded import Seeded
from collimate.prompts.answer import NO_VOLUME, UNREADABLE, Answerer
from collimate.prompts.ask import PromptSessionNotFound
from collimate.prompts.give import withdraw_segmenter
from collimate.prompts.models import PromptFrame, PromptSession, SegmenterFile
from collimate.prompts.segmenters import NOTES
from collimate.studies.models import Instance, Series
from collimate.tasks import claim
from tests.browser.clinic import eventually
from tests.ml import segmenters
from tests.tasks.worlds import make_room

SHAPE, SPACING = (10, 64, 80), (3.0, 0.8, 0.8)


LOSES_ITS_GPU = """
import torch
from collimate import prompter

def lost(*given):
    raise torch.AcceleratorError("CUDA error: unspecified launch failure")

torch.nn.Conv3d.forward = lost
prompter.main()
"""


def lesion():
    z, y, x = np.ogrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    return ((z - 5) * 3) ** 2 + ((y - 30) * 0.8) ** 2 + ((x - 42) * 0.8) ** 2 <= 10**2


def element(vr, *values):
    return {"vr": vr, "Value": list(values)}


def store_volume(session, instance):
    """Give an image ten frames of an axial CT with a ball in it, the highest one first."""
    voxels = np.where(lesion(), 90, 30) + np.random.default_rng(1).normal(0, 8, SHAPE)
    with work_folder() as folder:
        (folder / "frames").write_bytes(voxels[::-1].astype("<i2").tobytes())
        blob = blobs().put(folder / "frames")
    count, rows, columns = SHAPE
    size = 2 * rows * columns
    instance.frames_sha256, instance.frame_count = blob.sha256, count
    instance.rows, instance.columns = rows, columns
    instance.frame_ranges = [[at * size, size] for at in range(count)]
    facts = {"00280010": rows, "00280011": columns, "00280002": 1, "00280100": 16, "00280103": 1}
    place = [
        {"00209113": element("SQ", {"00200032": element("DS", 0.0, 0.0, 3.0 * at)})}
        for at in reversed(range(count))
    ]
    instance.dicom_json = {
        **{tag: element("US", value) for tag, value in facts.items()},
        "00280004": element("CS", "MONOCHROME2"),
        "00280030": element("DS", *SPACING[1:]),
        "00200037": element("DS", 1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
        "52009230": element("SQ", *place),
    }


@pytest.fixture
def world(session, client):
    """A reader before a case with one volume, and the address of a prompt session of theirs."""
    room = make_room(session, tasks=1, readers=2)
    read = claim.claim_next(session, room.project, room.readers[0])
    instance = session.scalars(
        select(Instance).where(Instance.study_id == room.tasks[0].study_id)
    ).one()
    store_volume(session, instance)
    series_uid = session.get_one(Series, instance.series_id).series_uid
    session.commit()
    made = SimpleNamespace(
        id=ids.new_id(), read=read, instance=instance, browser=client(room.readers[0]), asked=0,
        other=client(room.readers[1]), series_uid=series_uid,
    )  # fmt: skip
    made.address = f"/api/reads/{read.id}/prompt-sessions/{made.id}"
    return made


def prompt(world, *points, frame=5, kind="point", positive=True):
    """On a frame counted from the lowest."""
    return {
        "kind": kind, "is_positive": positive, "points": [list(point) for point in points],
        "sop_instance_uid": world.instance.sop_instance_uid, "frame_number": SHAPE[0] - frame,
    }  # fmt: skip


def ask(world, *prompts, through_frames=True, browser=None, **given):
    world.asked += 1
    body = {
        "series_uid": world.series_uid, "through_frames": through_frames, "asked": world.asked,
        "prompts": list(prompts), "fence": world.read.fence,
    } | given  # fmt: skip
    return (browser or world.browser).put(world.address, json=body)


def answerer(segmenter=None):
    return Answerer(segmenter or Seeded(), memory_bytes=1 << 24)


def heard(world, since=0):
    answer = world.browser.get(world.address, params={"since": since})
    assert answer.status_code == 200, answer.text
    return answer.json()


def volume(frames):
    mask = np.zeros(SHAPE, dtype=bool)
    for one in frames:
        mask[SHAPE[0] - one["frame_number"]] = to_mask(one["runs"], *SHAPE[1:])
    return mask


def dice(one, other):
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def test_prompts_are_answered_with_the_frames_that_changed_and_taken_back_by_saying_fewer(world):
    answers = answerer()
    first = prompt(world, (44.5, 32.5))
    assert ask(world, first).json()["answered"] == 0
    assert answers.answer_next()
    assert not answers.answer_next()
    told = heard(world)
    assert (told["asked"], told["answered"], told["problem"]) == (1, 1, "")
    assert (told["segmenter"], told["segmenter_version"]) == ("seeded-walker", "1")
    assert dice(volume(told["frames"]), lesion()) > 0.85

    corner = prompt(world, (2.0, 2.0), (6.0, 2.0), frame=2, kind="scribble")
    ask(world, first)
    answers.answer_next()
    assert heard(world, since=1)["frames"] == []
    ask(world, first, corner)
    answers.answer_next()
    assert volume(heard(world, since=2)["frames"])[2, 2, 3]
    ask(world, first)
    answers.answer_next()
    back = {one["frame_number"]: one for one in heard(world)["frames"]}
    assert volume(back.values()).sum() == volume(told["frames"]).sum()
    ask(world)
    answers.answer_next()
    assert all(one["runs"] == [] for one in heard(world, since=4)["frames"])


def test_one_frame_is_answered_alone_and_what_is_no_volume_says_so(world, session):
    answers = answerer()
    ask(world, prompt(world, (44.5, 32.5)), through_frames=False)
    answers.answer_next()
    (only,) = heard(world)["frames"]
    assert only["frame_number"] == SHAPE[0] - 5
    assert dice(volume([only])[5], lesion()[5]) > 0.9

    flat = session.merge(world.instance, load=True)
    flat.dicom_json = {k: v for k, v in flat.dicom_json.items() if k != "52009230"}
    session.commit()
    ask(world, prompt(world, (44.5, 32.5)))
    answerer().answer_next()
    assert heard(world)["problem"] == NO_VOLUME
    ask(world, prompt(world, (44.5, 32.5)), through_frames=False)
    answerer().answer_next()
    assert heard(world)["problem"] == ""
    flat.frames_sha256 = "0" * 64
    session.commit()
    ask(world, prompt(world, (44.5, 32.5)), through_frames=False)
    answerer().answer_next()
    assert heard(world)["problem"] == UNREADABLE


def give(world, session, folder):
    """A segmenter that finds the ball around a point."""
    said = segmenters.checkpoint(segmenters.copying(segmenters.POINT).state_dict())
    blob = blobs().put(take(segmenters.publish(folder / "published", said), folder)[0])
    reader_id = world.read.reader_id
    given = SegmenterFile(weights_sha256=blob.sha256, source_sha256="", given_by=reader_id)
    session.add(given)
    session.commit()
    return given


def test_the_given_segmenter_answers_and_where_it_cannot_ours_does_and_says_why(
    world, session, tmp_path, monkeypatch
):
    given = give(world, session, tmp_path)
    answers = answerer()

    def told(**how):
        ask(world, prompt(world, (44.5, 32.5)), **how)
        answers.answer_next()
        said = heard(world, since=world.asked - 1)
        assert (said["answered"], said["problem"]) == (world.asked, "")
        return said

    z, y, x = np.ogrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    ball = (z - 5) ** 2 + (y - 32) ** 2 + (x - 44) ** 2 <= 4**2
    first = told()
    assert (volume(first["frames"]) == ball).all()
    version = given.weights_sha256[:12]
    assert (first["segmenter"], first["segmenter_version"]) == ("nninteractive", version)
    assert first["note"] == ""
    told(through_frames=False)
    (only,) = [one for one in heard(world)["frames"] if one["runs"]]
    assert (volume([only])[5] == ball[5]).all()

    (tmp_path / "little").write_text("MemAvailable: 12 kB\n")
    with monkeypatch.context() as patch:
        patch.setattr(memory, "MEMORY", tmp_path / "little")
        without = told()
    assert (without["segmenter"], without["note"]) == ("seeded-walker", NOTES["no_memory"])
    assert dice(volume(heard(world)["frames"]), lesion()) > 0.85
    answers.forget()
    blobs().delete(given.weights_sha256)
    assert told()["note"] == NOTES["unreadable"]

    flat = session.merge(world.instance, load=True)
    flat.dicom_json = {k: v for k, v in flat.dicom_json.items() if k != "52009230"}
    session.commit()
    answers = answerer()
    assert told(through_frames=False)["note"] == NOTES["no_volume"]
    withdraw_segmenter(session, by=world.read.reader_id)
    session.commit()
    assert told(through_frames=False)["note"] == ""


def test_a_prompter_whose_gpu_is_lost_answers_without_it_and_ends_and_a_fresh_one_goes_on(
    world, session, tmp_path
):
    version = give(world, session, tmp_path).weights_sha256[:12]
    environment = {**os.environ, "COLLIMATE_DATABASE_URL": settings().database_url}

    def told():
        ask(world, prompt(world, (44.5, 32.5)))
        eventually(lambda: heard(world)["answered"] == world.asked, seconds=60)
        return heard(world)

    with subprocess.Popen([sys.executable, "-c", LOSES_ITS_GPU], env=environment) as broken:
        without = told()
        assert broken.wait(60) == BROKEN
    assert (without["segmenter"], without["note"]) == ("seeded-walker", NOTES["lost"])
    assert dice(volume(without["frames"]), lesion()) > 0.85
    arguments = [sys.executable, "-m", *PROCESSES["prompter"]]
    with subprocess.Popen(arguments, env=environment) as fresh:
        try:
            again = told()
        finally:
            fresh.kill()
    assert (again["segmenter"], again["segmenter_version"]) == ("nninteractive", version)
    assert again["note"] == ""


def test_only_the_reader_who_holds_the_case_points_and_only_at_its_images(world, session):
    good = prompt(world, (44.5, 32.5))
    for wrong in (
        {**good, "points": [[80.5, 3.0]]},
        {**good, "points": [[1.0, 1.0], [2.0, 2.0]]},
        {**good, "frame_number": 11},
        {**good, "sop_instance_uid": "1.2.3"},
        {**good, "kind": "lasso"},
    ):
        refused = ask(world, wrong)
        assert refused.status_code == 422
        assert refused.json()["type"] == "/problems/prompt-malformed"
    assert ask(world, good, series_uid="1.2.3").status_code == 422
    assert ask(world, good, browser=world.other).status_code == 404
    lost = ask(world, good, fence=world.read.fence - 1)
    assert (lost.status_code, lost.json()["type"]) == (409, "/problems/lease-lost")
    assert session.scalars(select(PromptSession)).all() == []

    assert ask(world, good).status_code == 200
    older = ask(world, asked=world.asked - 1)
    assert (older.status_code, older.json()["asked"]) == (200, world.asked - 1)
    with open_session() as fresh:
        assert len(fresh.get_one(PromptSession, world.id).prompts) == 1


def test_another_segmenter_goes_on_from_the_prompts_where_one_was_killed(world, session):
    ask(world, prompt(world, (44.5, 32.5)))

    class Killed(Seeded):
        def segment(self, *_arguments, **_options):
            raise SystemExit

    with pytest.raises(SystemExit):
        answerer(Killed()).answer_next()
    assert not answerer().answer_next()
    session.execute(update(PromptSession).values(claimed_until=clock.now() - timedelta(seconds=1)))
    session.commit()
    assert answerer().answer_next()
    assert dice(volume(heard(world)["frames"]), lesion()) > 0.85


def test_what_is_said_meanwhile_replaces_what_is_being_computed(world):
    class Slow(Seeded):
        turns = 0

        def segment(self, *arguments, **options):
            self.turns += 1
            if self.turns == 1:
                ask(world)
            return super().segment(*arguments, **options)

    answers = answerer(Slow())
    ask(world, prompt(world, (44.5, 32.5)))
    answers.answer_next()
    assert heard(world)["answered"] == 0
    answers.answer_next()
    assert (heard(world)["answered"], heard(world)["frames"]) == (2, [])


def test_prompts_nobody_takes_up_say_that_the_segmenter_is_away(world, session):
    ask(world, prompt(world, (44.5, 32.5)))
    assert not heard(world)["is_away"]
    session.execute(update(PromptSession).values(asked_at=clock.now() - timedelta(seconds=9)))
    session.commit()
    assert heard(world)["is_away"]
    stop = threading.Event()
    serving = threading.Thread(target=prompter.serve, args=(answerer(), stop))
    serving.start()
    try:
        eventually(lambda: heard(world)["answered"] == 1)
        assert not heard(world)["is_away"]
        ask(world)
        eventually(lambda: heard(world)["answered"] == 2)
    finally:
        stop.set()
        serving.join()


def test_an_accepted_segment_names_its_prompts_which_then_keep_no_mask(world, session):
    ask(world, prompt(world, (44.5, 32.5)), through_frames=False)
    answerer().answer_next()
    (frame,) = heard(world)["frames"]
    body = {
        "annotation_id": str(ids.new_id()), "kind": "segment", "parent_id": None,
        "fence": world.read.fence, "prompt_session_id": str(world.id),
        "content": {**frame, "label_key": "lung"},
    }  # fmt: skip
    path = f"/api/reads/{world.read.id}/annotations"

    def save(change):
        key = {"Idempotency-Key": str(ids.new_id())}
        return world.browser.post(path, json=body | change, headers=key)

    assert save({"prompt_session_id": str(ids.new_id())}).status_code == 422
    assert save({"kind": "answer", "content": {"label_keys": []}}).status_code == 422
    assert save({}).status_code == 201
    revision = session.scalars(select(AnnotationRevision)).one()
    assert revision.prompt_session_id == world.id

    assert world.browser.delete(world.address).status_code == 204
    assert session.scalars(select(PromptFrame)).all() == []
    closed = ask(world, prompt(world, (44.5, 32.5)))
    assert closed.json()["type"] == PromptSessionNotFound.type_uri()
    assert session.get_one(PromptSession, world.id, populate_existing=True).segmenter_version == "1"

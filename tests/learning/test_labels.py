"""What counts as a label, and when enough was read for the next round."""

from collections import Counter

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.learning import rounds
from collimate.learning.due import next_round_in
from collimate.learning.labels import labelled_units, question_of
from collimate.tasks.models import Read, Task
from tests import factories
from tests.learning.worlds import make_world


def test_a_round_is_due_after_every_k_reads_of_the_pool(session: Session) -> None:
    world = make_world(session, studies=80, learning={"batch_size": 8})
    assert next_round_in(session, world.project) == 0
    rounds.run_round(session, world.project.id)
    pool_reads = 0
    while pool_reads < 8:
        assert next_round_in(session, world.project) == 8 - pool_reads
        (study_id,) = world.read_next(1)
        pool_reads += study_id not in world.holdout
    assert next_round_in(session, world.project) == 0
    rounds.run_round(session, world.project.id)
    assert next_round_in(session, world.project) == 8


def test_no_round_is_due_without_vectors_or_with_learning_off(session: Session) -> None:
    world = make_world(session)
    world.project.learning_rules = {**world.project.learning_rules, "is_on": False}
    assert next_round_in(session, world.project) is None
    bare = factories.make_project(session)
    factories.make_task(session, project=bare)
    assert next_round_in(session, bare) is None
    with pytest.raises(rounds.PoolNotEmbedded):
        rounds.run_round(session, bare.id)


def test_the_whole_pool_can_be_read_to_its_end(session: Session) -> None:
    world = make_world(session, studies=30)
    for _ in range(20):
        if next_round_in(session, world.project) is None:
            break
        rounds.run_round(session, world.project.id)
        world.read_next(20)
    else:
        pytest.fail("the rounds never came to an end")
    states = Counter(
        (task.study_id in world.holdout, task.state) for task in session.scalars(select(Task))
    )
    assert states[(False, "open")] == 0


def test_readers_who_disagree_evenly_teach_nothing(session: Session) -> None:
    world = make_world(session, studies=10, reading={"wanted_reads": 3})
    second, third = (factories.make_member(session, project=world.project) for _ in range(2))
    said = {
        world.study_ids[1]: ["normal", "viral"],
        world.study_ids[2]: ["normal", "viral", "viral"],
        world.study_ids[3]: ["bacterial"],
    }
    for study_id, answers in said.items():
        for reader, key in zip((world.reader, second, third), answers, strict=False):
            factories.make_submission(
                session,
                project=world.project,
                reader=reader,
                schema=world.schema,
                label_keys=[key],
                task=world.task_of(study_id),
            )
    question = question_of(session, world.project)
    assert question is not None
    labelled, undecided = labelled_units(session, world.project, question)
    assert undecided == 1
    assert {item.study_id: item.label_keys for item in labelled} == {
        world.study_ids[2]: ("viral",),
        world.study_ids[3]: ("bacterial",),
    }


def test_where_review_is_required_only_accepted_reads_count(session: Session) -> None:
    world = make_world(session, studies=20, holdout_every=0, reading={"review_required": True})
    for study_id in world.study_ids[:6]:
        world.read(study_id)
    question = question_of(session, world.project)
    assert question is not None
    assert labelled_units(session, world.project, question) == ([], 0)
    for read in session.scalars(select(Read).where(Read.state == "submitted")):
        read.state = "accepted"
    session.flush()
    assert len(labelled_units(session, world.project, question)[0]) == 6

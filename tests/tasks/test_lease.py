"""Leases: nothing saved is lost, whoever comes late."""

import pytest

from collimate.annotations import save
from collimate.annotations.play import play_read
from collimate.kit import ids
from collimate.tasks import assign, claim, lease, places
from collimate.tasks.skip import skip
from tests.tasks.worlds import broken_promises, let_lapse, make_room


def keep_answer(session, actor, read, keys=("normal",), parent_id=None, annotation_id=None):
    change = save.Change(
        annotation_id=annotation_id or ids.new_id(),
        kind="answer",
        parent_id=parent_id,
        content={"label_keys": list(keys)},
        fence=read.fence,
    )
    return save.save(session, actor, read.id, None, change)


def test_a_draft_stays_its_readers_after_the_lease_ran_out(session):
    room = make_room(session, tasks=1)
    read = claim.claim_next(session, room.project, room.readers[0])
    keep_answer(session, room.actor(0), read)
    let_lapse(session, read.id)
    with pytest.raises(claim.WorklistEmpty):
        claim.claim_next(session, room.project, room.readers[1])
    again = claim.claim_next(session, room.project, room.readers[0])
    assert (again.id, again.state, again.fence) == (read.id, "draft", 1)


def test_a_late_hand_still_holds_a_place_nobody_took(session):
    room = make_room(session, tasks=1)
    read = claim.claim_next(session, room.project, room.readers[0])
    let_lapse(session, read.id)
    assert keep_answer(session, room.actor(0), read).is_held
    assert lease.renew(session, room.readers[0], read.id, read.fence).state == "draft"


def test_a_reader_who_comes_back_after_losing_an_empty_place_gets_it_again(session):
    room = make_room(session, tasks=1)
    read = claim.claim_next(session, room.project, room.readers[0])
    let_lapse(session, read.id)
    assert lease.release_lapsed(session, room.project.id) == [read]
    assert room.tasks[0].state == "open"
    again = claim.claim_next(session, room.project, room.readers[0])
    assert (again.id, again.slot, again.fence, again.state) == (read.id, 1, 2, "claimed")
    assert len(places.reads_of(session, room.tasks[0].id)) == 1
    with pytest.raises(lease.LeaseLost):
        lease.renew(session, room.readers[0], read.id, 1)


def test_what_a_zombie_saves_is_kept_and_waits_for_it(session):
    room = make_room(session, tasks=1)
    read = claim.claim_next(session, room.project, room.readers[0])
    let_lapse(session, read.id)
    taken = claim.claim_next(session, room.project, room.readers[1])
    kept = keep_answer(session, room.actor(0), read, ["viral"])
    assert not kept.is_held
    assert (read.state, taken.state) == ("released", "claimed")
    assert [head.content for _, head in save.heads(session, read.id)] == [{"label_keys": ["viral"]}]
    lease.release(session, room.readers[1], taken.id, taken.fence)
    back = claim.claim_next(session, room.project, room.readers[0])
    assert (back.id, back.state) == (read.id, "draft")
    assert [head.content for _, head in save.heads(session, back.id)] == [{"label_keys": ["viral"]}]
    assert not broken_promises(session)


def test_a_released_case_is_free_for_others_and_keeps_its_draft(session):
    room = make_room(session, tasks=1)
    read = claim.claim_next(session, room.project, room.readers[0])
    keep_answer(session, room.actor(0), read)
    lease.release(session, room.readers[0], read.id, read.fence)
    assert room.tasks[0].state == "open"
    other = play_read(
        session, project_id=room.project.id, reader=room.actor(1), answer=["bacterial"]
    )
    assert other.task_id == read.task_id
    assert len(save.heads(session, read.id)) == 1
    assert not broken_promises(session)


def test_a_case_assigned_by_name_stays_assigned_when_given_back(session):
    room = make_room(session, tasks=1)
    owner = room.readers[1]
    assign.assign(session, owner.id, room.project, room.readers[0], task_ids=[room.tasks[0].id])
    read = claim.claim_next(session, room.project, room.readers[0])
    lease.release(session, room.readers[0], read.id, read.fence)
    assert read.state == "assigned"
    with pytest.raises(claim.WorklistEmpty):
        claim.claim_next(session, room.project, room.readers[1])
    assert claim.claim_next(session, room.project, room.readers[0]).id == read.id


def test_a_skip_needs_the_lease_and_is_final_for_the_place(session):
    room = make_room(session, tasks=1)
    read = claim.claim_next(session, room.project, room.readers[0])
    with pytest.raises(lease.LeaseLost):
        skip(session, room.readers[0], read.id, fence=7, reason="blurred", active_ms=0)
    skip(session, room.readers[0], read.id, fence=1, reason="blurred", active_ms=4000)
    assert (read.state, read.skip_reason, read.active_ms) == ("skipped", "blurred", 4000)
    assert room.tasks[0].state == "skipped"
    for reader in room.readers:
        with pytest.raises(claim.WorklistEmpty):
            claim.claim_next(session, room.project, reader)
    assert not broken_promises(session)


def test_a_skipped_case_can_be_given_to_someone_by_name(session):
    room = make_room(session, tasks=1)
    read = claim.claim_next(session, room.project, room.readers[0])
    skip(session, room.readers[0], read.id, fence=1, reason="unsure", active_ms=0)
    by = room.readers[0].id
    given = assign.assign(session, by, room.project, room.readers[1], task_ids=[room.tasks[0].id])
    assert given == 1
    assert room.tasks[0].state == "assigned"
    play_read(session, project_id=room.project.id, reader=room.actor(1), answer=["normal"])
    assert room.tasks[0].state == "submitted"
    assert not broken_promises(session)


def test_an_admin_hands_on_a_case_whose_draft_lies_idle_and_the_draft_is_kept(session):
    room = make_room(session, tasks=1)
    read = claim.claim_next(session, room.project, room.readers[0])
    keep_answer(session, room.actor(0), read)
    by, task_ids = room.readers[0].id, [room.tasks[0].id]
    assert assign.assign(session, by, room.project, room.readers[1], task_ids=task_ids) == 0
    let_lapse(session, read.id)
    assert assign.assign(session, by, room.project, room.readers[1], task_ids=task_ids) == 1
    assert read.state == "released"
    assert len(save.heads(session, read.id)) == 1
    late = keep_answer(
        session, room.actor(0), read, ["viral"],
        parent_id=save.heads(session, read.id)[0][1].id,
        annotation_id=save.heads(session, read.id)[0][0].id,
    )  # fmt: skip
    assert not late.is_held
    assert not broken_promises(session)


def test_active_time_never_goes_back(session):
    room = make_room(session, tasks=1)
    read = claim.claim_next(session, room.project, room.readers[0])
    lease.spend(read, 5000)
    lease.spend(read, 3000)
    assert read.active_ms == 5000
    lease.spend(read, 10**12)
    assert read.active_ms == lease.LONGEST_ACTIVE_MS


def test_another_readers_case_does_not_exist(session):
    room = make_room(session, tasks=1)
    read = claim.claim_next(session, room.project, room.readers[0])
    for verb in (lease.renew, lease.release):
        with pytest.raises(places.ReadNotFound):
            verb(session, room.readers[1], read.id, read.fence)
    with pytest.raises(places.ReadNotFound):
        keep_answer(session, room.actor(1), read)

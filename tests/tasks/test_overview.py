"""What admins see and do: progress, the list of tasks, assignment, priority; and the worklist."""

import pytest

from collimate.access.policy import Role
from collimate.annotations.play import play_read
from collimate.tasks import assign, claim, progress, queue, worklist
from collimate.tasks.skip import skip
from tests import factories
from tests.studies.dicomweb import statements
from tests.tasks.worlds import make_room


def test_progress_counts_tasks_and_each_readers_pace(session):
    room = make_room(session, tasks=5)
    for spent in (10_000, 30_000):
        play_read(
            session, project_id=room.project.id, reader=room.actor(0), answer=["normal"],
            active_ms=spent,
        )  # fmt: skip
    read = claim.claim_next(session, room.project, room.readers[1])
    skip(session, room.readers[1], read.id, fence=1, reason="blurred", active_ms=5_000)
    play_read(
        session, project_id=room.project.id, reader=room.actor(1), answer=["viral"],
        stop_at_draft=True,
    )  # fmt: skip
    found = progress.progress(session, room.project)
    wanted = {"open": 1, "submitted": 2, "skipped": 1, "draft": 1, "claimed": 0, "accepted": 0}
    assert {state: found["counts"][state] for state in wanted} == wanted
    first, second = sorted(found["readers"], key=lambda row: -row["submitted_count"])
    assert (first["submitted_count"], first["active_ms_median"]) == (2, 20_000)
    assert (second["skipped_count"], second["active_ms_median"]) == (1, None)


def test_the_list_of_tasks_goes_page_by_page_in_the_order_of_the_queue(session):
    room = make_room(session, tasks=5)
    seen, after = [], None
    while True:
        page = progress.task_page(session, room.project, state="open", after=after, limit=2)
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == [task.id for task in room.tasks]
    assert page["items"][0]["reads"][0]["state"] == "open"


def test_a_number_of_cases_is_given_to_a_reader_who_then_gets_them_first(session):
    room = make_room(session, tasks=5)
    by = room.readers[1].id
    assert assign.assign(session, by, room.project, room.readers[0], count=2) == 2
    assert [task.state for task in room.tasks] == ["assigned"] * 2 + ["open"] * 3
    assert claim.claim_next(session, room.project, room.readers[1]).task_id == room.tasks[2].id
    assert claim.claim_next(session, room.project, room.readers[0]).task_id == room.tasks[0].id
    assert room.tasks[0].arm == "person"


def test_assigning_keeps_the_arm_the_learner_drew(session):
    room = make_room(session, tasks=1)
    queue.reprioritise(session, room.project.id, {room.tasks[0].id: (5.0, "control", "drawn")})
    session.expire_all()
    assign.assign(session, room.readers[1].id, room.project, room.readers[0], count=1)
    assert room.tasks[0].arm == "control"


def test_cases_are_not_given_to_someone_who_does_not_read(session):
    room = make_room(session, tasks=1)
    manager = factories.make_member(session, project=room.project, role=Role.DATA_MANAGER)
    with pytest.raises(assign.NotAReader):
        assign.assign(session, manager.id, room.project, manager, count=1)


def test_a_case_moved_by_hand_comes_next(session):
    room = make_room(session, tasks=3)
    assign.set_priority(session, room.readers[0].id, room.tasks[2].id, 50.0)
    assert claim.claim_next(session, room.project, room.readers[0]).task_id == room.tasks[2].id


def test_the_worklist_says_why_a_case_comes_where_the_project_shows_it(session):
    for shown in (True, False):
        room = make_room(session, tasks=1, show_reason=shown)
        order = {room.tasks[0].id: (5.0, "strategy", "uncertain: viral or bacterial")}
        queue.reprioritise(session, room.project.id, order)
        session.expire_all()
        found = worklist.worklist(session, room.project, room.readers[0])
        assert found["next"]["reason"] == ("uncertain: viral or bacterial" if shown else None)


def test_what_a_reader_peeks_at_is_what_comes_next(session):
    room = make_room(session, tasks=3)
    reader = room.readers[0]
    claim.claim_next(session, room.project, reader)
    ahead = worklist.peek_next(session, room.project, reader)
    assert ahead["study_id"] == room.tasks[1].study_id
    assert ahead["first"]["sop_instance_uid"].startswith(ahead["study_uid"])
    assert room.tasks[1].state == "open", "peeking holds nothing"


def test_claiming_asks_as_little_of_a_large_pool_as_of_a_small_one(session):
    asked = []
    for tasks in (3, 60):
        room = make_room(session, tasks=tasks)
        claim.claim_next(session, room.project, room.readers[0])
        with statements() as seen:
            claim.claim_next(session, room.project, room.readers[1])
        asked.append(len(seen))
    assert asked[0] == asked[1]


@pytest.fixture
def counts_to_two(monkeypatch):
    """As if a project of three cases were too large to count."""
    monkeypatch.setattr(worklist, "MOST_COUNTED", 2)
    worklist.remaining.cache_clear()
    yield
    worklist.remaining.cache_clear()


def test_cases_that_are_left_are_counted_as_far_as_that_is_quick(session, counts_to_two):
    room = make_room(session, tasks=4)
    reader = room.readers[0]
    before = worklist.worklist(session, room.project, reader)
    assert (before["open_count"], before["has_more"]) == (2, True)
    for _ in range(2):
        play_read(session, project_id=room.project.id, reader=room.actor(0), answer=["normal"])
    claim.claim_next(session, room.project, reader)
    after = worklist.worklist(session, room.project, reader)
    assert (after["open_count"], after["has_more"]) == (2, False)


def test_a_case_wanted_twice_is_one_case_that_is_left(session):
    room = make_room(session, tasks=2, wanted=2)
    claim.claim_next(session, room.project, room.readers[0])
    for reader in room.readers:
        assert worklist.worklist(session, room.project, reader)["open_count"] == 2


def test_a_study_without_a_task_is_found_by_the_worklist_where_nothing_else_waits(session):
    room = make_room(session, tasks=0)
    factories.make_study(session, project=room.project)
    found = worklist.worklist(session, room.project, room.readers[0])
    assert found["next"]["is_available"]
    assert found["open_count"] == 1

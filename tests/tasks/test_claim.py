"""Which case a reader gets: own work first, then the most wanted one nobody else has."""

import pytest
from sqlalchemy import func, select, text

from collimate.access.models import AuditEvent
from collimate.annotations.play import play_read
from collimate.projects.models import LabelSchema
from collimate.projects.schema import SchemaMissing
from collimate.tasks import claim, lease, places, queue, search
from collimate.tasks.models import Read, Task
from tests import factories
from tests.studies.dicomweb import statements
from tests.tasks.worlds import broken_promises, let_lapse, make_room


def test_the_most_wanted_case_comes_first(session):
    room = make_room(session)
    first = claim.claim_next(session, room.project, room.readers[0])
    second = claim.claim_next(session, room.project, room.readers[1])
    assert [first.task_id, second.task_id] == [room.tasks[0].id, room.tasks[1].id]
    assert first.state == "claimed"
    assert first.fence == 1
    assert first.label_schema_id is not None
    assert room.tasks[0].state == "claimed"


def test_claiming_again_resumes_the_case_in_hand_with_the_same_fence(session):
    room = make_room(session)
    first = claim.claim_next(session, room.project, room.readers[0])
    before = first.lease_until
    again = claim.claim_next(session, room.project, room.readers[0])
    assert again.id == first.id
    assert again.fence == 1
    assert again.lease_until > before
    assert session.scalar(select(func.count()).where(Read.state == "claimed")) == 1


def test_a_reader_reads_a_case_once_however_many_reads_are_wanted(session):
    room = make_room(session, tasks=1, wanted=2, readers=2)
    for actor in (room.actor(0), room.actor(1)):
        play_read(session, project_id=room.project.id, reader=actor, answer=["normal"])
        with pytest.raises(claim.WorklistEmpty):
            claim.claim_next(session, room.project, actor.user)
    assert room.tasks[0].state == "submitted"
    assert not broken_promises(session)


def test_a_study_that_arrived_gets_its_task_at_the_next_claim(session):
    room = make_room(session, tasks=0, wanted=2)
    with pytest.raises(claim.WorklistEmpty):
        claim.claim_next(session, room.project, room.readers[0])
    study = factories.make_study(session, project=room.project)
    read = claim.claim_next(session, room.project, room.readers[0])
    task = session.get_one(Task, read.task_id)
    assert task.study_id == study.id
    assert session.scalar(select(func.count()).where(Read.task_id == task.id)) == 2
    assert queue.open_missing(session, room.project.id) == 0


def test_tasks_nobody_began_follow_a_changed_number_of_wanted_reads(session):
    room = make_room(session, tasks=2, wanted=1)
    claim.claim_next(session, room.project, room.readers[0])
    room.project.reading_rules = {**room.project.reading_rules, "wanted_reads": 3}
    queue.open_missing(session, room.project.id)
    session.expire_all()
    assert [task.wanted_reads for task in room.tasks] == [1, 3]
    assert session.scalar(select(func.count()).where(Read.task_id == room.tasks[1].id)) == 3
    room.project.reading_rules = {**room.project.reading_rules, "wanted_reads": 2}
    queue.open_missing(session, room.project.id)
    assert session.scalar(select(func.count()).where(Read.task_id == room.tasks[1].id)) == 2


def test_two_readers_do_not_read_the_same_patient_at_once_while_there_are_others(session):
    room = make_room(session, tasks=0)
    patient = factories.make_patient(session, project=room.project)
    twins = [
        factories.make_task(
            session,
            project=room.project,
            study=factories.make_study(session, project=room.project, patient=patient),
            priority=10.0,
        )
        for _ in range(2)
    ]
    other = factories.make_task(session, project=room.project)
    reads = [claim.claim_next(session, room.project, reader) for reader in room.readers]
    assert reads[0].task_id in {task.id for task in twins}
    assert reads[1].task_id == other.id
    third = factories.make_member(session, project=room.project)
    left = claim.claim_next(session, room.project, third)
    assert left.task_id in {task.id for task in twins}, "avoided, not refused"


def test_a_hold_out_case_reaches_readers_only_to_measure(session):
    room = make_room(session, tasks=1)
    claim.claim_next(session, room.project, room.readers[1])
    study = factories.make_study(session, project=room.project, is_holdout=True)
    task = factories.make_task(session, project=room.project, study=study, priority=99.0)
    reader = room.readers[0]
    with pytest.raises(claim.WorklistEmpty):
        claim.claim_next(session, room.project, reader)
    with pytest.raises(claim.TaskAlreadyClaimed):
        claim.claim_task(session, reader, task.id)
    for arm in ("strategy", "control"):
        with pytest.raises(queue.HoldoutOutOfReach):
            queue.reprioritise(session, room.project.id, {task.id: (1.0, arm, "")})
    queue.reprioritise(session, room.project.id, {task.id: (1.0, "evaluation", "measures")})
    assert claim.claim_next(session, room.project, reader).task_id == task.id


def test_where_every_patient_is_held_out_readers_get_them_at_once_to_measure(session):
    room = make_room(session, tasks=0)
    held = [factories.make_study(session, project=room.project, is_holdout=True) for _ in range(2)]
    reads = [claim.claim_next(session, room.project, reader) for reader in room.readers]
    tasks = [session.get_one(Task, read.task_id) for read in reads]
    assert {task.study_id for task in tasks} == {study.id for study in held}
    assert {(task.arm, task.reason) for task in tasks} == {("evaluation", queue.HOLDOUT_REASON)}

    factories.make_study(session, project=room.project)
    late = factories.make_study(session, project=room.project, is_holdout=True)
    queue.open_missing(session, room.project.id)
    task = session.scalars(select(Task).where(Task.study_id == late.id)).one()
    assert task.arm == "arrival", "with a pool, the learner asks for what it measures with"


def test_the_search_for_the_next_case_leads_past_those_held_out(session):
    room = make_room(session, tasks=0)
    held = [factories.make_study(session, project=room.project, is_holdout=True) for _ in range(40)]
    for study in held:
        factories.make_task(session, project=room.project, study=study, priority=1.0)
    task = factories.make_task(session, project=room.project)
    session.flush()
    # so small a table is read as a whole, unless that is forbidden
    for way in ("seqscan", "bitmapscan", "sort"):
        session.execute(text(f"SET LOCAL enable_{way} = off"))
    query = search.free_in(room.project).compile(session.connection())
    who = {**query.params, **search.asked(room.project, room.readers[0])}
    plan = session.connection().exec_driver_sql(f"EXPLAIN {query}", who).scalars().all()
    assert any("ix_task_project_id_priority_in_reach" in line for line in plan), plan
    assert not any("Sort" in line for line in plan), plan
    assert claim.claim_next(session, room.project, room.readers[0]).task_id == task.id


def test_without_a_learner_every_case_is_read(session):
    room = make_room(session, tasks=0, learning=False)
    study = factories.make_study(session, project=room.project, is_holdout=True)
    task = factories.make_task(session, project=room.project, study=study)
    assert claim.claim_next(session, room.project, room.readers[0]).task_id == task.id


def test_the_learner_reorders_the_queue_of_its_own_project_only(session):
    room, other = make_room(session), make_room(session)
    last = room.tasks[-1]
    order = {
        last.id: (100.0, "strategy", "uncertain: viral or bacterial"),
        other.tasks[0].id: (-5.0, "control", ""),
    }
    assert queue.reprioritise(session, room.project.id, order) == 1
    session.expire_all()
    assert (last.priority, last.arm) == (100.0, "strategy")
    assert other.tasks[0].priority == 3.0
    assert claim.claim_next(session, room.project, room.readers[0]).task_id == last.id
    with pytest.raises(queue.UnknownArm):
        queue.reprioritise(session, room.project.id, {last.id: (1.0, "guess", "")})
    with pytest.raises(queue.HoldoutOutOfReach):
        queue.reprioritise(session, room.project.id, {last.id: (1.0, "evaluation", "")})


def test_claiming_a_chosen_task_needs_a_free_place(session):
    room = make_room(session)
    task = room.tasks[2]
    read = claim.claim_task(session, room.readers[0], task.id)
    assert read.task_id == task.id
    assert claim.claim_task(session, room.readers[0], task.id).id == read.id
    with pytest.raises(claim.TaskAlreadyClaimed):
        claim.claim_task(session, room.readers[1], task.id)
    with pytest.raises(places.TaskNotFound):
        claim.claim_task(session, room.readers[1], room.project.id)


def test_a_read_is_pinned_to_the_label_schema_it_began_with(session):
    room = make_room(session)
    first = claim.claim_next(session, room.project, room.readers[0])
    newer = factories.make_schema(session, project=room.project, classes=("yes", "no"))
    second = claim.claim_next(session, room.project, room.readers[1])
    assert newer.version == 2
    versions = [
        session.get_one(LabelSchema, read.label_schema_id).version for read in (first, second)
    ]
    assert versions == [1, 2]


def test_without_a_label_schema_there_is_nothing_to_claim(session):
    project = factories.make_project(session)
    reader = factories.make_member(session, project=project)
    factories.make_task(session, project=project)
    with pytest.raises(SchemaMissing):
        claim.claim_next(session, project, reader)


def test_a_deleted_study_is_not_served(session):
    room = make_room(session, tasks=1)
    task = room.tasks[0]
    study = session.get_one(factories.Study, task.study_id)
    study.deleted_at = factories.clock.now()
    with pytest.raises(claim.WorklistEmpty):
        claim.claim_next(session, room.project, room.readers[0])


def test_every_claim_leaves_one_audit_row(session):
    room = make_room(session)
    read = claim.claim_next(session, room.project, room.readers[0])
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "read_claimed")).all()
    assert [event.object_id for event in events] == [str(read.id)]
    assert events[0].actor_id == room.readers[0].id


def test_a_lapsed_place_is_taken_by_the_next_reader(session):
    room = make_room(session, tasks=1)
    first = claim.claim_next(session, room.project, room.readers[0])
    with pytest.raises(claim.WorklistEmpty):
        claim.claim_next(session, room.project, room.readers[1])
    let_lapse(session, first.id)
    second = claim.claim_next(session, room.project, room.readers[1])
    assert second.id != first.id
    assert (first.state, first.slot) == ("released", -1)
    assert (second.state, second.slot) == ("claimed", 1)
    assert not broken_promises(session)
    with pytest.raises(lease.LeaseLost):
        lease.renew(session, room.readers[0], first.id, first.fence)


def test_the_next_case_is_handed_out_in_thirteen_statements_whoever_else_is_at_work(session):
    room = make_room(session, tasks=4, readers=3)
    claim.claim_next(session, room.project, room.readers[0])
    claim.claim_next(session, room.project, room.readers[1])
    session.flush()
    with statements() as asked:
        read = claim.claim_next(session, room.project, room.readers[2])
    assert read.task_id == room.tasks[2].id
    assert len(asked) <= 13, asked

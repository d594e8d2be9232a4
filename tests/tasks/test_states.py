"""The tables of states: nothing outside them, and every step of a task follows from its places."""

from itertools import combinations_with_replacement

import pytest

from collimate.tasks.models import Read
from collimate.tasks.states import (
    ALLOWED,
    ASIDE,
    TASK_ALLOWED,
    MoveNotAllowed,
    ReadState,
    move,
    task_state,
)

S = ReadState
PLACES = [state for state in ReadState if state not in ASIDE]


@pytest.mark.parametrize("here", list(ReadState))
@pytest.mark.parametrize("there", list(ReadState))
def test_a_read_takes_the_steps_of_the_table_and_no_other(here, there):
    read = Read(state=here)
    if there in ALLOWED[here]:
        move(read, there)
        assert read.state == there
    else:
        with pytest.raises(MoveNotAllowed):
            move(read, there)
        assert read.state == here


def test_an_accepted_read_is_final_and_a_submission_is_only_undone_by_review():
    assert ALLOWED[S.ACCEPTED] == frozenset()
    assert ALLOWED[S.SUBMITTED] == {S.ACCEPTED, S.RETURNED}
    assert all(S.OPEN not in steps for steps in ALLOWED.values()), "a read keeps its reader"


def changed(places, index):
    """The multisets of places one step of one read leads to."""
    here = places[index]
    rest = places[:index] + places[index + 1 :]
    for there in ALLOWED[here]:
        if there == S.SKIPPED:
            yield rest
        elif there == S.RELEASED:
            yield (*rest, S.OPEN)
            yield (*rest, S.ASSIGNED)  # handed on by name in the same step
        else:
            yield (*rest, there)
    if here == S.OPEN:
        yield (*rest, S.DRAFT)  # a reader comes back to a place with saved work


def steps_from(places, wanted):
    for index in range(len(places)):
        yield from changed(places, index)
    if len(places) < wanted:
        yield (*places, S.ASSIGNED)  # a skipped case given to someone


def test_the_steps_of_a_task_are_those_its_reads_can_cause_and_no_other():
    caused = {state: set() for state in TASK_ALLOWED}
    for wanted in (1, 2, 3, 4):
        seen, waiting = set(), [(S.OPEN,) * wanted]
        while waiting:
            places = tuple(sorted(waiting.pop()))
            if places in seen:
                continue
            seen.add(places)
            for after in steps_from(places, wanted):
                caused[task_state(places)].add(task_state(after))
                waiting.append(after)
        every = [combinations_with_replacement(PLACES, count) for count in range(wanted + 1)]
        assert len(seen) == sum(len(list(combinations)) for combinations in every)
    assert {state: steps - {state} for state, steps in caused.items()} == TASK_ALLOWED


def test_an_open_task_is_one_that_can_be_claimed():
    for places in combinations_with_replacement(PLACES, 3):
        assert (task_state(places) == S.OPEN) == (S.OPEN in places)
    assert task_state(()) == S.SKIPPED
    assert task_state((S.ACCEPTED, S.SUBMITTED)) == S.SUBMITTED

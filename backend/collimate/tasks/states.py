"""The life of a read and of a task, as tables."""

from collections.abc import Collection
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, String, literal_column

from collimate.kit.errors import Conflict
from collimate.tasks.models import Read


class ReadState(StrEnum):
    """Where a read stands.

    A read belongs to one reader for ever. Giving up the place (`skipped`, `released`) sets the
    row aside under a slot number below 1 and frees its slot for someone else, so that work saved
    late still has a row of its own to lie on. An `issue` waits for somebody's answer: the place
    stays its reader's, who gets the case back as a `draft`.
    """

    OPEN = "open"
    ASSIGNED = "assigned"
    CLAIMED = "claimed"
    DRAFT = "draft"
    ISSUE = "issue"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    SKIPPED = "skipped"
    RELEASED = "released"


S = ReadState
ALLOWED: dict[ReadState, frozenset[ReadState]] = {
    S.OPEN: frozenset({S.ASSIGNED, S.CLAIMED}),
    S.ASSIGNED: frozenset({S.CLAIMED, S.DRAFT, S.RELEASED}),
    S.CLAIMED: frozenset({S.DRAFT, S.ISSUE, S.SUBMITTED, S.SKIPPED, S.RELEASED, S.ASSIGNED}),
    S.DRAFT: frozenset({S.ISSUE, S.SUBMITTED, S.SKIPPED, S.RELEASED}),
    S.ISSUE: frozenset({S.DRAFT, S.RELEASED}),
    S.SUBMITTED: frozenset({S.ACCEPTED, S.RETURNED}),
    S.ACCEPTED: frozenset(),
    S.RETURNED: frozenset({S.DRAFT, S.RELEASED}),
    S.SKIPPED: frozenset({S.ASSIGNED}),
    S.RELEASED: frozenset({S.CLAIMED, S.DRAFT, S.ASSIGNED}),
}
AUTO_ACCEPTED = "auto_accepted"
"""A state of tasks only: a model answered, every place is open, and the queue leaves it out.

Whoever takes a place all the same makes it a case like any other.
"""
HELD = frozenset({S.CLAIMED, S.DRAFT})
"""A reader is at work: a lease and a fence count."""
DONE = frozenset({S.SUBMITTED, S.ACCEPTED})
ASIDE = frozenset({S.SKIPPED, S.RELEASED})

TASK_STATES = (S.OPEN, S.ISSUE, S.RETURNED, S.DRAFT, S.CLAIMED, S.ASSIGNED, S.SUBMITTED, S.ACCEPTED)
"""A task is where the first of these is that any of its places is in: `open` can be claimed."""
_AFTER_WORK = frozenset(
    {
        S.OPEN,
        S.ASSIGNED,
        S.CLAIMED,
        S.DRAFT,
        S.ISSUE,
        S.RETURNED,
        S.SUBMITTED,
        S.ACCEPTED,
        S.SKIPPED,
    }
)
TASK_ALLOWED: dict[ReadState, frozenset[ReadState]] = {
    S.OPEN: frozenset({S.ASSIGNED, S.CLAIMED, S.DRAFT, S.ISSUE, S.RETURNED}),
    S.ASSIGNED: frozenset({S.OPEN, S.CLAIMED, S.DRAFT, S.RETURNED}),
    S.CLAIMED: _AFTER_WORK - {S.CLAIMED},
    S.DRAFT: _AFTER_WORK - {S.DRAFT},
    S.ISSUE: frozenset({S.OPEN, S.ASSIGNED, S.CLAIMED, S.DRAFT, S.RETURNED}),
    S.RETURNED: frozenset({S.OPEN, S.ASSIGNED, S.CLAIMED, S.DRAFT, S.ISSUE}),
    S.SUBMITTED: frozenset({S.ACCEPTED, S.RETURNED, S.ASSIGNED}),
    S.ACCEPTED: frozenset({S.ASSIGNED}),
    S.SKIPPED: frozenset({S.ASSIGNED}),
}


class MoveNotAllowed(Conflict):
    """The case is not in a state that allows this."""


def move(read: Read, to: ReadState) -> None:
    """Change the state of a read.

    Raises:
        MoveNotAllowed: the table does not have this step.
    """
    if to not in ALLOWED[ReadState(read.state)]:
        raise MoveNotAllowed(f"A case that is {read.state} cannot become {to}.")
    read.state = to


def task_state(places: Collection[str]) -> ReadState:
    """What a task is, from the states of its places (slots from 1); without any it was skipped."""
    return next((state for state in TASK_STATES if state in places), S.SKIPPED)


def is_one_of(column: Any, *states: ReadState) -> ColumnElement[bool]:
    """Whether a state is one of these, which stand in the text of the query, not beside it:
    indexes of some states serve it, and its plan can be kept.
    """
    inside = [literal_column(f"'{state.value}'", String) for state in sorted(states)]
    found: ColumnElement[bool] = column.in_(inside)
    return found

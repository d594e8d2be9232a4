"""The life of a received file, as a table."""

from enum import StrEnum

from collimate.kit.errors import Conflict
from collimate.studies.models import ReceivedFile


class FileState(StrEnum):
    """What became of a file.

    `accepted`: it is an image of a study now. `duplicate`: the same bytes had come before.
    `unpacked`: a zip whose entries became files of their own. `conflict`: other bytes under the
    identity of an image that is already here; the first stays. `quarantined`: it cannot be used,
    and says why. `held`: its pixels may show who the patient is; a person has to look first.
    `refused`: its patient was erased; nothing of it is kept.
    """

    RECEIVED = "received"
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    UNPACKED = "unpacked"
    CONFLICT = "conflict"
    QUARANTINED = "quarantined"
    HELD = "held"
    DELETED = "deleted"
    REFUSED = "refused"


S = FileState
ALLOWED: dict[FileState, frozenset[FileState]] = {
    S.RECEIVED: frozenset(
        {
            S.ACCEPTED,
            S.DUPLICATE,
            S.UNPACKED,
            S.CONFLICT,
            S.QUARANTINED,
            S.HELD,
            S.REFUSED,
        }
    ),
    S.HELD: frozenset({S.RECEIVED, S.DELETED}),
    S.QUARANTINED: frozenset({S.RECEIVED, S.DELETED}),
    S.CONFLICT: frozenset({S.RECEIVED, S.DELETED}),
    S.ACCEPTED: frozenset(),
    S.DUPLICATE: frozenset(),
    S.UNPACKED: frozenset(),
    S.DELETED: frozenset(),
    S.REFUSED: frozenset(),
}
KEEPS_BYTES = frozenset({S.RECEIVED, S.CONFLICT, S.QUARANTINED, S.HELD})
"""The bytes as they came, and the name, are kept only in these states."""


class FileMoveNotAllowed(Conflict):
    """The file is not in a state that allows this."""


def move(
    file: ReceivedFile, to: FileState, *, code: str | None = None, text: str | None = None
) -> None:
    """Change the state of a file, with a coded reason and a sentence for a person.

    Raises:
        FileMoveNotAllowed: the table does not have this step.
    """
    if to not in ALLOWED[FileState(file.state)]:
        raise FileMoveNotAllowed(f"A file that is {file.state} cannot become {to}.")
    file.state, file.code, file.text = to, code, text
    if to not in KEEPS_BYTES:
        file.file_name, file.facts, file.subject_hashes = "", {}, []

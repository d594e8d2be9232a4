"""One act of importing: the files that came together, by one way, for one report."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from collimate.kit import ids
from collimate.studies.models import ReceivedFile


class WayIn(StrEnum):
    """How files come in."""

    UPLOAD = "upload"
    STOW_RS = "stow_rs"
    C_STORE = "c_store"
    FOLDER = "folder"
    PULL = "pull"
    COMMAND_LINE = "command_line"


@dataclass(frozen=True)
class Act:
    """A drop in the browser, a STOW request, an association, a sweep, a pull, a command.

    `by` is the person, None where a machine sent the files.
    """

    way_in: WayIn
    by: UUID | None = None
    import_id: UUID = field(default_factory=ids.new_id)


def act_of(file: ReceivedFile) -> Act:
    """The act a received file came with; what is unpacked from it belongs to the same."""
    return Act(WayIn(file.way_in or WayIn.UPLOAD), file.received_by, file.import_id or file.id)

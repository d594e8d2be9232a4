"""Where a revision says it came from: a suggestion the reader was told of, prompts of his own."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from collimate.annotations import staged, unit_suggestions
from collimate.annotations.content import REJECTION, SEGMENT, SuggestionUnknown
from collimate.annotations.models import AnnotationRevision
from collimate.kit.errors import Unprocessable
from collimate.tasks.models import Read, Task


class PromptSessionUnknown(Unprocessable):
    """There are no such prompts for this case."""


def check_suggestion(
    session: Session,
    read: Read,
    task: Task,
    kind: str,
    suggestion_id: UUID | None,
    content: dict[str, Any],
    head: AnnotationRevision | None,
) -> None:
    """Refuse what comes from no suggestion of this case, or from one hidden from its reader.

    What named it before it was hidden (`head`, the newest revision) still may, so that everything
    done can be changed and taken back.

    Raises:
        SuggestionUnknown: not there, or hidden: both look the same.
    """
    if suggestion_id is None and kind != REJECTION:
        return
    if suggestion_id is not None and not unit_suggestions.is_of(
        session, task, suggestion_id, content
    ):
        raise SuggestionUnknown("Reload the case.")
    is_known = head is not None and (kind == REJECTION or head.suggestion_id == suggestion_id)
    if not is_known and staged.hides_suggestion(session, read, task):
        raise SuggestionUnknown("Reload the case.")


def check_prompts(session: Session, read: Read, kind: str, prompt_session_id: UUID | None) -> None:
    """Refuse what comes from no prompts of this read.

    Raises:
        PromptSessionUnknown
    """
    if prompt_session_id is None:
        return
    # Prompt sessions stand later in the data flow; the table is asked by name, not by import.
    query = text("SELECT EXISTS (SELECT 1 FROM prompt_session WHERE id = :id AND read_id = :read)")
    wanted = {"id": prompt_session_id, "read": read.id}
    if kind != SEGMENT or not session.scalar(query, wanted):
        raise PromptSessionUnknown("Only a segment of this case comes from its prompts.")

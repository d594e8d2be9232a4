"""Telling a reader where a session stands, with what changed since they last heard."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.kit import clock
from collimate.prompts.models import PromptFrame, PromptSession

AWAY = timedelta(seconds=5)
"""A segmenter takes waiting prompts up within moments; after this it is said to be away."""
FIELDS = ("id", "asked", "answered", "progress", "problem", "note", "segmenter",
          "segmenter_version")  # fmt: skip


def standing(session: Session, found: PromptSession, since: int) -> dict[str, Any]:
    """The session as JSON has it; frames whose mask changed after state `since`."""
    now = clock.now()
    is_waiting = found.asked > found.answered and not found.problem
    is_claimed = found.claimed_until is not None and found.claimed_until > now
    return {
        **{name: getattr(found, name) for name in FIELDS},
        "is_away": is_waiting and not is_claimed and found.asked_at < now - AWAY,
        "frames": session.scalars(
            select(PromptFrame)
            .where(PromptFrame.prompt_session_id == found.id, PromptFrame.answered > since)
            .order_by(PromptFrame.id)
        ).all(),
    }

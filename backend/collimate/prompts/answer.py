"""Answering: take up a session that waits, compute its mask, store what changed."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from collimate.annotations.runs import from_mask
from collimate.kit import database, ids
from collimate.kit.blobs import BlobMissing
from collimate.kit.logging import logger
from collimate.ml.prompts.kinds import PromptKind
from collimate.ml.prompts.prompt import Found, GivenUp, Prompt, Segmenter
from collimate.prompts.models import PromptFrame, PromptSession
from collimate.prompts.segmenters import Answered, Segmenters
from collimate.prompts.series import (
    FrameKey,
    FramesInMemory,
    SeriesFrame,
    SeriesStack,
    frames_of,
    modality_of,
    stack_of,
)

LEASE = timedelta(seconds=10)
LOOK_EVERY_S = 0.2
OPEN_SERIES = 8
NO_VOLUME = (
    "These images are no evenly spaced volume, so prompts work on one slice at a time. "
    "Switch to 2D; your prompts are kept."
)
UNREADABLE = "The images could not be read. Your prompts are kept; try again."
FAILED = (
    "The mask could not be computed. Your prompts are kept; take the last one back or try again."
)


class Outdated(GivenUp):
    """The reader has said something newer, or has closed the session."""


class NotAnswerable(Exception):
    """The prompts have no answer; the message is for the reader."""


@dataclass(frozen=True)
class Claimed:
    """A session as it was taken up."""

    id: UUID
    series_id: UUID
    asked: int
    prompts: list[dict[str, Any]]
    through_frames: bool


class Answerer:
    """Answers waiting sessions; `segmenter` does where none was given. Remembers pixels."""

    def __init__(self, segmenter: Segmenter, *, memory_bytes: int) -> None:
        self._segmenters = Segmenters(segmenter)
        self._memory = FramesInMemory(memory_bytes)
        self._series: dict[UUID, tuple[list[SeriesFrame], str]] = {}

    @property
    def has_lost_device(self) -> bool:
        """Whether the GPU failed: the process has to end, and a fresh one reaches it again."""
        return self._segmenters.has_lost_device

    def forget(self) -> None:
        """Drop all pixels, once nobody has asked for a while."""
        self._memory.clear()
        self._segmenters.forget()
        self._series.clear()

    def answer_next(self) -> bool:
        """Answer the session that has waited longest; whether there was one."""
        claimed = _claim()
        if claimed is None:
            return False
        try:
            _store(claimed, *self._answered(claimed))
        except Outdated:
            _let_go(claimed)
        except NotAnswerable as problem:
            _note_problem(claimed, str(problem))
        except (BlobMissing, OSError, LookupError) as error:
            _log(claimed, error)
            _note_problem(claimed, UNREADABLE)
        except Exception as error:
            _log(claimed, error)
            _note_problem(claimed, FAILED)
        return True

    def _answered(self, claimed: Claimed) -> tuple[dict[FrameKey, list[int]], Answered | None]:
        """Run lengths by frame, and who found them; frames without any are not there."""
        if not claimed.prompts:
            return {}, None
        stack = self._stack(claimed)
        if claimed.through_frames and not stack.is_volume:
            raise NotAnswerable(NO_VOLUME)
        prompts = [
            Prompt(
                PromptKind(one["kind"]),
                one["is_positive"],
                index,
                tuple((float(x), float(y)) for x, y in one["points"]),
            )
            for one in claimed.prompts
            if (index := stack.index_of((one["sop_instance_uid"], one["frame_number"]))) is not None
        ]
        answered = self._segmenters.segment(
            stack, prompts, through_frames=claimed.through_frames, check=_Watch(claimed)
        )
        return _runs(answered.found, stack), answered

    def _stack(self, claimed: Claimed) -> SeriesStack:
        known = self._series.get(claimed.series_id)
        if known is None:
            with database.open_session() as session:
                known = (
                    frames_of(session, claimed.series_id),
                    modality_of(session, claimed.series_id),
                )
            while len(self._series) >= OPEN_SERIES:
                self._series.pop(next(iter(self._series)), None)
            self._series[claimed.series_id] = known
        last = claimed.prompts[-1]
        frames, modality = known
        key = (last["sop_instance_uid"], last["frame_number"])
        return stack_of(frames, key, modality=modality, memory=self._memory)


class _Watch:
    """Looks now and then whether the answer is still wanted, and says how far it is."""

    def __init__(self, claimed: Claimed) -> None:
        self._claimed = claimed
        self._looked = time.monotonic()

    def __call__(self, share: float) -> None:
        if time.monotonic() - self._looked < LOOK_EVERY_S:
            return
        self._looked = time.monotonic()
        with database.open_session() as session:
            wanted = session.execute(
                _this(self._claimed)
                .values(progress=max(0.0, min(1.0, share)), claimed_until=func.now() + LEASE)
                .returning(PromptSession.id)
            ).first()
        if wanted is None:
            raise Outdated


def _claim() -> Claimed | None:
    with database.open_session() as session:
        found = session.scalars(
            select(PromptSession)
            .where(
                PromptSession.closed_at.is_(None),
                PromptSession.asked > PromptSession.answered,
                PromptSession.problem == "",
                or_(
                    PromptSession.claimed_until.is_(None), PromptSession.claimed_until < func.now()
                ),
            )
            .order_by(PromptSession.asked_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if found is None:
            return None
        session.execute(
            update(PromptSession)
            .where(PromptSession.id == found.id)
            .values(claimed_until=func.now() + LEASE)
        )
        return Claimed(found.id, found.series_id, found.asked, found.prompts, found.through_frames)


def _this(claimed: Claimed) -> Any:
    """An update of the session, if it still waits for this very answer."""
    return update(PromptSession).where(
        PromptSession.id == claimed.id,
        PromptSession.asked == claimed.asked,
        PromptSession.closed_at.is_(None),
    )


def _let_go(claimed: Claimed) -> None:
    with database.open_session() as session:
        session.execute(
            update(PromptSession).where(PromptSession.id == claimed.id).values(claimed_until=None)
        )


def _note_problem(claimed: Claimed, problem: str) -> None:
    with database.open_session() as session:
        session.execute(_this(claimed).values(problem=problem))
    _let_go(claimed)


def _log(claimed: Claimed, error: Exception) -> None:
    logger().error(
        "prompts_not_answered", prompt_session_id=claimed.id, error_class=type(error).__name__
    )


def _runs(found: Found, stack: SeriesStack) -> dict[FrameKey, list[int]]:
    rows, columns = stack.shape[1:]
    masks: dict[FrameKey, list[int]] = {}
    for index in found.frame_indices:
        mask = found.on_frame(index, (rows, columns))
        if mask.any():
            masks[stack.frames[index].key] = from_mask(mask)
    return masks


def _store(claimed: Claimed, masks: dict[FrameKey, list[int]], answered: Answered | None) -> None:
    """Store the frames that differ from what the reader was told, and the new state."""
    by = answered and {
        "segmenter": answered.segmenter,
        "segmenter_version": answered.version,
        "note": answered.note,
    }
    with database.open_session() as session:
        wanted = session.execute(
            _this(claimed)
            .values(
                answered=claimed.asked,
                progress=1.0,
                claimed_until=None,
                **(by or {}),
            )
            .returning(PromptSession.id)
        ).first()
        if wanted is None:
            raise Outdated
        told: dict[FrameKey, list[int]] = {
            (row.sop_instance_uid, row.frame_number): row.runs
            for row in session.scalars(
                select(PromptFrame).where(PromptFrame.prompt_session_id == claimed.id)
            )
        }
        changed = {key: runs for key, runs in masks.items() if told.get(key) != runs}
        changed |= {key: [] for key, runs in told.items() if runs and key not in masks}
        _write(session, claimed, changed)


def _write(session: Session, claimed: Claimed, changed: dict[FrameKey, list[int]]) -> None:
    if not changed:
        return
    rows = [
        {
            "id": ids.new_id(),
            "prompt_session_id": claimed.id,
            "sop_instance_uid": uid,
            "frame_number": number,
            "answered": claimed.asked,
            "runs": runs,
        }
        for (uid, number), runs in changed.items()
    ]
    statement = insert(PromptFrame).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            constraint="uq_prompt_frame_prompt_session_id",
            set_={"answered": statement.excluded.answered, "runs": statement.excluded.runs},
        )
    )

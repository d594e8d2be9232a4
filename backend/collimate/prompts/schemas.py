"""JSON shapes of prompt sessions."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from collimate.kit.http import Answer
from collimate.ml.prompts.kinds import PromptKind
from collimate.tasks.schemas import FenceBody

MOST_PROMPTS = 200
MOST_POINTS = 2000

Coordinate = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Point = Annotated[list[Coordinate], Field(min_length=2, max_length=2)]


class PromptShape(Answer):
    """A prompt on one frame; points are image coordinates, (0,0) = corner of the first pixel.

    A point has one, a scribble one or more, a box two opposite corners, a lasso three or more.
    """

    kind: PromptKind
    is_positive: bool = Field(description="Shows the structure; else what is not part of it")
    sop_instance_uid: str = Field(max_length=64)
    frame_number: int = Field(ge=1)
    points: list[Point] = Field(min_length=1, max_length=MOST_POINTS)


class PromptSessionIn(FenceBody):
    series_uid: str = Field(max_length=64)
    through_frames: bool = Field(description="In the whole stack, else on the last prompt's frame")
    asked: int = Field(ge=1, description="Rises with every state; an older one is not taken")
    prompts: list[PromptShape] = Field(max_length=MOST_PROMPTS)


class PromptFrameOut(Answer):
    sop_instance_uid: str
    frame_number: int
    runs: list[int] = Field(description="[gap, run, …] of pixels in row-major order")


class PromptSessionOut(Answer):
    """Where a session stands; `frames` are those that changed after the state asked since."""

    id: UUID
    asked: int
    answered: int
    progress: float
    is_away: bool = Field(description="Nobody has taken the prompts up for some seconds")
    problem: str
    note: str = Field(description="Why the given segmenter did not answer; else empty")
    segmenter: str
    segmenter_version: str
    frames: list[PromptFrameOut]

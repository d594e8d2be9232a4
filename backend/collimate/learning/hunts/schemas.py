"""JSON shapes of hunts."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from collimate.kit.http import Answer, Body

Coordinate = Field(ge=0, le=1e6, allow_inf_nan=False)


class HuntIn(Body):
    """A place of the study: image coordinates, (0, 0) is the corner of the first pixel."""

    sop_instance_uid: str = Field(max_length=64)
    frame_number: int = Field(ge=1)
    x: float = Coordinate
    y: float = Coordinate


class HuntGlance(Answer):
    id: UUID
    study_id: UUID
    pseudonym: str
    created_at: datetime
    match_count: int
    is_over: bool


class HuntList(Answer):
    items: list[HuntGlance]


class HuntMatchOut(Answer):
    rank: int
    likeness: float
    task_id: UUID
    study_id: UUID
    pseudonym: str
    modality: str | None
    picture_url: str
    x: float = Field(description="Of the width of the picture, 0 to 1")
    y: float = Field(description="Of its height, 0 to 1")
    is_open: bool = Field(description="Nobody has taken the case yet")
    is_first: bool = Field(description="A person put it at the front of the queue")


class HuntOut(HuntGlance):
    picture_url: str
    x: float
    y: float
    progress: float
    error: str
    pool_count: int
    ranked_at: datetime | None
    items: list[HuntMatchOut]

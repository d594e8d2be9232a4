"""JSON shapes of answers that the learner doubts."""

from typing import Literal

from pydantic import Field

from collimate.kit.http import Answer
from collimate.reviews.schemas import ReviewRow


class Doubt(Answer):
    kind: Literal["likely_error", "disagreement"]
    given: str = Field(description="Label key; with several answers, not KEY is the absence")
    likely: str
    probability: float = Field(description="Of what is likely, by models blind to the patient")


class DoubtedRead(ReviewRow):
    doubt: Doubt


class DoubtList(Answer):
    label_count: int = Field(description="How many labels the newest model learned from")
    items: list[DoubtedRead]

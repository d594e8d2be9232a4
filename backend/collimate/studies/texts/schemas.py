"""JSON shapes of clinical texts."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from collimate.kit.http import Answer, Body
from collimate.studies.texts.write import MOST_CHARACTERS


class TextVersion(Answer):
    number: int
    written_at: datetime
    written_by_name: str


class StudyTextOut(Answer):
    text: str = Field(description="The newest version; empty where there is none")
    versions: list[TextVersion] = Field(description="The newest first")


class StudyTextIn(Body):
    text: Annotated[str, Field(max_length=MOST_CHARACTERS)]
    replaces: int = Field(ge=0, description="Number of the version it was written over; 0: none")
    is_deidentified: Literal[True] = Field(description="The writer vouches that it names nobody")
    is_checked: bool = Field(
        default=False, description="What looks like names, dates or numbers was looked at"
    )

"""Hanging protocols as JSON: which cases, and in which viewports their series are hung.

The browser matches and hangs; the server keeps them, one list with each account and one with each
project (compare PS3.3 C.23, Hanging Protocol; names of fields are plainer here).
"""

from typing import Annotated, Literal

from pydantic import Field

from collimate.kit.http import Body

Word = Annotated[str, Field(min_length=1, max_length=64)]


class NamedSeries(Body):
    """The `number`-th series of a study that has all the named properties."""

    study: Literal["current", "earlier"] = "current"
    modality: Word | None = None
    section: Literal["axial", "coronal", "sagittal"] | None = None
    description: Word | None = None
    number: int = Field(default=0, ge=0, le=99)


class ColourEnds(Body):
    """Values between which the colours change, in a unit that means the same for every patient."""

    low: float = Field(allow_inf_nan=False)
    high: float = Field(allow_inf_nan=False)
    unit: Word


class HungOverlay(NamedSeries):
    """What is laid over a viewport, where it lies in the same space."""

    colours: Literal["hot", "rainbow", "viridis", "inverted", "signed"]
    opacity: float = Field(ge=0.1, le=1)
    ends: ColourEnds | None = None


class HungSeries(NamedSeries):
    """One viewport."""

    view: Word | None = Field(
        default=None,
        description='Side and position of a mammogram ("R CC"); its images are found in any series',
    )
    window: Word | None = Field(default=None, description="Name of a window of the series")
    overlay: HungOverlay | None = None


class Links(Body):
    scroll: bool
    zoom: bool
    window: bool


class HangingStage(Body):
    """One layout; `cells` row by row, null leaves a viewport empty."""

    rows: int = Field(ge=1, le=3)
    columns: int = Field(ge=1, le=4)
    cells: list[HungSeries | None] = Field(min_length=1, max_length=9)
    links: Links


class HangingProtocol(Body):
    """For cases of one of these modalities and body parts; an empty list means any."""

    name: str = Field(min_length=1, max_length=80)
    modalities: list[Word] = Field(default_factory=list, max_length=20)
    body_parts: list[Word] = Field(default_factory=list, max_length=20)
    least_series: int = Field(default=1, ge=1, le=100)
    has_earlier: bool | None = Field(
        default=None, description="Only where there is, or is no, earlier study; null: either"
    )
    stages: list[HangingStage] = Field(min_length=1, max_length=8)


HangingProtocols = Annotated[list[HangingProtocol], Field(max_length=50)]

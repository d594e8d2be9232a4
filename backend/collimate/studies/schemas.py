"""JSON shapes of studies, received files and tags."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from collimate.dicom.geometry import FindingCode, Trust
from collimate.kit.http import Answer, Body
from collimate.studies.act import WayIn
from collimate.studies.imports.schemas import PictureFacts
from collimate.studies.states import FileState

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class StudyRow(Answer):
    id: UUID
    study_uid: str
    pseudonym: str
    study_date: date | None = Field(description="Shifted by a secret number of days per patient")
    modality: str | None
    body_part: str | None
    site: str | None
    manufacturer: str | None
    series_count: int
    instance_count: int
    is_holdout: bool | None = Field(description="null where the caller may not know")
    quality: dict[str, float]
    trust: Trust | None = Field(description="Of its series the least; null until they are assessed")
    task_state: str | None
    thumbnail_url: str
    created_at: datetime


class StudyPage(Answer):
    items: list[StudyRow]
    next: str | None
    total: int | None = Field(description="Of the whole list; null on the pages after the first")


class FacetValue(Answer):
    value: str = Field(description="Empty: not given")
    count: int


class Facets(Answer):
    modality: list[FacetValue]
    body_part: list[FacetValue]
    site: list[FacetValue]
    manufacturer: list[FacetValue]
    scanner: list[FacetValue]
    trust: list[FacetValue]
    read_state: list[FacetValue]


class QualityGroup(Answer):
    value: str = Field(description="Empty: not given")
    count: int = Field(description="Studies in which the measure was taken")
    quantiles: list[float] = Field(description="5, 25, 50, 75 and 95 %")


class Distribution(Answer):
    measure: str
    by: str
    groups: list[QualityGroup]


class InstanceDetail(Answer):
    sop_instance_uid: str
    instance_number: int | None
    rows: int
    columns: int
    frame_count: int
    pixel_spacing_mm: list[float] | None = Field(description="row, column")
    is_lossy: bool
    burned_in_suspected: bool
    original_transfer_syntax_uid: str
    removed: list[str]
    quality: dict[str, float]


class GeometryFinding(Answer):
    code: FindingCode
    count: int
    at_mm: list[float] = Field(description="Distances from the first slice, the first 20")
    text: str


class GeometryReport(Answer):
    trust: Trust
    image_count: int
    place_count: int
    images_per_place: int
    plane: str | None
    slice_spacing_mm: float | None
    tilt_degrees: float
    is_volume: bool = Field(description="Parallel, evenly spaced, upright slices of one size")
    findings: list[GeometryFinding]


class SeriesGeometry(Answer):
    series_uid: str
    modality: str
    series_number: int | None
    geometry: GeometryReport | None = Field(description="null until the series is assessed")


class StudyGeometry(Answer):
    trust: Trust | None
    series: list[SeriesGeometry]


class Lookalike(Answer):
    study_id: UUID
    pseudonym: str
    is_same_patient: bool
    distance_bits: int = Field(description="Of 64; at most 7 are found")
    thumbnail_url: str


class Lookalikes(Answer):
    items: list[Lookalike]


class SeriesDetail(Answer):
    series_uid: str
    modality: str
    series_number: int | None
    instances: list[InstanceDetail]


class StudyDetail(StudyRow):
    project_id: UUID
    series: list[SeriesDetail]


class TagRow(Answer):
    path: str = Field(description="Tags and, in brackets, numbers of items, from the outside in")
    depth: int
    tag: str = Field(description="(gggg,eeee); empty for an item of a sequence")
    keyword: str
    vr: str
    value: str


class TagList(Answer):
    items: list[TagRow]


class ReceivedFileOut(Answer):
    id: UUID
    file_name: str = Field(description="Empty once nobody has to find the file any more")
    byte_count: int
    state: FileState
    code: str | None
    text: str | None
    can_release: bool = Field(description="A data manager may let pass what stopped it")
    study_id: UUID | None
    created_at: datetime


class UploadIn(Body):
    name: str = Field(min_length=1, max_length=1000)
    byte_count: int = Field(ge=1)
    sha256: Sha256 | None = None
    import_id: UUID | None = Field(default=None, description="Shared by files that come together")
    picture: PictureFacts | None = Field(default=None, description="Of a picture with a table")


class UploadOut(Answer):
    id: UUID
    byte_count: int
    offset: int = Field(description="Bytes that have arrived; the next piece begins there")
    file: ReceivedFileOut | None = Field(description="Present once the file is whole")


class FileCounts(Answer):
    received: int = 0
    accepted: int = 0
    duplicate: int = 0
    unpacked: int = 0
    conflict: int = 0
    quarantined: int = 0
    held: int = 0
    deleted: int = 0
    refused: int = 0


class ReceivedFilePage(Answer):
    items: list[ReceivedFileOut]
    next: str | None
    counts: FileCounts


class HashesIn(Body):
    sha256: list[Sha256] = Field(max_length=5000)


class KnownHashes(Answer):
    known: list[str]


PixelBox = Annotated[
    list[Annotated[int, Field(ge=0, le=32768)]],
    Field(min_length=4, max_length=4, description="x, y, width, height in pixels"),
]


class HeldImageOut(Answer):
    id: UUID
    file_id: UUID
    file_name: str = Field(description="Empty once it is decided")
    series_uid: str
    modality: str
    reasons: list[str] = Field(description="stated, kind, text_found, overlay")
    found_boxes: list[PixelBox] = Field(description="Where the detector saw text")
    rows: int
    columns: int
    frame_count: int
    created_at: datetime
    decision: Literal["released", "deleted"] | None
    decided_at: datetime | None
    decided_by_name: str | None
    boxes: list[PixelBox] | None = Field(description="What was blacked out in every frame")
    study_id: UUID | None


class HeldImagePage(Answer):
    items: list[HeldImageOut]
    next: str | None


class ReleaseIn(Body):
    boxes: list[PixelBox] = Field(max_length=100)
    whole_series: bool = Field(
        default=False, description="The same for all waiting images of its series and size"
    )


class Released(Answer):
    released_count: int


class ImportRow(Answer):
    import_id: UUID
    created_at: datetime
    way_in: WayIn | None
    received_by_name: str | None
    file_count: int


class ImportList(Answer):
    items: list[ImportRow]


Actions = dict[str, dict[str, int]]
"""Action code of PS3.15 table E.1-1a, attribute name, how many."""


class DeidentificationReport(Answer):
    import_id: UUID | None
    files: FileCounts
    actions: Actions


class DeidentificationPreview(Answer):
    actions: Actions
    suspicions: list[str]
    would_be_held: bool
    kept: list[TagRow] = Field(description="What would be stored, after de-identification")

"""JSON shapes of pictures that come with a table."""

from typing import Annotated

from pydantic import Field, StringConstraints

from collimate.kit.http import Answer, Body
from collimate.studies.imports.label_table import Columns
from collimate.studies.imports.pictures import PictureOrder

Short = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_ ]{1,16}$")]


class ColumnsIn(Body):
    """Names of the columns; null where the table has no such thing."""

    path: Short
    label: Short | None = None
    patient: Short | None = None
    split: Short | None = None
    site: Short | None = None
    sex: Short | None = None
    age: Short | None = None


class PicturesIn(Body):
    table: str = Field(min_length=1, max_length=20_000_000)
    file_names: list[Annotated[str, Field(min_length=1, max_length=1000)]] = Field(
        max_length=50_000
    )
    columns: ColumnsIn | None = Field(default=None, description="Guessed where left out")
    hide_labels: bool = Field(default=True, description="Labels become the hidden answer key")
    modality: Code | None = None
    body_part: Code | None = None

    def order(self) -> PictureOrder:
        """The same for the verbs."""
        columns = None if self.columns is None else Columns(**self.columns.model_dump())
        return PictureOrder(
            self.table, self.file_names, columns, self.hide_labels, self.modality, self.body_part
        )


class ColumnsOut(Answer):
    path: str
    label: str | None
    patient: str | None
    split: str | None
    site: str | None
    sex: str | None
    age: str | None


class TableLabel(Answer):
    name: str
    count: int


class PictureCheck(Answer):
    header: list[str]
    rows: list[list[str]] = Field(description="The first few")
    columns: ColumnsOut
    problem: str | None = Field(description="Why nothing can be brought in so")
    picture_count: int
    missing_count: int = Field(description="Rows whose picture is not there")
    unused_count: int = Field(description="Pictures without a row; they are left out")
    patient_count: int
    holdout_count: int = Field(description="Patients who go into the hold-out")
    labels: list[TableLabel]
    makes_labels: bool = Field(description="The project has no labels and gets these")
    unknown_labels: list[str] = Field(
        description="The project has no such class; nothing can be brought in so"
    )


class PictureFacts(Body):
    """What a table says of a picture; it goes along with the upload."""

    patient_id: Short
    study_key: Annotated[str, Field(min_length=1, max_length=1000)]
    modality: Code = "CR"
    body_part: Code | None = None
    site: Short | None = None
    sex: Annotated[str, Field(pattern="^[A-Z]$")] | None = None
    age_years: Annotated[int, Field(ge=0, le=999)] | None = None
    is_holdout: bool | None = None
    label_keys: Annotated[list[Short], Field(max_length=100)] | None = None


class KnownPicture(Answer):
    name: str = Field(description="One of the file names that were sent")
    facts: PictureFacts


class KnownPictures(Answer):
    items: list[KnownPicture]

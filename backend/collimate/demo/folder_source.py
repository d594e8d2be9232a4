"""A demo from real images: a folder of pictures with `labels.csv` beside them."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from collimate.access.models import User
from collimate.demo import people
from collimate.demo.settling import Advance
from collimate.demo.workspace import FIRST_WAVE, Source
from collimate.kit.database import open_session
from collimate.projects.schema import LabelDraft
from collimate.studies.imports.fit_schema import drafts_for
from collimate.studies.imports.label_table import Columns, TableUnusable, read_table
from collimate.studies.imports.take_folder import ImportOrder, import_path
from collimate.tasks.open import open_for_reading

COLUMNS = Columns(patient="group", split="split")
MARKS = (
    LabelDraft("Opacity", "box", "#d55e00", hotkey="b", code_scheme="DCM",
               code_value="112001", code_meaning="Opacity"),
    LabelDraft("Lesion outline", "polygon", "#0072b2", hotkey="p", code_scheme="SCT",
               code_value="52988006", code_meaning="Lesion"),
    LabelDraft("Heart width", "length", "#f2f2f2", hotkey="l"),
)  # fmt: skip


def from_folder(folder: Path) -> Source:
    """The images of `folder/labels.csv`: columns path, label, group (patient), split.

    Raises:
        TableUnusable: no such table, or it cannot be used.
    """
    table = folder / "labels.csv"
    if not table.exists():
        raise TableUnusable(f"There is no labels.csv in {folder}.")
    known = read_table(folder, table, COLUMNS)

    def bring(project_id: UUID, sample: int | None) -> None:
        with open_session() as session:
            by = session.scalars(select(User.id).where(User.email == people.DATA)).one()
        order = ImportOrder(
            path=folder, project_id=project_id, by=by, labels=table, columns=COLUMNS,
            body_part="CHEST", sample=sample,
        )  # fmt: skip
        import_path(order, progress=lambda done, total: None, on_ingested=open_for_reading)

    def bring_first(project_id: UUID, _advance: Advance) -> None:
        bring(project_id, FIRST_WAVE)

    def bring_rest(project_id: UUID, _advance: Advance) -> None:
        bring(project_id, None)

    return Source(
        name=f"Real images: {folder.resolve().name}",
        purpose="Classify each image. The labels that came with the images are hidden.",
        question="Which class is it?",
        guideline="Choose the class that fits best. Marks are welcome, not required.",
        labels=(*drafts_for(known.label_names), *MARKS),
        first_count=min(FIRST_WAVE, len(known.images)),
        bring_first=bring_first,
        bring_rest=bring_rest,
    )

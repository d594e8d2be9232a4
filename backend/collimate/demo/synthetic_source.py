"""The demo's own images: drawn here, handed in as DICOM files with their hidden answers."""

from uuid import UUID

from sqlalchemy import select

from collimate.access.models import User
from collimate.demo import people
from collimate.demo.marks import known_marks
from collimate.demo.radiograph_dicom import to_dicom
from collimate.demo.radiographs import Case, cohort, draw
from collimate.demo.settling import Advance, settle
from collimate.demo.workspace import FIRST_WAVE, Source
from collimate.jobs.kinds import JobKind
from collimate.kit.database import open_session
from collimate.kit.settings import settings
from collimate.projects.schema import LabelDraft
from collimate.studies.act import Act, WayIn
from collimate.studies.imports.hand_in import hand_in
from collimate.studies.receive import ask_for_ingest

LABELS = (
    LabelDraft("Normal", "class", "#009e73", hotkey="1", code_scheme="SCT",
               code_value="17621005", code_meaning="Normal"),
    LabelDraft("Pneumonia", "class", "#e69f00", hotkey="2"),
    LabelDraft("Effusion", "class", "#56b4e9", hotkey="3", code_scheme="SCT",
               code_value="60046008", code_meaning="Pleural effusion"),
    LabelDraft("Nodule", "class", "#f0e442", hotkey="4", code_scheme="SCT",
               code_value="27925004", code_meaning="Nodule"),
    LabelDraft("Pneumothorax", "class", "#cc79a7", hotkey="5", code_scheme="SCT",
               code_value="36118008", code_meaning="Pneumothorax"),
    LabelDraft("Opacity", "box", "#d55e00", hotkey="b", code_scheme="DCM",
               code_value="112001", code_meaning="Opacity"),
    LabelDraft("Lesion outline", "polygon", "#0072b2", hotkey="p", code_scheme="SCT",
               code_value="52988006", code_meaning="Lesion"),
    LabelDraft("Heart width", "length", "#f2f2f2", hotkey="l"),
)  # fmt: skip


def synthetic() -> Source:
    """`COLLIMATE_DEMO_CASES` computed chest radiographs of four invented hospitals."""
    cases = cohort(settings().demo_cases)
    first = min(FIRST_WAVE, max(len(cases) // 2, 1))
    return Source(
        name="Chest X-ray demo (synthetic)",
        purpose=(
            "Find pneumonia, effusion, nodules and pneumothorax. "
            "Every image is computed; none shows a person."
        ),
        question="What is the main finding?",
        guideline=(
            "Choose the main finding. Box each opacity, outline free air, and measure the heart "
            "where it looks large. If nothing is wrong, choose Normal."
        ),
        labels=LABELS,
        first_count=first,
        bring_first=lambda project_id, advance: _bring_in(project_id, cases[:first], advance),
        bring_rest=lambda project_id, advance: _bring_in(project_id, cases[first:], advance),
    )


def _bring_in(project_id: UUID, cases: list[Case], advance: Advance) -> None:
    """Draw and hand in what is not there yet, then wait until all of it is ingested."""
    with open_session() as session:
        by = session.scalars(select(User.id).where(User.email == people.DATA)).one()
    act = Act(WayIn.COMMAND_LINE, by)
    for number, case in enumerate(cases, start=1):
        picture = draw(case)
        facts = {
            "site": case.site.name,
            "label_keys": [case.label_key],
            "marks": known_marks(case, picture),
        }
        hand_in(project_id, act, file_name(case), to_dicom(case, picture), facts)
        if number % 20 == 0 or number == len(cases):
            with open_session() as session:
                ask_for_ingest(session, project_id, by)
    settle(project_id, [JobKind.INGEST_RECEIVED], advance=advance, seconds=600)


def file_name(case: Case) -> str:
    """The name a case's file arrives under."""
    return f"synthetic/patient-{case.patient_number:04d}/study-{case.study_number}.dcm"

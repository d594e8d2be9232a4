"""Writing, replacing and taking away the clinical text of a study.

Whoever writes vouches that it names nobody; what looks as if it did has to be looked at first. The
audit trail says who, when and how long, never the words.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import User
from collimate.dicom.identifying_text import Found, signs_in
from collimate.jobs import events
from collimate.kit.errors import Stale, Unprocessable
from collimate.studies.models import Study
from collimate.studies.texts.models import StudyText

MOST_CHARACTERS = 20_000


class TextEmpty(Unprocessable):
    """There is no text to keep."""


class TextMayIdentify(Unprocessable):
    """This text may say who the patient is."""


class TextReplaced(Stale):
    """Someone wrote another version in between."""


def newest_text(study_id: UUID | ColumnElement[UUID]) -> Select[StudyText]:
    """The query for the newest version; it finds nothing where the study has no text."""
    versions = select(StudyText).where(StudyText.study_id == study_id)
    return versions.order_by(StudyText.number.desc()).limit(1)


def current_text(session: Session, study_id: UUID) -> StudyText | None:
    """The newest version; None where the study has no text."""
    return session.scalars(newest_text(study_id)).one_or_none()


def write_text(
    session: Session, by: UUID, study: Study, text: str, *, replaces: int, is_checked: bool
) -> StudyText:
    """Keep a new version. `replaces` is the number of the one it was written over, 0 for none.

    `is_checked`: the writer has looked at the places where the text may identify someone.

    Raises:
        TextEmpty
        TextMayIdentify: with the signs and their lines, unless `is_checked`.
        TextReplaced
    """
    tidy = tidied(text)
    if not tidy:
        raise TextEmpty("Take the text away instead, if there is to be none.")
    signs = signs_in(tidy)
    if signs and not is_checked:
        raise TextMayIdentify("Look at the lines that are named.", signs=as_json(signs))
    session.scalars(select(Study.id).where(Study.id == study.id).with_for_update()).one()
    before = current_text(session, study.id)
    if (before.number if before else 0) != replaces:
        raise TextReplaced("Yours was not kept.")
    made = StudyText(
        project_id=study.project_id, study_id=study.id, number=replaces + 1, text=tidy,
        written_by=by,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _note(
        session, by, "study_text_written", study,
        number=made.number, character_count=len(tidy), sign_count=len(signs),
    )  # fmt: skip
    return made


def take_away(session: Session, by: UUID, study: Study) -> None:
    """Remove every version for good; where there is none, nothing happens."""
    gone = delete(StudyText).where(StudyText.study_id == study.id).returning(StudyText.id)
    count = len(session.scalars(gone).all())
    if count:
        _note(session, by, "study_text_removed", study, version_count=count)


def tidied(text: str) -> str:
    """Lines as one kind of line break, without control characters and outer blanks."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    shown = (c if c == "\n" or c.isprintable() else " " * c.isspace() for c in plain)
    return "".join(shown).strip()


def as_json(signs: list[Found]) -> list[dict[str, Any]]:
    """Signs as JSON has them."""
    return [{"sign": sign, "line_number": number} for sign, number in signs]


def look(session: Session, by: UUID, study: Study) -> dict[str, Any]:
    """The text for someone who manages the data, and the audit row of its being looked at."""
    audit.record(session, by, "study_text_seen", "study", study.id, project_id=study.project_id)
    return describe(session, study)


def describe(session: Session, study: Study) -> dict[str, Any]:
    """The newest version, and who wrote each when."""
    rows = session.execute(
        select(StudyText, User.name)
        .join(User, User.id == StudyText.written_by)
        .where(StudyText.study_id == study.id)
        .order_by(StudyText.number.desc())
    ).all()
    return {
        "text": rows[0][0].text if rows else "",
        "versions": [
            {"number": one.number, "written_at": one.created_at, "written_by_name": name}
            for one, name in rows
        ],
    }


def _note(session: Session, by: UUID, action: str, study: Study, **detail: object) -> None:
    audit.record(session, by, action, "study", study.id, project_id=study.project_id, **detail)
    events.publish(session, "study", study.project_id, study_id=study.id)

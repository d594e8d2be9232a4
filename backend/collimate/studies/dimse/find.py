"""C-FIND in the study root (PS3.4 C.4.1): which studies match, and what is in one of them."""

import fnmatch
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple

from pydicom.dataset import Dataset
from pynetdicom.association import Association
from pynetdicom.presentation import PresentationContext, build_context

from collimate.dicom import kinds
from collimate.dicom.identity import check_uid
from collimate.dicom.limits import LIMITS
from collimate.dicom.rejection import Rejected
from collimate.studies.dimse.associated import PeerFailed
from collimate.studies.dimse.orders import Found, Trouble

FIND = "1.2.840.10008.5.1.4.1.2.2.1"
PLAIN = [kinds.EXPLICIT_LITTLE, kinds.IMPLICIT_LITTLE]
PENDING, CANCELLED = (0xFF00, 0xFF01), 0xFE00
_MOST_AFTER_CANCEL = 1_000


def find_context() -> PresentationContext:
    """What is proposed to search."""
    return build_context(FIND, PLAIN)


def search(opened: Association, asked: dict[str, str], most: int) -> Iterator[Found]:
    """Studies that match, up to `most`.

    A PACS need not match modality and description in a study (PS3.4 table C.6-5); one that does
    not answers every study. So both are looked at again here, the modality series by series where
    the PACS does not say it of a study.

    Raises:
        PeerFailed
    """
    modality, description = asked.get("ModalitiesInStudy"), asked.get("StudyDescription")
    keys = {
        "QueryRetrieveLevel": "STUDY", "StudyInstanceUID": "", "StudyDate": "",
        "ModalitiesInStudy": "", "NumberOfStudyRelatedSeries": "",
        "NumberOfStudyRelatedInstances": "", **asked,
    }  # fmt: skip
    unsure: list[Found] = []
    count = undescribed = 0
    answers = _answers(opened, keys, LIMITS.peer_studies)
    for answer in answers:
        study = _study(answer)
        if description is not None and not (said := _text(answer, "StudyDescription")):
            undescribed += 1
            continue
        if description is not None and not _fits(said, description):
            continue
        if modality is not None and not study.modalities:
            unsure.append(study)
        elif modality is None or modality in study.modalities:
            yield study
            count += 1
            if count == most:
                _enough(opened, answers)
                return
    if undescribed and not count and not unsure:
        raise PeerFailed(Trouble.NO_DESCRIPTIONS)
    for study in unsure:
        whole = study.model_copy(update={"modalities": tuple(sorted(_modalities(opened, study)))})
        if modality in whole.modalities:
            yield whole
            count += 1
            if count == most:
                return


class Listed(NamedTuple):
    """An object of a study; its class is empty where the PACS does not say it."""

    series_uid: str
    sop_class_uid: str


def contents(opened: Association, study_uid: str) -> dict[str, Listed]:
    """Everything in a study by SOP Instance UID.

    Raises:
        PeerFailed
    """
    found: dict[str, Listed] = {}
    series = [_text(one, "SeriesInstanceUID") for one in _series(opened, study_uid)]
    for series_uid in filter(None, series):
        keys = {
            "QueryRetrieveLevel": "IMAGE", "StudyInstanceUID": study_uid,
            "SeriesInstanceUID": series_uid, "SOPInstanceUID": "", "SOPClassUID": "",
        }  # fmt: skip
        for answer in _answers(opened, keys, LIMITS.peer_images - len(found)):
            uid, kind = _text(answer, "SOPInstanceUID"), _text(answer, "SOPClassUID")
            if uid:
                with suppress(Rejected):
                    found[check_uid(uid)] = Listed(series_uid, check_uid(kind) if kind else "")
    return found


def _series(opened: Association, study_uid: str) -> list[Dataset]:
    keys = {
        "QueryRetrieveLevel": "SERIES", "StudyInstanceUID": study_uid, "SeriesInstanceUID": "",
        "Modality": "",
    }  # fmt: skip
    return list(_answers(opened, keys, LIMITS.peer_images))


def _modalities(opened: Association, study: Found) -> set[str]:
    said = {_text(one, "Modality") for one in _series(opened, study.study_uid)}
    return said - {""}


def _answers(opened: Association, keys: dict[str, str], most: int) -> Iterator[Dataset]:
    identifier = Dataset()
    if not all(value.isascii() for value in keys.values()):
        identifier.SpecificCharacterSet = "ISO_IR 192"
    for keyword, value in keys.items():
        setattr(identifier, keyword, value)
    for count, (status, found) in enumerate(opened.send_c_find(identifier, FIND)):
        code = status.get("Status")
        if code is None:
            raise PeerFailed(Trouble.BROKE_OFF)
        if code in PENDING:
            if count >= most:
                raise PeerFailed(Trouble.TOO_MANY, str(most))
            if found is not None:
                yield found
        elif code not in (0x0000, CANCELLED):
            raise PeerFailed(Trouble.STATUS, f"{code:04X}")


def _enough(opened: Association, answers: Iterator[Dataset]) -> None:
    """Tell the PACS to stop, and hear it out; one that goes on is cut off."""
    opened.send_c_cancel(1, query_model=FIND)
    with suppress(PeerFailed):
        if next(islice(answers, _MOST_AFTER_CANCEL, None), None) is None:
            return
    opened.abort()


def _study(answer: Dataset) -> Found:
    modalities = _value(answer, "ModalitiesInStudy")
    several = [modalities] if isinstance(modalities, str) else list(modalities or ())
    return Found(
        study_uid=_text(answer, "StudyInstanceUID"),
        date=_text(answer, "StudyDate"),
        modalities=tuple(sorted({str(one) for one in several} - {""})),
        series_count=_count(answer, "NumberOfStudyRelatedSeries"),
        instance_count=_count(answer, "NumberOfStudyRelatedInstances"),
    )


def _value(answer: Dataset, keyword: str) -> Any:
    # values are decoded when they are looked at, and a peer may send anything
    with suppress(Exception):
        return answer.get(keyword)
    return None


def _text(answer: Dataset, keyword: str) -> str:
    return str(_value(answer, keyword) or "").strip("\0 ")


def _count(answer: Dataset, keyword: str) -> int:
    text = _text(answer, keyword)
    return int(text) if text.isdigit() and len(text) < 10 else 0


def _fits(text: str, pattern: str) -> bool:
    """Wildcard matching (PS3.4 C.2.2.2.4), whatever the case."""
    return fnmatch.fnmatchcase(text.casefold(), pattern.casefold().replace("[", "[[]"))

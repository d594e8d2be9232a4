"""The answer to STOW-RS: what became of each object (PS3.18 10.5.3 and annex I)."""

from dataclasses import dataclass
from typing import Any

import orjson
from fastapi.responses import Response

from collimate.dicom.sent_as import SentAs
from collimate.studies.dicomweb.accept import JSON
from collimate.studies.states import FileState

# PS3.18 table I.2-2
CANNOT_UNDERSTAND = 0xC000
NOT_SUPPORTED_SYNTAX = 0xC122
PROCESSING_FAILURE = 0x0110
DUPLICATE_IDENTITY = 0x0111
SOP_CLASS_NOT_SUPPORTED = 0x0122
OUT_OF_RESOURCES = 0xA700
REASONS = {
    "conflict": DUPLICATE_IDENTITY,
    "derived_object": SOP_CLASS_NOT_SUPPORTED,
    "no_pixel_data": SOP_CLASS_NOT_SUPPORTED,
    "unsupported_transfer_syntax": NOT_SUPPORTED_SYNTAX,
    "too_large": OUT_OF_RESOURCES,
    "out_of_memory": OUT_OF_RESOURCES,
    "decode_timeout": PROCESSING_FAILURE,
    "unexpected_error": PROCESSING_FAILURE,
}


@dataclass(frozen=True)
class Outcome:
    """A received file, what it called itself, and the UIDs (study, series, class, instance) it has
    here once it is an image."""

    state: str
    code: str | None
    sent_as: SentAs
    stored_as: tuple[str | None, ...]

    @property
    def is_stored(self) -> bool:
        """Whether it can be retrieved."""
        return self.stored_as[0] is not None

    @property
    def is_waiting(self) -> bool:
        """Whether it is durable and will be looked at."""
        return self.state == FileState.RECEIVED


def store_response(address: str, outcomes: list[Outcome], *, is_done: bool) -> Response:
    """The Store Instances Response Module. Source: PS3.18 table I.1-1."""
    kept = [_referenced(address, one) for one in outcomes if one.is_stored or one.is_waiting]
    failed = [_failed(one) for one in outcomes if not (one.is_stored or one.is_waiting)]
    body: dict[str, Any] = {}
    if kept:
        body["00081190"] = {"vr": "UR", "Value": [address]}
        body["00081199"] = {"vr": "SQ", "Value": kept}
    if failed:
        body["00081198"] = {"vr": "SQ", "Value": failed}
    is_all_known = not any(one.is_waiting for one in outcomes)
    status = 409 if not kept else 202 if failed or not is_all_known else 200
    headers = {} if is_done else {"preference-applied": "respond-async"}
    return Response(orjson.dumps(body), status_code=status, media_type=JSON, headers=headers)


def _referenced(address: str, one: Outcome) -> dict[str, Any]:
    """An object that is kept. Where it will be retrieved from is said once it can be."""
    if not one.is_stored:
        return {**_named(one.sent_as.sop_class_uid, one.sent_as.sop_instance_uid),
                "00081190": {"vr": "UR"}}  # fmt: skip
    study_uid, series_uid, sop_class_uid, sop_instance_uid = one.stored_as
    url = f"{address}/{study_uid}/series/{series_uid}/instances/{sop_instance_uid}"
    return {**_named(sop_class_uid, sop_instance_uid), "00081190": {"vr": "UR", "Value": [url]}}


def _failed(one: Outcome) -> dict[str, Any]:
    reason = REASONS.get(one.code or "", CANNOT_UNDERSTAND)
    return {
        **_named(one.sent_as.sop_class_uid, one.sent_as.sop_instance_uid),
        "00081197": {"vr": "US", "Value": [reason]},
    }


def _named(sop_class_uid: str | None, sop_instance_uid: str | None) -> dict[str, Any]:
    return {"00081150": _uid(sop_class_uid), "00081155": _uid(sop_instance_uid)}


def _uid(uid: str | None) -> dict[str, Any]:
    return {"vr": "UI"} if uid is None else {"vr": "UI", "Value": [uid]}

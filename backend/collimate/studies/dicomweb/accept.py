"""What a client can take, from its Accept header (RFC 9110 12.5.1, PS3.18 8.7.5)."""

import re
from dataclasses import dataclass
from typing import Literal

from collimate.dicom.prepared import EXPLICIT_VR_LITTLE_ENDIAN
from collimate.kit.errors import Problem

_ITEM = re.compile(r'(?:[^,"]|"(?:\\.|[^"\\])*")+')
_PARAMETER = re.compile(r';\s*([\w!#$%&\'*+.^`|~-]+)\s*=\s*("(?:\\.|[^"\\])*"|[^;"]*)')
MOST_CHARACTERS = 4000
DICOM = "application/dicom"


class CannotBeServedSo(Problem):
    """None of the accepted representations is available."""

    status = 406


@dataclass(frozen=True)
class Accepted:
    """One media range; for multipart/related, `part_type` is the type of the parts."""

    media_type: str
    part_type: str | None
    transfer_syntax: str | None
    quality: float

    def takes(self, media_type: str) -> bool:
        """Whether the range covers a type."""
        kind = media_type.split("/", maxsplit=1)[0]
        return self.media_type in (media_type, f"{kind}/*", "*/*")


def read_accept(header: str | None) -> list[Accepted]:
    """The media ranges, best first; a missing header takes everything."""
    ranges = []
    for item in _ITEM.findall((header or "*/*")[:MOST_CHARACTERS]):
        media_type = item.split(";")[0].strip().lower()
        if not media_type:
            continue
        found = {key.lower(): _unquoted(value) for key, value in _PARAMETER.findall(item)}
        part_type = found.get("type")
        ranges.append(
            Accepted(
                media_type,
                part_type.lower() if part_type else None,
                found.get("transfer-syntax"),
                _quality(found.get("q")),
            )
        )
    return sorted((one for one in ranges if one.quality > 0), key=lambda one: -one.quality)


def _unquoted(value: str) -> str:
    value = value.strip()
    if value.startswith('"'):
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def _quality(text: str | None) -> float:
    try:
        return 1.0 if text is None else float(text)
    except ValueError:
        return 0.0


def choose_form(header: str | None, payload: str, transfer_syntaxes: frozenset[str]) -> str:
    """`multipart` or `single`, for a payload type held in one of these transfer syntaxes.

    Raises:
        CannotBeServedSo
    """
    for accepted in read_accept(header):
        wanted = accepted.transfer_syntax
        if wanted not in (None, "*") and wanted not in transfer_syntaxes:
            continue
        if accepted.takes("multipart/related") and accepted.part_type in (None, payload, "*/*"):
            return "multipart"
        if accepted.takes(payload):
            return "single"
    raise CannotBeServedSo(
        f"Ask for {payload} in transfer syntax {', '.join(sorted(transfer_syntaxes))}, or for *."
    )


def choose_objects(header: str | None, held: frozenset[str]) -> tuple[str, str]:
    """`multipart` or `single`, and the transfer syntax: `*`, one all are held in, or the default.

    Who names no transfer syntax gets Explicit VR Little Endian (PS3.18 8.7.3.5.2).

    Raises:
        CannotBeServedSo
    """
    for accepted in read_accept(header):
        wanted = accepted.transfer_syntax or EXPLICIT_VR_LITTLE_ENDIAN
        if wanted not in ("*", EXPLICIT_VR_LITTLE_ENDIAN) and held != {wanted}:
            continue
        if accepted.takes("multipart/related") and accepted.part_type in (None, DICOM, "*/*"):
            return "multipart", wanted
        if accepted.takes(DICOM):
            return "single", wanted
    raise CannotBeServedSo(
        f"Objects are served as {DICOM} in Explicit VR Little Endian or, for *, as they are held."
    )


def choose_picture(header: str | None) -> Literal["jpeg", "png"]:
    """`jpeg` or `png`.

    Raises:
        CannotBeServedSo
    """
    for accepted in read_accept(header):
        if accepted.takes("image/jpeg"):
            return "jpeg"
        if accepted.takes("image/png"):
            return "png"
    raise CannotBeServedSo("Pictures are served as image/jpeg or image/png.")

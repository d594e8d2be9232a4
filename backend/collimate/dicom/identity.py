"""Keyed replacements for everything that could lead back to a person: UIDs, names, dates."""

import base64
import hashlib
import hmac
import re
from datetime import date, timedelta

from collimate.dicom.limits import LIMITS
from collimate.dicom.rejection import Rejected, RejectionCode

_UID = re.compile(r"[0-9]+(\.[0-9]+)*")
_DATE = re.compile(r"([0-9]{4})[.\-]?([0-9]{2})[.\-]?([0-9]{2})")


def keyed(key: bytes, purpose: str, *parts: str) -> bytes:
    """32 bytes; the length prefix keeps different parts from running into each other."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for text in (purpose, *parts):
        encoded = text.encode("utf-8", "surrogatepass")
        mac.update(len(encoded).to_bytes(8, "big") + encoded)
    return mac.digest()


def check_uid(value: str) -> str:
    """Return the UID without padding.

    Leading zeros are let through: old equipment writes them and every UID is replaced anyway.
    Source: PS3.5 section 9.1.

    Raises:
        Rejected: `bad_uid`.
    """
    uid = value.rstrip("\0 ").lstrip(" ")
    if len(uid) > LIMITS.uid_characters or not _UID.fullmatch(uid):
        raise Rejected(RejectionCode.bad_uid)
    return uid


def uid_from(digest: bytes) -> str:
    """A UUID-derived UID (PS3.5 B.2) of the first 16 bytes, marked as version 8."""
    number = int.from_bytes(digest[:16], "big")
    number = (number & ~(0xF << 76)) | (0x8 << 76)
    number = (number & ~(0x3 << 62)) | (0x2 << 62)
    return f"2.25.{number}"


def remap_uid(project_key: bytes, uid: str) -> str:
    """The same UID gives the same replacement inside a project, so references keep holding.

    A replacement carries a seal of the project in its last 48 bits; one that comes back is left
    as it is, so that de-identifying twice changes nothing.
    """
    if is_own_uid(project_key, uid):
        return uid
    digest = keyed(project_key, "uid", uid)
    number = int(uid_from(digest)[5:]) >> _SEAL_BITS
    return f"2.25.{number << _SEAL_BITS | _seal(project_key, number)}"


def is_own_uid(project_key: bytes, uid: str) -> bool:
    """Whether `remap_uid` made this UID under this key; a guess is right once in 2**48."""
    if not re.fullmatch(r"2\.25\.[1-9][0-9]{24,38}", uid):
        return False
    number = int(uid[5:])
    return number & ((1 << _SEAL_BITS) - 1) == _seal(project_key, number >> _SEAL_BITS)


_SEAL_BITS = 48


def _seal(project_key: bytes, number: int) -> int:
    digest = keyed(project_key, "uid seal", str(number))
    return int.from_bytes(digest[: _SEAL_BITS // 8], "big")


def variant_uid(project_key: bytes, uid: str, sha256: str) -> str:
    """Another identity for other contents under a taken one; the same for the same contents."""
    return uid_from(keyed(project_key, "variant", uid, sha256))


def pseudonym(project_key: bytes, patient: str, issuer: str) -> str:
    """`P-` and 8 base32 characters."""
    digest = keyed(project_key, "pseudonym", patient, issuer)
    return "P-" + base64.b32encode(digest)[:8].decode("ascii")


def is_pseudonym(text: str) -> bool:
    """Whether a patient's number has the form of a pseudonym."""
    return re.fullmatch(r"P-[A-Z2-7]{8}", text) is not None


def patient_hash(instance_key: bytes, patient: str, issuer: str) -> str:
    """Hex; equal in all projects of an installation, so that splits agree across them."""
    return keyed(instance_key, "patient", patient, issuer).hex()


def shift_days(project_key: bytes, patient: str, issuer: str) -> int:
    """Whole days into the past, 30 to 1826, the same for all dates of a patient."""
    digest = keyed(project_key, "dates", patient, issuer)
    return 30 + int.from_bytes(digest[:8], "big") % 1797


def parse_date(value: str) -> date | None:
    """A DICOM date (also with the old separators), or None when it is none."""
    match = _DATE.match(value.strip("\0 "))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def shift_date(value: str, days: int) -> str | None:
    """Move a DA or DT value back by `days`, keeping the time; None when it is not a date."""
    parsed = parse_date(value)
    if parsed is None:
        return None
    try:
        moved = parsed - timedelta(days=days)
    except OverflowError:
        return None
    rest = re.sub(r"[^0-9.+\-]", "", value.strip("\0 ")[8:])[:18] if value[:8].isdigit() else ""
    return f"{moved:%Y%m%d}" + rest if moved.year >= 1000 else None

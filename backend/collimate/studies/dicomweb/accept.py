"""What a client can take, from its Accept header (RFC 9110 12.5.1, PS3.18 8.7.5)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from starlette.requests import Request

from collimate.kit.errors import Problem

_ITEM = re.compile(r'(?:[^,"]|"(?:\\.|[^"\\])*")+')
_PARAMETER = re.compile(r';\s*([\w!#$%&\'*+.^`|~-]+)\s*=\s*("(?:\\.|[^"\\])*"|[^;"]*)')
MOST_CHARACTERS = 4000
DICOM = "application/dicom"
OCTETS = "application/octet-stream"
JPEG, PNG = "image/jpeg", "image/png"
JSON = "application/dicom+json"
Form = Literal["multipart", "single"]


class CannotBeServedSo(Problem):
    """None of the accepted representations is available."""

    status = 406


@dataclass(frozen=True)
class Accepted:
    """One media range; for multipart/related, `part_type` is the type of the parts."""

    media_type: str
    part_type: str | None
    transfer_syntax: str
    quality: float


@dataclass(frozen=True, slots=True)
class Offer:
    """One representation that can be had.

    `chosen_by` are the values of the parameter transfer-syntax that mean it; the empty one stands
    for a range that names none.
    """

    form: Form
    media_type: str
    transfer_syntax: str = ""
    chosen_by: frozenset[str] = frozenset({""})

    def closeness(self, accepted: Accepted) -> int:
        """How closely a media range describes it: 0 where it does not cover it at all."""
        if accepted.transfer_syntax not in self.chosen_by:
            return 0
        named = 2 if accepted.transfer_syntax else 1
        if self.form == "single":
            return _covers(accepted.media_type, self.media_type) * named
        return (
            _covers(accepted.media_type, "multipart/related")
            * _covers(accepted.part_type or "*/*", self.media_type)
            * named
        )


def _covers(media_range: str, media_type: str) -> int:
    """0 not at all, 1 by `*/*`, 2 by `type/*`, 3 by name."""
    if media_range == media_type:
        return 3
    if media_range == media_type.split("/", maxsplit=1)[0] + "/*":
        return 2
    return int(media_range == "*/*")


def both(media_type: str, transfer_syntax: str, *also: str) -> tuple[Offer, Offer]:
    """An offer in parts, which comes first, and in a single part."""
    chosen_by = frozenset({transfer_syntax, *also})
    return (
        Offer("multipart", media_type, transfer_syntax, chosen_by),
        Offer("single", media_type, transfer_syntax, chosen_by),
    )


def accept_of(request: Request) -> str | None:
    """What the client accepts; the query parameter goes before the header (PS3.18 8.3.3.1)."""
    asked = request.query_params.get("accept")
    # a plus sign that was not encoded arrives as a space
    return re.sub(r"(?<=\w) (?=\w)", "+", asked) if asked else request.headers.get("accept")


def read_accept(header: str | None) -> list[Accepted]:
    """The media ranges in their order; a missing header takes everything."""
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
                found.get("transfer-syntax", ""),
                _quality(found.get("q")),
            )
        )
    return ranges


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


@lru_cache(maxsize=512)
def choose(header: str | None, offers: tuple[Offer, ...]) -> Offer:
    """The offer the client would rather have.

    The range that describes an offer most closely gives its quality; among equals the range that
    comes first, then the offer that comes first.

    Raises:
        CannotBeServedSo: with a list of what can be had.
    """
    ranges = read_accept(header)
    best: tuple[float, int] | None = None
    chosen: Offer | None = None
    for offer in offers:
        fits = [(offer.closeness(one), -place) for place, one in enumerate(ranges)]
        closest, place = max(fits, default=(0, 0))
        quality = ranges[-place].quality if closest else 0.0
        if quality > 0 and (best is None or (quality, place) > best):
            best, chosen = (quality, place), offer
    if chosen is None:
        raise CannotBeServedSo(_list(offers))
    return chosen


def _list(offers: Iterable[Offer]) -> str:
    forms: dict[str, list[str]] = {}
    for offer in offers:
        syntax = f"; transfer-syntax={offer.transfer_syntax}" if offer.transfer_syntax else ""
        forms.setdefault(offer.media_type + syntax, []).append(offer.form)
    lines = [
        media_type if held == ["single"] else f"{media_type} ({' or '.join(held)})"
        for media_type, held in forms.items()
    ]
    return f"This can be had as: {', '.join(lines)}."


def takes_gzip(request: Request) -> bool:
    """Whether the answer may be packed (RFC 9110 12.5.3)."""
    named = {
        one.media_type: one.quality for one in read_accept(request.headers.get("accept-encoding"))
    }
    return named.get("gzip", named.get("*", 0.0)) > 0


def accept_json(request: Request) -> None:
    """Answers in DICOM JSON; `application/json` is an old name of it.

    Raises:
        CannotBeServedSo
    """
    choose(accept_of(request), (Offer("single", JSON), Offer("single", "application/json")))

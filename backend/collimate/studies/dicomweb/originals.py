"""Compressed frames as they came, cut out of the stored file (PS3.18 8.7.3.3)."""

from collimate.dicom.rejection import Rejected
from collimate.kit.blobs import blobs
from collimate.kit.recent import Recent
from collimate.studies.dicomweb.accept import JPEG, OCTETS, CannotBeServedSo, Offer, both
from collimate.studies.dicomweb.frame_index import ImageInfo
from collimate.studies.dicomweb.parts import Piece
from collimate.studies.dicomweb.syntaxes import stored_syntax
from collimate.studies.sandbox import sandbox

JLS, JP2, JPHC, RLE = "image/jls", "image/jp2", "image/jphc", "image/dicom-rle"
MEDIA_TYPES = {
    "1.2.840.10008.1.2.5": RLE,
    **{f"1.2.840.10008.1.2.4.{number}": JPEG for number in (50, 51, 57, 70)},
    **{f"1.2.840.10008.1.2.4.{number}": JLS for number in (80, 81)},
    **{f"1.2.840.10008.1.2.4.{number}": JP2 for number in (90, 91)},
    **{f"1.2.840.10008.1.2.4.{number}": JPHC for number in (201, 202, 203)},
}
"""Source: PS3.18 table 8.7.3-5."""
Places = list[list[list[int]]]
_places: Recent[str, Places] = Recent(
    8 << 20, lambda places: 200 + sum(100 + 150 * len(frame) for frame in places)
)
"""Of the frames of a file, by its hash; in bytes, about."""


def original_syntax(instance: ImageInfo) -> str | None:
    """The compressed transfer syntax it is kept in; None where it came plain."""
    served = instance.served_transfer_syntax_uid
    stored = stored_syntax(instance.original_transfer_syntax_uid, served)
    return stored if stored != served and stored in MEDIA_TYPES else None


def offers_of(syntax: str) -> tuple[Offer, ...]:
    """The frames under the media type of their transfer syntax, which need not be named then."""
    return (*both(MEDIA_TYPES[syntax], syntax, "", "*"), *both(OCTETS, syntax))


def original_pieces(
    instance: ImageInfo, number: int, location: str, offer: Offer, *, may_wait: bool
) -> list[Piece] | None:
    """The fragments of a frame, one part together; None where finding them would take a wait.

    Raises:
        CannotBeServedSo: nobody can say where its frames begin.
    """
    places = _places.get(instance.file_sha256)
    if places is None:
        if not may_wait:
            return None
        places = _find(instance)
        _places.put(instance.file_sha256, places)
    return [
        Piece(
            instance.file_sha256, offset, length, location, offer.media_type,
            offer.transfer_syntax, continues=index > 0,
        )
        for index, (offset, length) in enumerate(places[number - 1])
    ]  # fmt: skip


def _find(instance: ImageInfo) -> Places:
    try:
        with blobs().local(instance.file_sha256) as source:
            return sandbox().fragments(source)
    except Rejected:
        raise CannotBeServedSo(
            "Its compressed frames cannot be told from each other; ask for them plain."
        ) from None

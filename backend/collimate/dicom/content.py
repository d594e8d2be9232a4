"""When two objects are the same: by what is kept of them, not by how they were wrapped.

The preamble, the file meta information, the transfer syntax, the form in which a sequence or a
frame is encoded say nothing of the image; an archive that sends it on changes them. So an object
is told by its de-identified data set, as the DICOM JSON of what is served (one spelling for every
encoding), and by its frames, decoded. What de-identification drops is not here to differ.
"""

import hashlib
import json
from typing import Any

# what a later version, or a person's decision about the pixels, says of the same object
_NOT_OF_THE_OBJECT = frozenset({
    "00120063",  # De-identification Method
    "00120064",  # De-identification Method Code Sequence
    "00280301",  # Burned In Annotation
    "00282110",  # Lossy Image Compression
    "00409096",  # Real World Value Mapping Sequence
    "00541006",  # SUV Type
})  # fmt: skip
_SOP_INSTANCE_UID = "00080018"


def content_sha256(dicom_json: dict[str, Any], sop_instance_uid: str, frames_sha256: str) -> str:
    """Hex SHA-256 of an object's content.

    Args:
        dicom_json: the data set as it is served, without Pixel Data (PS3.18 annex F).
        sop_instance_uid: its identity before a conflict gave it another one.
        frames_sha256: of all frames in the form they are served in, before a blackout.
    """
    content = {tag: one for tag, one in dicom_json.items() if tag not in _NOT_OF_THE_OBJECT}
    content[_SOP_INSTANCE_UID] = sop_instance_uid
    text = json.dumps([content, frames_sha256], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"collimate-content-1\0" + text.encode()).hexdigest()

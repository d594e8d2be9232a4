"""What DCMTK and GDCM see in a file: identifiers, sizes and pixels, without any code of ours."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
from pydicom.encaps import generate_frames

from tests import dicoms

HAS_DCMTK = shutil.which("dcmdump") is not None and shutil.which("dcmdjpls") is not None
HAS_GDCM = shutil.which("gdcmconv") is not None
HAS_DCIODVFY = shutil.which("dciodvfy") is not None
_LINE = re.compile(
    r"^\(([0-9a-f]{4},[0-9a-f]{4})\) \w\w (?:\[(.*?)\]|\(no value available\)|(\S+))", re.MULTILINE
)
_TAGS = ("0002,0010", "0008,0018", "0020,000d", "0020,000e", "0028,0010", "0028,0011", "0028,0008")


@dataclass(frozen=True)
class Seen:
    """The identity and the size of an image."""

    syntax: str
    sop_instance_uid: str
    study_uid: str
    series_uid: str
    rows: int
    columns: int
    frame_count: int


def look(path: Path) -> Seen | None:
    """What dcmdump prints of a file; None where it gives up or an attribute is no plain value."""
    options = [part for tag in _TAGS for part in ("+P", tag)]
    ran = subprocess.run(
        ["dcmdump", "-q", "-Un", "+L", *options, path], capture_output=True, check=False
    )
    if ran.returncode != 0:
        return None
    found: dict[str, str] = {}
    for tag, quoted, bare in _LINE.findall(ran.stdout.decode("latin-1")):
        found.setdefault(tag, (quoted or bare).strip())
    try:
        numbers = [int(found.get(tag) or 1) for tag in ("0028,0010", "0028,0011", "0028,0008")]
    except ValueError:
        return None
    uids = [found.get(tag, "") for tag in ("0002,0010", "0008,0018", "0020,000d", "0020,000e")]
    return Seen(*uids, *numbers)


_DCMTK = {dicoms.RLE: "dcmdrle", dicoms.JPEG_LS: "dcmdjpls", "1.2.840.10008.1.2.4.81": "dcmdjpls"}
_DCMTK |= {f"1.2.840.10008.1.2.4.{number}": "dcmdjpeg" for number in (50, 51, 57, 70)}
_GDCM = {"1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"}
_HTJ2K = {f"1.2.840.10008.1.2.4.{number}" for number in (201, 202, 203)}


def decode(path: Path, scratch: Path, syntax: str) -> np.ndarray | None:
    """All pixels, (frame, row, column[, sample]), decoded elsewhere; None where that refuses."""
    if syntax in _HTJ2K:
        return _decode_htj2k(path)
    target = scratch / "decoded.dcm"
    target.unlink(missing_ok=True)
    if syntax in _GDCM:
        command = ["gdcmconv", "--raw", path, target]
    else:
        tool = _DCMTK.get(syntax)
        command = [tool, "-q", path, target] if tool else ["dcmconv", "-q", "+te", path, target]
    ran = subprocess.run(command, capture_output=True, check=False)
    if ran.returncode != 0 or not target.exists():
        return None
    try:
        dataset = pydicom.dcmread(target)
        return shaped(dataset.pixel_array, dataset)
    except Exception:
        return None


def shaped(array: np.ndarray, dataset: pydicom.Dataset) -> np.ndarray:
    """With a frame axis, whatever the number of frames."""
    expected = 3 if int(dataset.get("SamplesPerPixel") or 1) == 1 else 4
    return array if array.ndim == expected else array[None]


def _decode_htj2k(path: Path) -> np.ndarray | None:
    """Through OpenJPH; what is tested goes through OpenJPEG."""
    import imagecodecs

    try:
        dataset = pydicom.dcmread(path)
        count = int(dataset.get("NumberOfFrames") or 1)
        frames = generate_frames(dataset.PixelData, number_of_frames=count)
        return np.stack([imagecodecs.htj2k_decode(frame) for frame in frames])
    except Exception:
        return None

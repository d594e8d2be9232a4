"""What DCMTK and GDCM see in a file: identifiers, sizes and pixels, without any code of ours."""

import os
import re
import shutil
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pydicom
from pydicom.encaps import generate_frames

from tests import dicoms
from tests.conftest import HOME

HAS_DCMTK = shutil.which("dcmdump") is not None and shutil.which("dcmdjpls") is not None
HAS_GDCM = shutil.which("gdcmconv") is not None
HAS_DCIODVFY = shutil.which("dciodvfy") is not None
_LINE = re.compile(
    r"^\(([0-9a-f]{4},[0-9a-f]{4})\) \w\w (?:\[(.*?)\]|\(no value available\)|(\S+))", re.MULTILINE
)
_FILE = re.compile(r"^# dcmdump \(\d+/\d+\): .*$", re.MULTILINE)
_GROUPS = re.compile(r"^\((0002|0008|0010|0018|0020|0028|7FE0|FFFE),.*$", re.MULTILINE)
_TAGS = ("0002,0010", "0008,0018", "0020,000d", "0020,000e", "0028,0010", "0028,0011", "0028,0008")


@cache
def quickly() -> dict[str, str]:
    """The environment in which DCMTK starts in a third of the time.

    It reads its whole dictionary at every start; here it gets the groups that say what an image
    is, and takes everything else as unknown.
    """
    whole = next(Path("/usr/share").glob("*dcmtk*/dicom.dic"), None)
    if whole is None:
        return dict(os.environ)
    small = HOME / "dicom.dic"
    lines = [found.group(0) for found in _GROUPS.finditer(whole.read_text("latin-1"))]
    small.write_text("\n".join([*lines, ""]))
    return {**os.environ, "DCMDICTPATH": str(small)}


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
    ran = _dumped([path])
    return None if ran.returncode != 0 else _seen(ran.stdout.decode("latin-1"))


def look_at_all(paths: list[Path]) -> list[Seen | None]:
    """The same of many files in one run; those of which nothing is printed are looked at alone."""
    ran = _dumped(paths)
    parts = _FILE.split(ran.stdout.decode("latin-1"))[1:]
    if ran.returncode < 0 or len(parts) != len(paths):
        return [look(path) for path in paths]
    return [
        _seen(part) if _LINE.search(part) else look(path)
        for path, part in zip(paths, parts, strict=True)
    ]


def _dumped(paths: list[Path]) -> subprocess.CompletedProcess[bytes]:
    options = [part for tag in _TAGS for part in ("+P", tag)]
    return subprocess.run(
        ["dcmdump", "-q", "-Un", "+L", "+F", *options, *paths],
        capture_output=True, check=False, env=quickly(),
    )  # fmt: skip


def _seen(printed: str) -> Seen | None:
    found: dict[str, str] = {}
    for tag, quoted, bare in _LINE.findall(printed):
        found.setdefault(tag, (quoted or bare).strip())
    try:
        numbers = [int(found.get(tag) or 1) for tag in ("0028,0010", "0028,0011", "0028,0008")]
    except ValueError:
        return None
    uids = [found.get(tag, "") for tag in ("0002,0010", "0008,0018", "0020,000d", "0020,000e")]
    return Seen(*uids, *numbers)


_DCMTK = {dicoms.RLE: "dcmdrle", dicoms.JPEG_LS: "dcmdjpls", "1.2.840.10008.1.2.4.81": "dcmdjpls"}
_DCMTK |= {f"1.2.840.10008.1.2.4.{number}": "dcmdjpeg" for number in (50, 51, 57, 70)}
_JPEG_2000 = {"1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"}
_HTJ2K = {f"1.2.840.10008.1.2.4.{number}" for number in (201, 202, 203)}
OPENJPH = "OpenJPH"


def decoders(syntax: str) -> list[str]:
    """Programs that are here and decode a transfer syntax without any code of ours, best first."""
    if syntax in _HTJ2K:
        return [OPENJPH, *_here("opj_decompress")]
    if syntax in _JPEG_2000:
        return _here("gdcmconv", "opj_decompress")
    tool = _DCMTK.get(syntax)
    return _here(tool, "gdcmconv") if tool else _here("dcmconv")


def _here(*tools: str) -> list[str]:
    return [tool for tool in tools if shutil.which(tool)]


def decode(path: Path, scratch: Path, syntax: str) -> np.ndarray | None:
    """All pixels, (frame, row, column[, sample]), by the best decoder; None where it refuses."""
    tools = decoders(syntax)
    return decode_with(tools[0], path, scratch) if tools else None


_OPTIONS = {"gdcmconv": ["--raw"], "dcmconv": ["-q", "+te"]}


def decode_with(tool: str, path: Path, scratch: Path) -> np.ndarray | None:
    """The same by one of `decoders`."""
    if tool == OPENJPH:
        return _decode_codestreams(path, _by_openjph)
    if tool == "opj_decompress":
        return _decode_codestreams(path, lambda frame: _by_openjpeg(frame, scratch))
    target = scratch / "decoded.dcm"
    target.unlink(missing_ok=True)
    command = [tool, *_OPTIONS.get(tool, ["-q"]), path, target]
    ran = subprocess.run(command, capture_output=True, check=False, env=quickly())
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


def _decode_codestreams(path: Path, decode_one: Callable[[bytes], np.ndarray]) -> np.ndarray | None:
    try:
        dataset = pydicom.dcmread(path)
        count = int(dataset.get("NumberOfFrames") or 1)
        frames = generate_frames(dataset.PixelData, number_of_frames=count)
        return np.stack([decode_one(frame) for frame in frames])
    except Exception:
        return None


def _by_openjph(frame: bytes) -> np.ndarray:
    import imagecodecs

    return imagecodecs.htj2k_decode(frame)


def _by_openjpeg(frame: bytes, scratch: Path) -> np.ndarray:
    """Through Debian's build of OpenJPEG and its raw output, one plane after the other."""
    start = frame.index(b"\xff\x4f\xff\x51")  # some writers put JP2 boxes in front of it
    size = frame[start + 8 : start + 44]
    width, height, left, top = struct.unpack(">4I", size[:16])
    (samples,) = struct.unpack(">H", frame[start + 40 : start + 42])
    depth = frame[start + 42]
    kind = f"{'i' if depth & 0x80 else 'u'}{1 if depth & 0x7F < 8 else 2}"
    source, target = scratch / "frame.j2k", scratch / "frame.rawl"
    source.write_bytes(frame[start:])
    target.unlink(missing_ok=True)
    subprocess.run(["opj_decompress", "-i", source, "-o", target], capture_output=True, check=True)
    planes = np.fromfile(target, kind).reshape(samples, height - top, width - left)
    return planes[0] if samples == 1 else np.moveaxis(planes, 0, -1)

"""What kind of file this is, by its first bytes alone; names and suffixes may say anything."""

import re
import zlib
from pathlib import Path

START_BYTES = 4096
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_GZIP = b"\x1f\x8b"
# Media Storage Directory Storage, as the file meta information names it
_DIRECTORY = re.compile(rb"1\.2\.840\.10008\.1\.3\.10(?![0-9.])")
_COMPANION_NAMES = frozenset({"dicomdir", "readme", "lockfile", "version", "license"})
_COMPANION_SUFFIXES = (
    ".txt", ".pdf", ".htm", ".html", ".xml", ".xsl", ".csv", ".tsv", ".json", ".md", ".ini",
    ".inf", ".cfg", ".log", ".rtf", ".doc", ".docx", ".chm", ".exe", ".dll", ".msi", ".cab",
    ".bat", ".cmd", ".sh", ".so", ".dylib", ".jar", ".class", ".app", ".plist", ".js", ".css",
    ".ico", ".icns", ".bmp", ".gif", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".svg", ".ttf",
    ".wav", ".mp3", ".avi", ".hlp", ".bval", ".bvec",
)  # fmt: skip
"""Pictures are among them: on media they are icons and previews."""


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(START_BYTES)


def is_dicom(start: bytes) -> bool:
    """Whether a preamble with DICM begins it (PS3.10 7.1)."""
    return start[128:132] == b"DICM"


def is_zip(path: Path) -> bool:
    """Whether it starts as a zip does and is not DICOM behind that start."""
    start = _start(path)
    return start.startswith(_ZIPS) and not is_dicom(start)


def is_nifti(path: Path) -> bool:
    """Whether it is a NIfTI-1 or NIfTI-2 volume in one file, plain or gzipped."""
    start = _start(path)
    if is_dicom(start):
        return False
    if start.startswith(_GZIP):
        try:
            start = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(start, 600)
        except zlib.error:
            return False
    size = {int.from_bytes(start[:4], order) for order in ("little", "big")}
    return (348 in size and start[344:347] in (b"n+1", b"ni1")) or (
        540 in size and start[4:7] in (b"n+2", b"ni2")
    )


def is_companion(name: str, start: bytes) -> bool:
    """Whether a file is what media and exports carry besides images, to be left out quietly.

    `start` are its first bytes: a DICOM file is an image whatever it is called, but for the
    directory of the media (PS3.10 8.6). Files of unknown kinds are no companions: they may be
    images without a header, and whoever looks closer says so.
    """
    if not start:
        return True
    if is_dicom(start):
        return _DIRECTORY.search(start, 132, 400) is not None
    last = name.replace("\\", "/").rsplit("/", 1)[-1].lower()
    return last in _COMPANION_NAMES or last.endswith(_COMPANION_SUFFIXES)

"""Walk through an uploaded zip without trusting a word of its directory.

Names from the archive never become paths; they only decide what is skipped or refused.
Source: PKWARE APPNOTE 4.3 and 4.4.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from collimate.dicom.limits import LIMITS, Limits
from collimate.dicom.rejection import Rejected, RejectionCode

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
_ENCRYPTED = 0x1
_DAMAGE = (zipfile.BadZipFile, struct.error, NotImplementedError, RuntimeError, EOFError)


class EntryStream(io.RawIOBase):
    """The bytes of one entry, counted as they really come.

    `name` is the entry's last path component without control characters: for people to read.
    """

    def __init__(self, stream: BinaryIO, name: str, compressed: int, budget: "_Budget") -> None:
        super().__init__()
        self._stream, self.name, self._compressed, self._budget = stream, name, compressed, budget
        self._count = 0

    def readable(self) -> bool:
        """True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; without a size everything, within the limits.

        Raises:
            Rejected: `bad_zip` for damage, `inflate_bomb` or `too_large` past a limit.
        """
        if size < 0:
            return b"".join(iter(lambda: self.read(1 << 20), b""))
        try:
            piece = self._stream.read(min(size, 1 << 20))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
            raise Rejected(RejectionCode.bad_zip) from None
        self._count += len(piece)
        self._budget.spend(len(piece), self._count, self._compressed)
        return piece


class _Budget:
    """What all entries together may still unpack to."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.left = limits.zip_total_bytes

    def spend(self, piece: int, entry_total: int, compressed: int) -> None:
        self.left -= piece
        limits = self.limits
        if self.left < 0 or entry_total > limits.file_bytes:
            raise Rejected(RejectionCode.too_large)
        if entry_total > max(limits.zip_ratio_free_bytes, limits.zip_ratio * compressed):
            raise Rejected(RejectionCode.inflate_bomb)


def entries(archive: Path, limits: Limits = LIMITS) -> Iterator[tuple[int, EntryStream]]:
    """Yield `(index, stream)` for every file in the archive; read a stream before the next one.

    Folders and the leftovers of file managers are skipped; `index` counts what is yielded, from 0.

    Raises:
        Rejected: `bad_zip`, `encrypted_zip`, `too_large` or `inflate_bomb`. What was yielded
            before stays usable.
    """
    _check_directory(archive, limits)
    try:
        with zipfile.ZipFile(archive) as opened:
            infos = opened.infolist()
            _check_infos(infos, limits)
            budget = _Budget(limits)
            wanted = (info for info in infos if not _is_skipped(info))
            for index, info in enumerate(wanted):
                with opened.open(info) as stream:
                    name = _shown_name(info.filename)
                    yield index, EntryStream(stream, name, info.compress_size, budget)  # type: ignore[arg-type]
    except (
        zipfile.BadZipFile,
        struct.error,
        NotImplementedError,
        RuntimeError,
        ValueError,
        EOFError,
    ):
        raise Rejected(RejectionCode.bad_zip) from None


def _check_directory(archive: Path, limits: Limits) -> None:
    """Look at the end record by hand: the library would load a directory of any size.

    Raises:
        Rejected: `bad_zip` or `too_large`.
    """
    size = archive.stat().st_size
    if size > limits.zip_bytes:
        raise Rejected(RejectionCode.too_large)
    with archive.open("rb") as file:
        file.seek(max(0, size - 66_000))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or at + 22 > len(tail):
        raise Rejected(RejectionCode.bad_zip)
    count, directory_bytes = struct.unpack_from("<HL", tail, at + 10)
    at64 = tail.rfind(_END64, 0, at)
    if at64 >= 0 and at64 + 56 <= len(tail):
        count64, bytes64 = struct.unpack_from("<QQ", tail, at64 + 32)
        count, directory_bytes = max(count, count64), max(directory_bytes, bytes64)
    if count == 0xFFFF and at64 < 0:
        raise Rejected(RejectionCode.bad_zip)
    if count > limits.zip_entries or directory_bytes > limits.zip_directory_bytes:
        raise Rejected(RejectionCode.too_large)


def _check_infos(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuse the archive as a whole where any entry is unsafe."""
    if len(infos) > limits.zip_entries:
        raise Rejected(RejectionCode.too_large)
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.flag_bits & _ENCRYPTED:
            raise Rejected(RejectionCode.encrypted_zip)
        if info.header_offset < end or info.compress_type not in _METHODS:
            raise Rejected(RejectionCode.bad_zip)  # overlapping members: a bomb without ratio
        # 30 bytes of local header and the name come before the data
        end = info.header_offset + 30 + info.compress_size
        mode = info.external_attr >> 16
        if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_IFMT(mode) == 0):
            raise Rejected(RejectionCode.bad_zip)
        if _is_unsafe(info.orig_filename):
            raise Rejected(RejectionCode.bad_zip)


def _is_unsafe(name: str) -> bool:
    """Names that would leave the folder, were they ever used as paths."""
    slashed = name.replace("\\", "/")
    return (
        not name
        or "\0" in name
        or slashed.startswith("/")
        or ".." in slashed.split("/")
        or slashed[1:2] == ":"
    )


def _is_skipped(info: zipfile.ZipInfo) -> bool:
    parts = info.filename.replace("\\", "/").split("/")
    return (
        info.is_dir()
        or "__MACOSX" in parts
        or parts[-1].startswith(".")
        or parts[-1].upper() in ("THUMBS.DB", "DESKTOP.INI", "")
    )


def _shown_name(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter if letter.isprintable() else "?" for letter in last)[:200]

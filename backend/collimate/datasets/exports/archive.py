"""Zip files whose bytes depend on their content alone."""

import json
import zipfile
from typing import Any

EPOCH = (1980, 1, 1, 0, 0, 0)


def add_bytes(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a member; pictures are compressed already and are only stored."""
    info = zipfile.ZipInfo(name, EPOCH)
    info.create_system, info.external_attr = 3, 0o644 << 16
    is_packed = name.endswith(".png")
    info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def add_json(archive: zipfile.ZipFile, name: str, content: Any) -> None:
    """Add a member as readable JSON with sorted keys."""
    text = json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    add_bytes(archive, name, text.encode() + b"\n")

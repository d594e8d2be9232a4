"""Blobs are durable, content-addressed and never overwritten."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collimate.kit.blobs import BlobMissing, BodyTooLarge, LocalBlobs, spool


@given(content=st.binary(max_size=4096), offset=st.integers(0, 5000), length=st.integers(0, 5000))
def test_any_range_of_a_blob_reads_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, offset: int, length: int
) -> None:
    folder = tmp_path_factory.mktemp("blobs")
    source = folder / "source"
    source.write_bytes(content)
    blobs = LocalBlobs(folder / "root")
    blob = blobs.put(source)
    assert blob.sha256 == hashlib.sha256(content).hexdigest()
    assert blobs.read(blob.sha256) == content
    assert blobs.read(blob.sha256, offset, length) == content[offset : offset + length]


def test_a_stream_over_the_limit_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(BodyTooLarge):
        spool([b"x" * 600, b"x" * 600], tmp_path, 1000)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_no_hash_is_never_looked_up(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path / "root")
    for name in ("../../etc/passwd", "", "z" * 64, "A" * 64):
        with pytest.raises(BlobMissing):
            blobs.read(name)


def test_bytes_and_folder_are_synced_before_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    real_fsync, real_rename = os.fsync, Path.rename

    def fsync(descriptor: int) -> None:
        calls.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")
        real_fsync(descriptor)

    def rename(self: Path, target: Path) -> Path:
        calls.append("rename")
        return real_rename(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", rename)
    source = tmp_path / "source"
    source.write_bytes(b"pixels")
    LocalBlobs(tmp_path / "root").put(source)
    assert calls[:3] == ["file", "rename", "folder"]


def test_a_failed_sync_fails_the_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_descriptor: int) -> None:
        raise OSError("disk error")

    source = tmp_path / "source"
    source.write_bytes(b"pixels")
    blobs = LocalBlobs(tmp_path / "root")
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="disk error"):
        blobs.put(source)
    monkeypatch.undo()
    assert not blobs.path(hashlib.sha256(b"pixels").hexdigest()).exists()

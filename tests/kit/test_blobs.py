"""Blobs are durable, content-addressed and never overwritten."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collimate.kit.blobs import BlobMissing, BodyTooLarge, LocalBlobs, blob_of, spool


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


def test_files_that_are_adopted_are_moved_and_each_kept_once(tmp_path: Path) -> None:
    store = LocalBlobs(tmp_path / "root")
    store.root.mkdir()
    contents = [b"one", b"two", b"one", b"three"]
    files = []
    for number, content in enumerate(contents):
        path = tmp_path / f"file {number}"
        path.write_bytes(content)
        files.append((path, blob_of(path)))
    store.adopt([files[0], files[1], files[3]])
    store.adopt(files[2:3])
    assert [store.read(blob.sha256) for _, blob in files] == contents
    assert not files[0][0].exists()
    assert files[2][0].exists()


def test_what_is_brief_is_found_wherever_it_lies_and_is_kept_once(tmp_path: Path) -> None:
    store = LocalBlobs(tmp_path / "root")
    store.root.mkdir()
    files = []
    for content in (b"one", b"two"):
        path = tmp_path / content.decode()
        path.write_bytes(content)
        files.append((path, blob_of(path)))
    store.adopt(files, is_brief=True)
    one = files[0][1].sha256
    assert (store.read(one), store.size(one), store.read(one, 1, 1)) == (b"one", 3, b"n")
    with store.local(one) as found:
        assert found.read_bytes() == b"one"
    (tmp_path / "again").write_bytes(b"one")
    assert store.put(tmp_path / "again").sha256 == one
    store.adopt([(tmp_path / "again", files[0][1])])
    assert len([path for path in store.root.rglob("*") if path.is_file()]) == 2
    store.delete(one)
    with pytest.raises(BlobMissing):
        store.read(one)


def test_adopting_syncs_each_file_before_it_has_its_name_and_its_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalBlobs(tmp_path / "root")
    store.root.mkdir()
    done: list[str] = []
    real_sync, real_rename = os.fsync, Path.rename

    def sync(descriptor: int) -> None:
        done.append(f"sync {Path(os.readlink(f'/proc/self/fd/{descriptor}')).name}")
        real_sync(descriptor)

    def rename(path: Path, target: Path) -> Path:
        done.append(f"rename {path.name}")
        return real_rename(path, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "rename", rename)
    files = []
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
        files.append((tmp_path / name, blob_of(tmp_path / name)))
    store.adopt(files)
    last_rename = max(done.index("rename a"), done.index("rename b"))
    for name, blob in ((path.name, blob) for path, blob in files):
        assert done.index(f"sync {name}") < done.index(f"rename {name}")
        assert done.index(f"sync {blob.sha256[:2]}") > last_rename
    assert done.index("sync root") > last_rename


def test_what_is_in_memory_is_read_without_waiting_and_the_rest_is_said_to_be_missing(
    tmp_path: Path,
) -> None:
    store = LocalBlobs(tmp_path / "root")
    source = tmp_path / "source"
    source.write_bytes(bytes(range(256)) * 64)
    blob = store.put(source)
    store.read(blob.sha256)
    assert store.read_warm(blob.sha256, 100, 50) in (
        None,
        bytearray(store.read(blob.sha256, 100, 50)),
    )
    assert store.read_warm(blob.sha256, 16_000, 1_000) is None
    assert store.read_warm("0" * 64, 0, 1) is None

"""A watched folder on a real disk: whole files, each once, through crashes."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from collimate.kit.blobs import BodyTooLarge
from collimate.studies import watch as watching
from collimate.studies.drain import ingest_waiting
from collimate.studies.models import Instance
from collimate.studies.watch import FolderWatch
from collimate.studies.ways_in import WatchedFolder
from tests import dicoms


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def opened(archive: Any, inbox: Path) -> Callable[..., FolderWatch]:
    def make(settle_seconds: float = 0) -> FolderWatch:
        project = str(archive.project.id)
        return FolderWatch(
            WatchedFolder(folder=inbox, project=project, settle_seconds=settle_seconds)
        )

    return make


def tree(folder: Path) -> list[str]:
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if not path.is_dir() and path.name != "lock"
    )


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_good_files_end_in_done_and_others_in_failed_with_the_reason(archive, inbox, opened):
    put(inbox, "ct/1.dcm", dicoms.ct_slice())
    put(inbox, "ct/2.dcm", dicoms.broken("truncated_pixels"))
    put(inbox, "README.TXT", b"hello")
    watch = opened()
    assert watch.look() == 2
    assert [file.state for file in archive.files()] == ["received"] * 2
    assert sorted(file.file_name for file in archive.files()) == ["ct/1.dcm", "ct/2.dcm"]
    ingest_waiting(archive.project.id)
    assert watch.look() == 0
    assert tree(inbox) == [
        "done/ct/1.dcm", "failed/ct/2.dcm", "failed/ct/2.dcm.why.txt", "left_out/README.TXT",
    ]  # fmt: skip
    assert "cut off" in (inbox / "failed/ct/2.dcm.why.txt").read_text()
    assert os.listdir(inbox / ".taken") == ["lock"]


def test_a_file_is_left_alone_until_it_has_stopped_growing(archive, inbox, opened, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(watching.time, "monotonic", lambda: now[0])
    data = dicoms.ct_slice()
    path = put(inbox, "a.dcm", data[:1000])
    watch = opened(settle_seconds=10)
    for moment in (100.0, 109.0):
        now[0] = moment
        assert watch.look() == 0
    path.write_bytes(data)
    for moment in (111.0, 120.0):
        now[0] = moment
        assert watch.look() == 0
    now[0] = 121.0
    assert watch.look() == 1
    ingest_waiting(archive.project.id)
    assert [file.state for file in archive.files()] == ["accepted"]


def test_a_file_that_grows_while_it_is_read_goes_back_and_leaves_no_row(
    archive, inbox, opened, monkeypatch
):
    path = put(inbox, "a.dcm", dicoms.ct_slice()[:5000])
    original = watching._chunks

    def growing(file):
        yield from original(file)
        os.write(os.open(f"/proc/self/fd/{file.fileno()}", os.O_WRONLY | os.O_APPEND), b"more")

    monkeypatch.setattr(watching, "_chunks", growing)
    assert opened().look() == 0
    assert archive.files() == []
    assert tree(inbox) == ["a.dcm"]
    monkeypatch.undo()
    path.write_bytes(dicoms.ct_slice())
    assert opened().look() == 1


@pytest.mark.parametrize("name", [".hidden.dcm", "a.dcm.part", "a.tmp", ".git/a.dcm"])
def test_names_of_unfinished_and_hidden_files_are_left_alone(archive, inbox, opened, name):
    put(inbox, name, dicoms.ct_slice())
    assert opened().look() == 0
    assert tree(inbox) == [name]


def test_links_are_not_followed(archive, inbox, opened, tmp_path):
    outside = put(tmp_path, "outside/secret.dcm", dicoms.ct_slice())
    (inbox / "file.dcm").symlink_to(outside)
    (inbox / "folder").symlink_to(outside.parent)
    os.mkfifo(inbox / "pipe.dcm")
    assert opened().look() == 0
    assert archive.files() == []
    assert outside.exists()


CRASHES = ["before receiving", "after receiving", "before the move", "after the move"]


@pytest.mark.parametrize("when", CRASHES)
def test_a_crash_at_any_point_takes_nothing_twice_and_loses_nothing(
    archive, inbox, opened, monkeypatch, when
):
    class Died(BaseException):
        pass

    def die(*_arguments: Any, **_more: Any) -> None:
        raise Died

    put(inbox, "a.dcm", dicoms.ct_slice())
    patched = {
        "before receiving": ("receive", FolderWatch, "_receive"),
        "after receiving": ("take", FolderWatch, "_take"),
        "before the move": ("put", FolderWatch, "_put"),
        "after the move": ("tidy", FolderWatch, "_tidy"),
    }
    _, owner, name = patched[when]
    original = getattr(owner, name)

    def then_die(*arguments: Any, **more: Any) -> None:
        original(*arguments, **more)
        raise Died

    monkeypatch.setattr(owner, name, then_die if when == "after receiving" else die)
    with pytest.raises(Died):
        opened().look()
        ingest_waiting(archive.project.id)
        opened().look()
    monkeypatch.undo()
    for _ in range(2):
        opened().look()
        ingest_waiting(archive.project.id)
    opened().look()
    assert tree(inbox) == ["done/a.dcm"]
    assert [file.state for file in archive.files()] == ["accepted"]
    assert len(archive.rows(Instance)) == 1


def test_the_same_name_again_never_replaces_what_is_done(archive, inbox, opened):
    for seed in range(3):
        put(inbox, "a.dcm", dicoms.ct_slice(seed=seed))
        opened().look()
        ingest_waiting(archive.project.id)
    opened().look()
    assert tree(inbox) == ["done/a.dcm", "done/a.dcm.2", "done/a.dcm.3"]
    assert (inbox / "done/a.dcm").read_bytes() == dicoms.ct_slice(seed=0)


def test_two_processes_on_one_folder_take_each_file_once(archive, inbox, opened):
    for index in range(12):
        put(inbox, f"{index}.dcm", dicoms.ct_slice(slice_index=index))
    watches = [opened() for _ in range(3)]
    gate = threading.Barrier(3)

    def run(watch: FolderWatch) -> None:
        gate.wait()
        for _ in range(3):
            watch.look()

    threads = [threading.Thread(target=run, args=(watch,)) for watch in watches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(archive.files()) == 12


def test_what_is_too_large_is_set_aside_and_the_rest_goes_on(archive, inbox, opened, monkeypatch):
    put(inbox, "a-large.dcm", dicoms.ct_slice())
    put(inbox, "b.dcm", dicoms.ct_slice(slice_index=1))
    original = watching.receive

    def limited(session: Any, project: Any, **more: Any) -> Any:
        if "large" in more["name"]:
            raise BodyTooLarge("At most 1 MiB are accepted.")
        return original(session, project, **more)

    monkeypatch.setattr(watching, "receive", limited)
    assert opened().look() == 1
    assert "1 MiB" in (inbox / "failed/a-large.dcm.why.txt").read_text()


def test_a_full_disk_of_ours_keeps_the_file_for_the_next_look(archive, inbox, opened, monkeypatch):
    put(inbox, "a.dcm", dicoms.ct_slice())
    with monkeypatch.context() as patch:
        patch.setattr("collimate.studies.receive.spool", full)
        with pytest.raises(OSError, match="space"):
            opened().look()
    assert archive.files() == []
    opened().look()
    assert [file.state for file in archive.files()] == ["received"]


def full(*_arguments: Any) -> None:
    raise OSError(28, "No space left on device")


def test_the_watcher_goes_on_after_a_folder_that_is_away(archive, inbox, opened, tmp_path):
    away = FolderWatch(WatchedFolder(folder=tmp_path / "unmounted", project="x", settle_seconds=0))
    put(inbox, "a.dcm", dicoms.ct_slice())
    looks = iter([False, True])
    watching.watch([away, opened()], lambda: next(looks))
    assert len(archive.files()) == 1

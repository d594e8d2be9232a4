"""Archives are walked without trusting their directory."""

import io
import stat
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from collimate.dicom.limits import LIMITS
from collimate.dicom.rejection import Rejected
from collimate.dicom.zips import entries


def archive(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members:
            target.writestr(name, content)
    return path


def unpack(path: Path, limits=LIMITS) -> list[tuple[int, str, bytes]]:
    return [(index, stream.name, stream.read()) for index, stream in entries(path, limits)]


def refused(path: Path, limits=LIMITS) -> str:
    with pytest.raises(Rejected) as caught:
        unpack(path, limits)
    return str(caught.value.code)


def test_files_come_out_in_order_and_folders_and_leftovers_do_not(tmp_path):
    path = archive(
        tmp_path / "a.zip",
        ("study/", b""),
        ("study/1.dcm", b"one"),
        ("study/.DS_Store", b"x"),
        ("__MACOSX/study/._1.dcm", b"x"),
        ("study/2.dcm", b"two" * 1000),
        ("study/2.dcm", b"again"),
    )
    assert unpack(path) == [
        (0, "1.dcm", b"one"),
        (1, "2.dcm", b"two" * 1000),
        (2, "2.dcm", b"again"),
    ]


@pytest.mark.parametrize(
    "name", ["../x.dcm", "a/../../x", "/etc/passwd", "C:\\x.dcm", "..\\x.dcm", "a\\..\\..\\x"]
)
def test_a_name_that_leaves_the_folder_condemns_the_archive(tmp_path, name):
    path = archive(tmp_path / "a.zip", ("good.dcm", b"good"), (name, b"bad"))
    assert refused(path) == "bad_zip"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.zip"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_condemn_the_archive(tmp_path, kind):
    info = zipfile.ZipInfo("link.dcm")
    info.create_system = 3
    info.external_attr = (kind | 0o777) << 16
    assert refused(archive(tmp_path / "a.zip", (info, b"/etc/passwd"))) == "bad_zip"


def test_a_password_is_recognised(tmp_path):
    path = archive(tmp_path / "a.zip", ("a.dcm", b"secret"))
    data = bytearray(path.read_bytes())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1
    path.write_bytes(data)
    assert refused(path) == "encrypted_zip"


def test_a_forged_size_is_found_by_what_really_comes(tmp_path):
    path = archive(tmp_path / "a.zip", ("a.dcm", b"abc" * 10_000))
    data = bytearray(path.read_bytes())
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<L", data, data.index(signature) + at, 10)
    path.write_bytes(data)
    assert refused(path) == "bad_zip"


def test_a_bomb_is_stopped_by_its_ratio(tmp_path):
    limits = replace(LIMITS, zip_ratio_free_bytes=1 << 20, zip_ratio=100)
    path = archive(tmp_path / "a.zip", ("a.dcm", bytes(8 << 20)))
    assert path.stat().st_size < 20_000
    assert refused(path, limits) == "inflate_bomb"


def test_limits_count_all_entries_together(tmp_path):
    path = archive(tmp_path / "a.zip", *((f"{n}.dcm", bytes([n]) * 1000) for n in range(10)))
    assert refused(path, replace(LIMITS, zip_total_bytes=5000)) == "too_large"
    assert refused(path, replace(LIMITS, zip_entries=9)) == "too_large"
    assert refused(path, replace(LIMITS, file_bytes=900)) == "too_large"
    assert refused(path, replace(LIMITS, zip_bytes=100)) == "too_large"
    assert refused(path, replace(LIMITS, zip_directory_bytes=100)) == "too_large"


def test_overlapping_members_are_refused(tmp_path):
    path = archive(tmp_path / "a.zip", ("a.dcm", b"a" * 100), ("b.dcm", b"b" * 100))
    data = bytearray(path.read_bytes())
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    struct.pack_into("<L", data, second + 42, 0)
    path.write_bytes(data)
    assert refused(path) == "bad_zip"


def test_methods_that_cannot_be_unpacked_piece_by_piece_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_BZIP2) as target:
        target.writestr("a.dcm", bytes(1 << 20))
    assert refused(tmp_path / "a.zip") == "bad_zip"


@pytest.mark.parametrize("cut", [0, 4, 30, 60, 100])
def test_a_damaged_archive_is_refused(tmp_path, cut):
    path = archive(tmp_path / "a.zip", ("a.dcm", b"content" * 50))
    path.write_bytes(path.read_bytes()[:cut])
    assert refused(path) == "bad_zip"


def test_a_flipped_bit_is_found(tmp_path):
    path = archive(tmp_path / "a.zip", ("a.dcm", bytes(range(256)) * 50))
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(data)
    assert refused(path) == "bad_zip"


def test_an_archive_inside_an_archive_is_one_bad_file(tmp_path, prepare):
    inner = archive(tmp_path / "inner.zip", ("a.dcm", b"x")).read_bytes()
    path = archive(tmp_path / "a.zip", ("inner.zip", inner))
    ((_, _, content),) = unpack(path)
    with pytest.raises(Rejected) as caught:
        prepare(content)
    assert caught.value.code == "bad_zip"


def test_a_stream_can_be_read_in_pieces(tmp_path):
    content = bytes(range(256)) * 5000
    path = archive(tmp_path / "a.zip", ("a.dcm", content))
    for _, stream in entries(path):
        copied = io.BytesIO()
        while piece := stream.read(1000):
            copied.write(piece)
        assert copied.getvalue() == content

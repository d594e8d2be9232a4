"""What an object says it is, found in its first bytes."""

import io

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collimate.dicom.peek import LOOKED_AT_BYTES, stated_identity
from tests import dicoms


def body(data: bytes) -> bytes:
    """The data set behind preamble and group 2."""
    return data[144 + int.from_bytes(data[140:144], "little") :]


@pytest.mark.parametrize("syntax", [*dicoms.NATIVE, dicoms.JPEG_2000])
def test_the_identity_is_found_in_every_encoding(syntax: str) -> None:
    data = dicoms.ct_slice(syntax=syntax)
    parsed = pydicom.dcmread(io.BytesIO(data))
    start = body(data)[:LOOKED_AT_BYTES]
    assert stated_identity(start, syntax) == (parsed.SOPClassUID, parsed.SOPInstanceUID)


def test_an_object_without_identity_has_none() -> None:
    data = body(dicoms.ct_slice())
    from_modality = data[data.index(b"\x08\x00\x60\x00CS") :]
    assert stated_identity(from_modality, dicoms.EXPLICIT) is None


@given(st.binary(max_size=400), st.sampled_from(dicoms.NATIVE))
def test_nonsense_has_no_identity_and_raises_nothing(data: bytes, syntax: str) -> None:
    assert stated_identity(data, syntax) is None


@given(st.integers(0, 300), st.binary(min_size=1, max_size=8))
def test_a_damaged_start_raises_nothing(at: int, damage: bytes) -> None:
    data = bytearray(body(dicoms.ct_slice())[:600])
    data[at : at + len(damage)] = damage
    stated_identity(bytes(data), dicoms.EXPLICIT)

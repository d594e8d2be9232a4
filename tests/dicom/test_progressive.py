"""Large frames are also kept as HTJ2K in resolution order, exact, and only where it pays."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydicom.encaps import encapsulate

from collimate.dicom.limits import LIMITS
from collimate.dicom.prepared import EXPLICIT_VR_LITTLE_ENDIAN
from collimate.dicom.progressive import HTJ2K_LOSSLESS_RPCL, encode_progressive, levels_of
from collimate.dicom.sandbox import Sandbox
from tests import dicoms
from tests.dicom.conftest import PROFILE

SIDES = st.integers(1, 70)


def decoded_elsewhere(frame: bytes, like: np.ndarray) -> np.ndarray:
    """Through OpenJPEG; what is tested encodes with OpenJPH."""
    dataset = pydicom.dcmread(BytesIO(dicoms.radiograph(array=like, planted=False)))
    dataset.file_meta.TransferSyntaxUID = HTJ2K_LOSSLESS_RPCL
    dataset.PixelData = encapsulate([frame])
    if like.ndim == 3:
        dataset.PhotometricInterpretation = "YBR_RCT"
    return dataset.pixel_array


def main_header(frame: bytes) -> bytes:
    return frame[: frame.index(b"\xff\x90")]


@pytest.mark.parametrize("kind", ["u1", "u2", "i2"])
@pytest.mark.parametrize("shape", [(300, 500), (65, 4000)])
def test_a_frame_comes_back_exactly(kind, shape):
    bits = 8 if kind == "u1" else 12
    array = dicoms.pattern(*shape, bits=bits, signed=kind == "i2").astype(kind)
    frame = encode_progressive(array)
    assert np.array_equal(decoded_elsewhere(frame, array), array)
    style = main_header(frame)[main_header(frame).index(b"\xff\x52") :]
    assert style[5] == 2, "resolution, position, component, layer"
    assert style[9] == levels_of(*shape)
    assert b"\xff\x55" in main_header(frame), "tile-part lengths"


def test_colour_comes_back_exactly():
    array = dicoms.colours(200, 150)
    assert np.array_equal(decoded_elsewhere(encode_progressive(array), array), array)


@settings(max_examples=25, deadline=None)
@given(array=st.sampled_from(["u1", "u2", "i2"]).flatmap(
    lambda kind: arrays(np.dtype(kind), st.tuples(SIDES, SIDES))))  # fmt: skip
def test_any_frame_comes_back_exactly(array):
    import imagecodecs

    assert np.array_equal(imagecodecs.htj2k_decode(encode_progressive(array)), array)


def test_the_smallest_resolution_is_small():
    for rows, columns in ((4096, 3328), (512, 512), (64, 64), (1, 1), (9000, 70)):
        assert min(rows, columns) >> levels_of(rows, columns) <= 64
        assert levels_of(rows, columns) >= 1


@pytest.fixture
def small_limit():
    """As if frames of 8 KiB were large."""
    with Sandbox(limits=replace(LIMITS, progressive_frame_bytes=8192)) as sandbox:
        yield sandbox


@pytest.mark.parametrize("syntax", [dicoms.EXPLICIT, dicoms.JPEG_LS])
def test_large_frames_are_kept_twice_and_the_file_stays_as_it_was(small_limit, tmp_path, syntax):
    stack = np.stack([dicoms.pattern(80, 70, seed=seed) for seed in range(3)])
    source = tmp_path / "source.dcm"
    source.write_bytes(dicoms.multi_frame(array=stack, syntax=syntax))
    prepared = small_limit.prepare(source, tmp_path / "out", PROFILE)
    stored = (tmp_path / "out" / "progressive.jhc").read_bytes()
    assert len(prepared.progressive_ranges) == 3
    assert sum(length for _, length in prepared.progressive_ranges) == len(stored)
    for index, (offset, length) in enumerate(prepared.progressive_ranges):
        frame = stored[offset : offset + length]
        assert np.array_equal(decoded_elsewhere(frame, stack[index]), stack[index])
    assert prepared.served_transfer_syntax_uid == EXPLICIT_VR_LITTLE_ENDIAN
    assert prepared.original_transfer_syntax_uid == syntax


def test_small_frames_are_not_kept_twice(prepare):
    outcome = prepare(dicoms.ct_slice())
    assert outcome.prepared.progressive_ranges == []
    assert not (outcome.out / "progressive.jhc").exists()

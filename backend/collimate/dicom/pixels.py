"""Gate the stated image size, then decode frames to the plain form that is served.

Source: PS3.3 C.7.6.3 (image pixel module), PS3.5 chapter 8.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.pixels import get_decoder
from pydicom.pixels.processing import apply_color_lut

from collimate.dicom import kinds
from collimate.dicom.limits import Limits
from collimate.dicom.part10 import Received
from collimate.dicom.rejection import Rejected, RejectionCode

Frame = NDArray[Any]

_MONOCHROME = frozenset({"MONOCHROME1", "MONOCHROME2"})
_NATIVE_COLOURS = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422"})
_COLOURS = _NATIVE_COLOURS | {"YBR_ICT", "YBR_RCT"}


@dataclass(frozen=True)
class PixelFacts:
    """The image pixel module, as received and checked."""

    rows: int
    columns: int
    frame_count: int
    samples: int
    bits_allocated: int
    bits_stored: int
    signed: bool
    photometric: str
    planar: int

    @property
    def stored_frame_bits(self) -> int:
        """Bits of one native frame; YBR_FULL_422 shares colour between two pixels."""
        samples = 2 if self.photometric == "YBR_FULL_422" else self.samples
        return self.rows * self.columns * samples * self.bits_allocated

    @property
    def stored_bytes(self) -> int:
        """Bytes of all native frames, without padding."""
        return (self.stored_frame_bits * self.frame_count + 7) // 8

    @property
    def decoded_frame_bytes(self) -> int:
        """Bytes of one frame in the form that is served, at most."""
        samples = 3 if self.photometric == "PALETTE COLOR" else self.samples
        return self.rows * self.columns * samples * max(1, self.bits_allocated // 8)


def read_facts(
    received: Received, limits: Limits, *, released: frozenset[str] = frozenset()
) -> PixelFacts:
    """Check everything the header says about the pixels, before anything is allocated for them.

    Raises:
        Rejected: `bad_dimensions`, `too_large`, `truncated`, `unsupported_pixel_format`, and
            `implausible_ratio` unless it was `released`.
    """
    dataset = received.dataset
    bits = _integer(dataset, "BitsAllocated", 0)
    samples = _integer(dataset, "SamplesPerPixel", 1)
    default = "MONOCHROME2" if samples == 1 else "RGB"
    facts = PixelFacts(
        rows=_integer(dataset, "Rows", 0),
        columns=_integer(dataset, "Columns", 0),
        frame_count=_integer(dataset, "NumberOfFrames", 1),
        samples=samples,
        bits_allocated=bits,
        bits_stored=_integer(dataset, "BitsStored", bits),
        signed=_integer(dataset, "PixelRepresentation", 0) == 1,
        photometric=str(dataset.get("PhotometricInterpretation") or default).strip().upper(),
        planar=_integer(dataset, "PlanarConfiguration", 0),
    )
    _check_size(facts, limits)
    _check_form(facts, native=received.transfer_syntax_uid in kinds.NATIVE)
    _check_stored(facts, received)
    if RejectionCode.implausible_ratio not in released:
        _check_ratio(facts, received, limits)
    return facts


def _integer(dataset: Dataset, keyword: str, default: int) -> int:
    try:
        value = dataset.get(keyword)
        if isinstance(value, list | tuple) or type(value).__name__ == "MultiValue":
            raise Rejected(RejectionCode.bad_dimensions)
        return default if value in (None, "") else int(str(value))
    except (TypeError, ValueError, OverflowError):
        raise Rejected(RejectionCode.bad_dimensions) from None


def _check_form(facts: PixelFacts, *, native: bool) -> None:
    colours = _NATIVE_COLOURS if native else _COLOURS
    if facts.photometric in _MONOCHROME or facts.photometric == "PALETTE COLOR":
        expected = 1
    elif facts.photometric in colours:
        expected = 3
    else:
        raise Rejected(RejectionCode.unsupported_pixel_format)
    if facts.samples != expected or facts.planar not in (0, 1):
        raise Rejected(RejectionCode.bad_dimensions)
    one_bit = facts.bits_allocated == 1 and native and facts.photometric in _MONOCHROME
    if facts.bits_allocated not in (8, 16) and not one_bit:
        raise Rejected(RejectionCode.unsupported_pixel_format)
    if not 1 <= facts.bits_stored <= facts.bits_allocated:
        raise Rejected(RejectionCode.bad_dimensions)
    if facts.photometric.startswith("YBR") and facts.bits_allocated != 8:
        raise Rejected(RejectionCode.unsupported_pixel_format)
    if facts.photometric == "YBR_FULL_422" and native and facts.columns % 2:
        raise Rejected(RejectionCode.bad_dimensions)


def _check_size(facts: PixelFacts, limits: Limits) -> None:
    sizes = ((facts.rows, limits.rows), (facts.columns, limits.columns))
    if any(not 1 <= size <= most for size, most in sizes):
        raise Rejected(RejectionCode.bad_dimensions)
    if not 1 <= facts.frame_count <= limits.frames:
        raise Rejected(RejectionCode.bad_dimensions)
    total = facts.decoded_frame_bytes * facts.frame_count
    if facts.decoded_frame_bytes > limits.frame_bytes or total > limits.decoded_bytes:
        raise Rejected(RejectionCode.too_large)


def _check_stored(facts: PixelFacts, received: Received) -> None:
    """Compare what is stated with what is there."""
    present = len(received.pixel_value())
    if received.transfer_syntax_uid in kinds.NATIVE:
        if received.pixels is not None and received.pixels.encapsulated:
            raise Rejected(RejectionCode.malformed)
        if present < facts.stored_bytes:
            raise Rejected(RejectionCode.truncated)
        return
    if received.pixels is not None and not received.pixels.encapsulated:
        raise Rejected(RejectionCode.malformed)
    # a run of PS3.5 annex G turns two bytes into at most 128
    is_run_length = received.transfer_syntax_uid == kinds.RLE
    if is_run_length and facts.decoded_frame_bytes * facts.frame_count > 64 * present:
        raise Rejected(RejectionCode.bad_dimensions)


def _check_ratio(facts: PixelFacts, received: Received, limits: Limits) -> None:
    """A few bytes must not become a large image unless a person says that they may."""
    total = facts.decoded_frame_bytes * facts.frame_count
    plausible = limits.decoded_ratio * len(received.pixel_value())
    if total > max(limits.decoded_free_bytes, plausible):
        raise Rejected(RejectionCode.implausible_ratio)


def native_value(received: Received, facts: PixelFacts) -> memoryview:
    """The native pixels, little-endian, cut to the stated size, nothing in their unused bits.

    Those held overlays once (PS3.5 8.1.1, retired), which may show names, and they are not part of
    a value; signed values keep their sign in them.
    """
    value = received.pixel_value()[: facts.stored_bytes]
    is_words = facts.bits_allocated == 16 or received.pixels is None or received.pixels.vr != b"OB"
    if not received.little and is_words:
        words = received.pixel_value()[: facts.stored_bytes + facts.stored_bytes % 2]
        value = memoryview(np.frombuffer(words, "<u2").byteswap().tobytes())[: facts.stored_bytes]
    if facts.bits_stored < facts.bits_allocated and facts.bits_allocated > 1:
        dtype = f"<{'i' if facts.signed else 'u'}{facts.bits_allocated // 8}"
        unused = facts.bits_allocated - facts.bits_stored
        array = np.left_shift(np.frombuffer(value, dtype), unused)
        value = memoryview(np.right_shift(array, unused).astype(dtype).tobytes())
    return value


def is_served_as_stored(received: Received, facts: PixelFacts) -> bool:
    """True where the bytes in the file are already the bytes that go to the viewer."""
    if received.transfer_syntax_uid not in kinds.NATIVE or facts.bits_allocated == 1:
        return False
    return facts.photometric in _MONOCHROME or (facts.photometric == "RGB" and facts.planar == 0)


def decode_frames(received: Received, facts: PixelFacts, value: memoryview) -> Iterator[Frame]:
    """Yield every frame as (row, column) or (row, column, RGB), 8 or 16 bits, little-endian.

    Raises:
        Rejected: `undecodable`, `unsupported_transfer_syntax` or `bad_dimensions`.
    """
    syntax = received.transfer_syntax_uid
    if syntax in kinds.NATIVE:
        syntax = kinds.EXPLICIT_LITTLE
    elif syntax not in kinds.ENCAPSULATED:
        raise Rejected(RejectionCode.unsupported_transfer_syntax)
    else:
        _check_ends(received, facts, value)
    count = 0
    frames = get_decoder(syntax).iter_array(
        bytes(value), decoding_plugin=kinds.PLUGIN.get(syntax, ""), **_options(received, facts)
    )
    while count < facts.frame_count:
        try:
            array, _ = next(frames)
        except StopIteration:
            raise Rejected(RejectionCode.undecodable) from None
        except (MemoryError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            # codecs written in Rust panic past Exception; what plug-ins raise pydicom wraps,
            # keeping only the text, which is empty where C++ found no room
            text = str(error).rstrip()
            if "allocate" in text or text.endswith(":"):
                raise MemoryError from None
            raise Rejected(RejectionCode.undecodable) from None
        count += 1
        yield _plain(array, received.dataset, facts)


def _check_ends(received: Received, facts: PixelFacts, value: memoryview) -> None:
    """Every frame of the JPEG families must reach its end marker: decoders fill up the rest."""
    if received.transfer_syntax_uid == kinds.RLE:
        return
    offsets = _options(received, facts).get("extended_offsets")
    try:
        for frame in generate_frames(
            bytes(value), number_of_frames=facts.frame_count, extended_offsets=offsets
        ):
            if b"\xff\xd9" not in frame[-16:]:
                raise Rejected(RejectionCode.undecodable)
    except (ValueError, struct.error):
        raise Rejected(RejectionCode.undecodable) from None


def _options(received: Received, facts: PixelFacts) -> dict[str, Any]:
    options: dict[str, Any] = {
        "rows": facts.rows,
        "columns": facts.columns,
        "number_of_frames": facts.frame_count,
        "samples_per_pixel": facts.samples,
        "bits_allocated": facts.bits_allocated,
        "bits_stored": facts.bits_stored,
        "photometric_interpretation": facts.photometric,
        "pixel_representation": int(facts.signed),
        "pixel_keyword": "PixelData",
    }
    if facts.samples > 1:
        options["planar_configuration"] = facts.planar
    offsets = received.dataset.get("ExtendedOffsetTable")
    lengths = received.dataset.get("ExtendedOffsetTableLengths")
    if offsets and lengths:
        options["extended_offsets"] = (offsets, lengths)
    return options


def _plain(array: Frame, dataset: Dataset, facts: PixelFacts) -> Frame:
    if facts.photometric == "PALETTE COLOR":
        array = _expand_palette(array, dataset)
    colour = facts.samples == 3 or facts.photometric == "PALETTE COLOR"
    if array.shape != ((facts.rows, facts.columns, 3) if colour else (facts.rows, facts.columns)):
        raise Rejected(RejectionCode.bad_dimensions)
    if array.dtype.itemsize > 2 or array.dtype.kind not in "iu":
        raise Rejected(RejectionCode.unsupported_pixel_format)
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))


def _expand_palette(array: Frame, dataset: Dataset) -> Frame:
    """RGB with 8 bits: screens show no more, and 16 bit tables hold the colour in the high byte.

    Source: PS3.3 C.7.6.3.1.5 and C.7.6.3.1.6.
    """
    try:
        colours = apply_color_lut(array, dataset)
    except MemoryError:
        raise
    except Exception:
        raise Rejected(RejectionCode.undecodable) from None
    return (colours >> 8).astype(np.uint8) if colours.dtype.itemsize == 2 else colours

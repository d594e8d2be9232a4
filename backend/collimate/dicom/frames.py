"""From the bytes of one frame to modality values, to what a screen shows, to a JPEG or PNG."""

from io import BytesIO
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from collimate.dicom.prepared import FrameFacts

Array = NDArray[Any]
JPEG_QUALITY = 88
"""Of libjpeg, 1 to 100, where nobody asks for another."""


def frame_array(
    raw: bytes | memoryview,
    *,
    rows: int,
    columns: int,
    samples: int,
    bits_allocated: int,
    signed: bool,
) -> Array:
    """View the bytes as (row, column) or (row, column, sample); read-only, little-endian.

    Raises:
        ValueError: when the length does not fit.
    """
    dtype = np.dtype(f"<{'i' if signed else 'u'}{bits_allocated // 8}")
    array = np.frombuffer(raw, dtype=dtype)
    return array.reshape((rows, columns) if samples == 1 else (rows, columns, samples))


def modality_values(
    array: Array, slope: float = 1.0, intercept: float = 0.0
) -> NDArray[np.float32]:
    """Stored values to modality values, for CT Hounsfield units. Source: PS3.3 C.11.1.1.2."""
    return np.asarray(array, dtype=np.float32) * np.float32(slope) + np.float32(intercept)


def percentile_window(values: Array) -> tuple[float, float]:
    """Centre and width from the 1st to the 99.5th percentile; a sample of the pixels suffices."""
    step = max(1, int(np.sqrt(values.size / 65_536)))
    low, high = np.percentile(values[::step, ::step], (1.0, 99.5))
    if high - low < 1.0:
        low, high = float(values.min()), float(values.max())
    width = max(float(high) - float(low), 1.0) + 1.0
    return float(low) + width / 2.0, width


def window_to_8bit(values: Array, centre: float, width: float) -> NDArray[np.uint8]:
    """The LINEAR VOI function of PS3.3 C.11.2.1.2.1, rounded to 0…255."""
    if width <= 1.0:
        return np.where(values <= centre - 0.5, 0, 255).astype(np.uint8)
    scaled = ((values - (centre - 0.5)) / (width - 1.0) + 0.5) * 255.0
    return np.rint(scaled, out=scaled).clip(0, 255, out=scaled).astype(np.uint8)


def shown(
    array: Array, facts: FrameFacts, window: tuple[float, float] | None = None
) -> NDArray[np.uint8]:
    """What a screen shows: window applied, MONOCHROME1 inverted, colour reduced to 8 bits."""
    if facts.samples_per_pixel == 3:
        return (
            array.astype(np.uint8) if array.dtype.itemsize == 1 else (array >> 8).astype(np.uint8)
        )
    chosen = window or facts.window
    if chosen is None:
        chosen = percentile_window(modality_values(array, facts.slope, facts.intercept))
    # every value a pixel can have once, then a look-up: several times cheaper than every pixel,
    # unless there are fewer pixels than values
    unsigned = np.dtype(f"<u{array.dtype.itemsize}")
    few = array.size < 1 << 8 * unsigned.itemsize
    each = array if few else np.arange(1 << 8 * unsigned.itemsize, dtype=unsigned).view(array.dtype)
    grey = window_to_8bit(modality_values(each, facts.slope, facts.intercept), *chosen)
    if facts.photometric_interpretation == "MONOCHROME1":
        grey = 255 - grey
    return grey if few else np.asarray(grey[array.view(unsigned)])


def render(
    raw: bytes | memoryview,
    facts: FrameFacts,
    *,
    size: tuple[int, int] | None = None,
    kind: Literal["jpeg", "png"] = "jpeg",
    window: tuple[float, float] | None = None,
    region: tuple[int, int, int, int] | None = None,
    quality: int | None = None,
) -> bytes:
    """A picture that fits into `size` (width, height). Only to be called in the sandbox.

    `region` is the part that is shown, as x, y, width, height in pixels of the frame; what of it
    lies outside is left out. `quality`, 1 to 100, is that of a JPEG.

    Raises:
        ValueError: when the bytes do not fit the facts, or the region lies outside.
    """
    array = frame_array(
        raw,
        rows=facts.rows,
        columns=facts.columns,
        samples=facts.samples_per_pixel,
        bits_allocated=facts.bits_allocated,
        signed=facts.signed,
    )
    pixels = shown(array, facts, window)
    if region is not None:
        x, y, width, height = region
        pixels = np.ascontiguousarray(pixels[y : y + height, x : x + width])
        if pixels.size == 0:
            raise ValueError("the region lies outside the frame")
    return encode_picture(pixels, size=size, kind=kind, quality=quality)


def encode_picture(
    pixels: NDArray[np.uint8],
    *,
    size: tuple[int, int] | None,
    kind: Literal["jpeg", "png"],
    quality: int | None = None,
) -> bytes:
    """JPEG or PNG of what is shown, shrunk to fit into `size` where it is larger."""
    from PIL import Image  # only where a picture is really made: the sandbox

    image = Image.fromarray(pixels)
    if size is not None:
        image.thumbnail(size, Image.Resampling.LANCZOS)
    target = BytesIO()
    if kind == "jpeg":
        image.save(target, "JPEG", quality=quality or JPEG_QUALITY)
    else:
        image.save(target, "PNG", compress_level=4)
    return target.getvalue()

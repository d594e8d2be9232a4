"""Turn one frame of any size and depth into the small square image that the encoders see."""

import numpy as np
from jaxtyping import Float, Float32, Float64, Shaped, UInt8

LOW_PERCENTILE = 0.5
HIGH_PERCENTILE = 99.5


class UnusableImage(ValueError):
    """The frame carries no picture: it is empty, constant, or holds NaN or infinity."""


def model_image(
    frame: Shaped[np.ndarray, "rows columns"], *, size: int, invert: bool = False
) -> Float32[np.ndarray, "size size"]:
    """Window a frame to its own percentiles, shrink it with antialiasing, pad it to a square.

    `invert` is for MONOCHROME1, where low values are bright. The result lies in [0, 1]; the
    padding is 0.

    Raises: UnusableImage.
    """
    pixels = np.asarray(frame, dtype=np.float32)
    if pixels.ndim != 2 or min(pixels.shape) < 2:
        raise UnusableImage("A picture needs two axes of at least two pixels each.")
    if not np.isfinite(pixels).all():
        raise UnusableImage("The picture holds values that are not finite numbers.")
    low, high = np.percentile(pixels, (LOW_PERCENTILE, HIGH_PERCENTILE))
    if high <= low:
        # A thin bright object on an even background is still a picture.
        low, high = float(pixels.min()), float(pixels.max())
    if high <= low:
        raise UnusableImage("Every pixel of the picture has the same value.")
    scaled = (pixels.clip(low, high) - np.float32(low)) / np.float32(high - low)
    if invert:
        scaled = 1.0 - scaled
    top, left, bottom, right = content_box(*pixels.shape, size=size)
    square = np.zeros((size, size), dtype=np.float32)
    square[top:bottom, left:right] = resize(scaled, bottom - top, right - left)
    return square.clip(0.0, 1.0)


def content_box(rows: int, columns: int, *, size: int) -> tuple[int, int, int, int]:
    """Say where in the square the picture lies: (top, left, bottom, right), ends excluded."""
    longest = max(rows, columns)
    height = min(size, max(1, round(size * rows / longest)))
    width = min(size, max(1, round(size * columns / longest)))
    top, left = (size - height) // 2, (size - width) // 2
    return top, left, top + height, left + width


def to_bytes(image: Float[np.ndarray, "*any"]) -> UInt8[np.ndarray, "*any"]:
    """Store an image of [0, 1] as 0-255, rounded; the encoders read this form."""
    return (np.clip(image, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)


def resize(
    image: Float[np.ndarray, "rows columns"], height: int, width: int
) -> Float32[np.ndarray, "height width"]:
    """Resize with a triangle filter as wide as the shrinking asks for (no aliasing)."""
    down = _triangle_weights(image.shape[0], height)
    across = _triangle_weights(image.shape[1], width)
    return (down @ image.astype(np.float32) @ across.T).astype(np.float32)


def _triangle_weights(before: int, after: int) -> Float32[np.ndarray, "after before"]:
    """Weight of every old sample in every new one; rows sum to 1, so brightness is kept."""
    step = before / after
    reach = max(step, 1.0)
    centres: Float64[np.ndarray, " after"] = (np.arange(after) + 0.5) * step
    distance = np.abs(centres[:, None] - (np.arange(before)[None, :] + 0.5)) / reach
    weights = np.clip(1.0 - distance, 0.0, None)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)

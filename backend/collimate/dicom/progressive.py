"""Large frames a second time, as HTJ2K in resolution order, so that a viewer shows them early.

The first bytes of such a frame are a small whole picture, the rest refines it to the exact values.
Source: PS3.5 8.2.14 and A.4.10 (HTJ2K with RPCL options), ITU-T T.814.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

HTJ2K_LOSSLESS_RPCL = "1.2.840.10008.1.2.4.202"
_SMALLEST_SIDE = 64
_MOST_LEVELS = 8


def encode_progressive(frame: NDArray[Any]) -> bytes:
    """One frame, (row, column) or (row, column, RGB), 8 or 16 bits, without loss.

    As the transfer syntax asks: resolutions come first in the order of packets (RPCL), tile-part
    lengths stand in the main header (TLM), and the smallest resolution is at most 64 pixels wide
    or high. Colour goes through the reversible transform (YBR_RCT).
    """
    import imagecodecs  # only in the sandbox

    return bytes(
        imagecodecs.htj2k_encode(
            np.ascontiguousarray(frame),
            reversible=True,
            tlm=True,
            resolutions=levels_of(*frame.shape[:2]),
        )
    )


def levels_of(rows: int, columns: int) -> int:
    """How often a frame is halved."""
    levels = 1
    while levels < _MOST_LEVELS and min(rows, columns) >> levels > _SMALLEST_SIDE:
        levels += 1
    return levels

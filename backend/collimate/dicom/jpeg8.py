"""JPEG extended (12 bit) and lossless frames for pydicom, decoded by imagecodecs."""

import imagecodecs
import numpy as np
from pydicom.pixels import get_decoder
from pydicom.pixels.decoders.base import DecodeRunner

from collimate.dicom import kinds

_PLUGIN = "collimate"
_SYNTAXES = (kinds.JPEG_EXTENDED, kinds.JPEG_LOSSLESS, kinds.JPEG_LOSSLESS_SV1)


def register() -> None:
    """Make pydicom's decoders use this module; calling it again changes nothing.

    Pillow is taken out for extended JPEG: it offers itself there and then refuses 12 bits.
    """
    for uid in _SYNTAXES:
        decoder = get_decoder(uid)
        for label in decoder.available_plugins:
            if label != _PLUGIN:
                decoder.remove_plugin(label)
        if _PLUGIN not in decoder.available_plugins:
            decoder.add_plugin(_PLUGIN, (__name__, "decode_frame"))


def is_available(uid: str) -> bool:
    """Asked by pydicom when a plug-in registers."""
    return bool(imagecodecs.JPEG8.available)


DECODER_DEPENDENCIES = dict.fromkeys(_SYNTAXES, ("imagecodecs",))


def decode_frame(src: bytes, runner: DecodeRunner) -> bytes:
    """One frame as stored: equal colour spaces on both sides keep the codec from converting."""
    space = None if runner.samples_per_pixel == 1 else "RGB"
    array = imagecodecs.jpeg8_decode(src, colorspace=space, outcolorspace=space)
    runner.set_option("bits_allocated", 8 * array.itemsize)
    runner.set_option("planar_configuration", 0)
    return np.ascontiguousarray(array).tobytes()

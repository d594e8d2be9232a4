"""The families of the hostile corpus that attack the pixels; see `tests/hostile.py`."""

import struct

import numpy as np
from pydicom.encaps import encapsulate

from tests import dicoms
from tests.dicoms import explicit_element as element
from tests.hostile import SMALL, Chance, family, inserted, plain

ITEM = struct.pack("<HH", 0xFFFE, 0xE000)


@family
def impossible_sizes(chance: Chance) -> bytes:
    sizes = (0, 1, 2, 23, 25, 65_535, 32_769)
    return dicoms.radiograph(Rows=chance.choice(sizes), Columns=chance.choice(sizes), **SMALL)


@family
def sizes_of_another_kind(chance: Chance) -> bytes:
    data = plain()
    tag = chance.choice((0x00280010, 0x00280011, 0x00280100))
    vr, value = chance.choice((
        (b"UL", b"\xff\xff\xff\xff"), (b"US", b"\x18\0\x18\0"), (b"US", b""), (b"SS", b"\xff\xff"),
        (b"IS", b"24"), (b"DS", b"2.4e"), (b"LO", b"a lot "),
    ))  # fmt: skip
    at = data.index(struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, b"US", 2))
    return data[:at] + element(tag, vr, value) + data[at + 10 :]


@family
def bits_that_do_not_fit(chance: Chance) -> bytes:
    return dicoms.radiograph(
        BitsAllocated=chance.choice((0, 1, 7, 8, 12, 16, 24, 32, 64, 65_535)),
        BitsStored=chance.choice((0, 1, 12, 16, 17, 65_535)),
        HighBit=chance.choice((0, 11, 15, 65_535)),
        **SMALL,
    )


@family
def frame_counts(chance: Chance) -> bytes:
    return dicoms.radiograph(
        NumberOfFrames=chance.choice((0, -1, 2, 2**31 - 1, 20_001, 1)), **SMALL
    )


@family
def samples_and_planes(chance: Chance) -> bytes:
    syntax = chance.choice((dicoms.EXPLICIT, dicoms.RLE, dicoms.JPEG_LS))
    return dicoms.radiograph(
        array=dicoms.colours(16, 12),
        syntax=syntax,
        planted=False,
        SamplesPerPixel=chance.choice((0, 1, 2, 3, 4, 65_535)),
        PlanarConfiguration=chance.choice((0, 1, 2)),
        PhotometricInterpretation=chance.choice(
            ("RGB", "YBR_FULL_422", "MONOCHROME2", "PALETTE COLOR", "YBR_ICT", "CMYK", "")
        ),
    )


@family
def signs_that_disagree(chance: Chance) -> bytes:
    syntax = chance.choice((dicoms.JPEG_2000, dicoms.HTJ2K, dicoms.JPEG_LS, dicoms.JPEG_LOSSLESS))
    return dicoms.ct_slice(
        syntax=syntax,
        PixelRepresentation=chance.choice((0, 1, 7)),
        BitsStored=chance.choice((8, 12, 16)),
        **SMALL,
    )


def compressed(syntax: str, frames: list[bytes], **attributes: object) -> bytes:
    """A file whose Pixel Data is exactly these fragments."""
    values = {"PixelData": encapsulate(frames), **attributes}
    return dicoms.radiograph(array=dicoms.pattern(24, 20), syntax=syntax, planted=False, **values)


def flipped(chance: Chance, data: bytes, most: int = 6) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, most)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def flips(syntax: str, chance: Chance) -> bytes:
    array = dicoms.pattern(24, 20, bits=8 if syntax == dicoms.JPEG_BASELINE else 12)
    frame = flipped(chance, dicoms.encode_frame(array, syntax))
    return dicoms.radiograph(
        array=array, syntax=syntax, planted=False, PixelData=encapsulate([frame])
    )


@family
def flipped_jpeg(chance: Chance) -> bytes:
    return flips(dicoms.JPEG_BASELINE, chance)


@family
def flipped_jpeg_lossless(chance: Chance) -> bytes:
    return flips(chance.choice((dicoms.JPEG_LOSSLESS, dicoms.JPEG_LOSSLESS_SV1)), chance)


@family
def flipped_jpeg_ls(chance: Chance) -> bytes:
    return flips(dicoms.JPEG_LS, chance)


@family
def flipped_jpeg_2000(chance: Chance) -> bytes:
    return flips(dicoms.JPEG_2000, chance)


@family
def flipped_htj2k(chance: Chance) -> bytes:
    return flips(dicoms.HTJ2K, chance)


@family
def flipped_rle(chance: Chance) -> bytes:
    return flips(dicoms.RLE, chance)


@family
def run_lengths_that_lie(chance: Chance) -> bytes:
    segments = chance.choice((0, 1, 2, 3, 15, 16, 0xFFFFFFFF))
    offsets = [chance.choice((64, 0, 65, 10_000, 0xFFFFFFFF)) for _ in range(15)]
    runs = b"".join(bytes([chance.choice((0x81, 0xFF, 0x80, 0, 127)), 7]) for _ in range(200))
    return compressed(dicoms.RLE, [struct.pack("<16L", segments, *offsets) + runs])


@family
def a_codestream_larger_than_its_header(chance: Chance) -> bytes:
    """JPEG 2000 and JPEG with a size, tile or depth of their own."""
    if chance.random() < 0.5:
        frame = bytearray(dicoms.encode_frame(dicoms.pattern(24, 20), dicoms.JPEG_2000))
        at = frame.index(b"\xff\x51") + 6
        field = chance.choice((0, 4, 16, 20, 24, 28))
        struct.pack_into(">L", frame, at + field, chance.choice((0, 1, 1 << 20, 0xFFFFFFFF, 25)))
        return compressed(dicoms.JPEG_2000, [bytes(frame)])
    frame = bytearray(dicoms.encode_frame(dicoms.pattern(24, 20, bits=8), dicoms.JPEG_BASELINE))
    at = frame.index(b"\xff\xc0") + 5
    struct.pack_into(">HH", frame, at, *chance.choices((0, 1, 24, 25, 65_535), k=2))
    array = dicoms.pattern(24, 20, bits=8)
    return dicoms.radiograph(array=array, syntax=dicoms.JPEG_BASELINE, planted=False,
                             PixelData=encapsulate([bytes(frame)]))  # fmt: skip


@family
def offset_tables_that_lie(chance: Chance) -> bytes:
    data = plain("stack", dicoms.RLE)
    at = data.index(ITEM, data.rindex(struct.pack("<HH2s", 0x7FE0, 0x0010, b"OB")))
    count = struct.unpack_from("<L", data, at + 4)[0] // 4
    numbers = [chance.choice((0, 1, 8, 4000, 0xFFFFFFFF)) for _ in range(max(count, 3))]
    table = struct.pack(f"<{len(numbers)}L", *numbers)
    end = at + 8 + 4 * count
    return data[: at + 4] + struct.pack("<L", len(table)) + table + data[end:]


@family
def extended_offset_tables_that_lie(chance: Chance) -> bytes:
    numbers = [chance.choice((0, 8, 1 << 40, 2**64 - 1)) for _ in range(chance.randint(0, 5))]
    table = struct.pack(f"<{len(numbers)}Q", *numbers)
    return dicoms.multi_frame(
        rows=16, columns=12, frames=3, syntax=dicoms.RLE, planted=False,
        ExtendedOffsetTable=table, ExtendedOffsetTableLengths=table,
    )  # fmt: skip


@family
def fragments(chance: Chance) -> bytes:
    frame = dicoms.encode_frame(dicoms.pattern(24, 20), dicoms.JPEG_LS)
    kinds = chance.choice(("none", "empty", "many", "bytes"))
    pieces = {
        "none": [],
        "empty": [b""] * chance.randint(1, 50) + [frame],
        "many": [b"\0\0"] * 20_000,
        "bytes": [frame[at : at + 2] for at in range(0, len(frame), 2)],
    }[kinds]
    body = struct.pack("<4sL", ITEM, 0)
    body += b"".join(struct.pack("<4sL", ITEM, len(one)) + one for one in pieces)
    return dicoms.radiograph(
        array=dicoms.pattern(24, 20), syntax=dicoms.JPEG_LS, planted=False, PixelData=body
    )


@family
def palettes_that_lie(chance: Chance) -> bytes:
    array = dicoms.pattern(24, 20, bits=8)
    tables = {}
    for colour in ("Red", "Green", "Blue"):
        entries = chance.choice((0, 1, 16, 256, 65_535))
        tables[f"{colour}PaletteColorLookupTableDescriptor"] = [
            entries, chance.choice((0, 200, 65_535)), chance.choice((8, 16, 12, 0))]  # fmt: skip
        tables[f"{colour}PaletteColorLookupTableData"] = bytes(chance.choice((0, 2, 256, 512)))
    return dicoms.radiograph(array=array, photometric="PALETTE COLOR", planted=False, **tables)


@family
def colour_profiles_and_overlays(chance: Chance) -> bytes:
    overlay = [
        element(0x60000010, b"US", struct.pack("<H", chance.choice((0, 24, 65_535)))),
        element(0x60000011, b"US", struct.pack("<H", chance.choice((0, 20, 65_535)))),
        element(0x60000100, b"US", struct.pack("<H", chance.choice((0, 1, 16)))),
        element(0x60000102, b"US", struct.pack("<H", chance.choice((0, 15, 65_535)))),
        element(0x60003000, b"OW", chance.randbytes(chance.choice((0, 2, 60, 5000)))),
    ]
    profile = element(0x00282000, b"OB", chance.randbytes(chance.choice((0, 128, 4000))))
    data = inserted(plain("ct"), profile, before=0x7FE0)
    return inserted(data, *overlay, before=0x7FE0)


@family
def grey_scales_out_of_this_world(chance: Chance) -> bytes:
    return dicoms.ct_slice(
        RescaleSlope=chance.choice((0, 1e-300, 1e15, -1, "1e308")),
        RescaleIntercept=chance.choice((0, 1e15, -1e15)),
        WindowCenter=chance.choice((0, 1e15, -1e-300)),
        WindowWidth=chance.choice((0, -5, 1e15, 1e-300)),
        **SMALL,
    )


@family
def geometry_out_of_this_world(chance: Chance) -> bytes:
    huge = chance.choice((0, 1e15, -1e15, 1e-300))
    return dicoms.ct_slice(
        PixelSpacing=chance.choice(([0, 0], [huge, 1], [-1, -1], [1])),
        ImagePositionPatient=chance.choice(([huge] * 3, [0, 0], [huge, 1, 2])),
        ImageOrientationPatient=chance.choice(([0] * 6, [1, 0, 0, 1, 0, 0], [huge] * 6, [1])),
        **SMALL,
    )


@family
def pixels_twice_or_elsewhere(chance: Chance) -> bytes:
    data = plain()
    pixels = data[data.rindex(struct.pack("<HH2s", 0x7FE0, 0x0010, b"OW")) :]
    where = chance.choice(("behind", "before", "float", "inside"))
    if where == "behind":
        return data + pixels
    if where == "before":
        return inserted(data, pixels, before=0x0010)
    if where == "float":
        return inserted(data, element(0x7FE00008, b"OF", bytes(24 * 20 * 4)), before=0x7FE0)
    item = struct.pack("<4sL", ITEM, len(pixels)) + pixels
    return inserted(data, element(0x00081140, b"SQ", item), before=0x0010)


@family
def pixels_of_one_value(chance: Chance) -> bytes:
    """Good files at the edge: nothing in them may make a measure divide by zero."""
    rows, columns = chance.choice(((1, 1), (1, 300), (300, 1), (2, 2), (17, 3)))
    value = chance.choice((0, 1, 4095, 65_535))
    array = np.full((rows, columns), value, "u2")
    syntax = chance.choice((dicoms.EXPLICIT, dicoms.RLE, dicoms.JPEG_LS))
    return dicoms.radiograph(array=array, syntax=syntax, planted=False)

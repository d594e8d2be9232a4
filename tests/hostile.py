"""A corpus of hostile files: families of one trick each, every file made anew from its seed.

`FAMILIES` maps a name to a function of a random source that returns the bytes of one file. The
tricks are those that have hurt parsers before: lying lengths, broken nesting, sizes that do not
fit, damaged codestreams, bombs, files that are two things at once.
"""

import random
import struct
import zlib
from collections.abc import Callable
from functools import lru_cache

from tests import dicoms
from tests.dicoms import explicit_element as element

Chance = random.Random
Family = Callable[[Chance], bytes]
FAMILIES: dict[str, Family] = {}
SMALL = {"rows": 24, "columns": 20, "planted": False}
SYNTAXES = (dicoms.EXPLICIT, dicoms.IMPLICIT, dicoms.BIG_ENDIAN)


def family(make: Family) -> Family:
    """Enter a family under its own name."""
    FAMILIES[make.__name__] = make
    return make


def corpus_file(name: str, seed: int) -> bytes:
    """The file of a family with this seed: the same bytes for ever."""
    return FAMILIES[name](random.Random(f"{name} {seed}"))


@lru_cache(maxsize=64)
def plain(kind: str = "radiograph", syntax: str = dicoms.EXPLICIT) -> bytes:
    """A small good file to spoil."""
    makers = {
        "radiograph": lambda: dicoms.radiograph(syntax=syntax, **SMALL),
        "ct": lambda: dicoms.ct_slice(syntax=syntax, **SMALL),
        "stack": lambda: dicoms.multi_frame(
            syntax=syntax, rows=16, columns=12, frames=3, planted=False
        ),
        "colour": lambda: dicoms.radiograph(
            array=dicoms.colours(16, 12), syntax=syntax, planted=False
        ),
    }
    return makers[kind]()


def any_plain(chance: Chance) -> bytes:
    return plain(chance.choice(("radiograph", "ct", "stack", "colour")))


def elements_of(data: bytes) -> list[tuple[int, int, int]]:
    """(start, start of value, end) of the top-level elements behind group 2, explicit little."""
    found, at = [], data.index(struct.pack("<HH", 0x0008, 0x0005))
    while at + 8 <= len(data):
        long = data[at + 4 : at + 6] in (b"OB", b"OW", b"SQ", b"UN", b"UT", b"UC", b"OF")
        value = at + (12 if long else 8)
        length = struct.unpack_from("<L" if long else "<H", data, value - (4 if long else 2))[0]
        if length == 0xFFFFFFFF:
            break
        found.append((at, value, value + length))
        at = value + length
    return found


def pick(chance: Chance, data: bytes) -> tuple[int, int, int]:
    return chance.choice(elements_of(data))


def with_length(data: bytes, where: tuple[int, int, int], length: int) -> bytes:
    """The same element with another stated length."""
    start, value, _ = where
    if value - start == 12:
        return data[: value - 4] + struct.pack("<L", length & 0xFFFFFFFF) + data[value:]
    return data[: value - 2] + struct.pack("<H", length & 0xFFFF) + data[value:]


def inserted(data: bytes, *elements: bytes, before: int = 0x0028) -> bytes:
    """Elements put in front of the first one of a group."""
    at = next(s for s, _, _ in elements_of(data) if struct.unpack_from("<H", data, s)[0] >= before)
    return data[:at] + b"".join(elements) + data[at:]


@family
def cut_anywhere(chance: Chance) -> bytes:
    data = any_plain(chance)
    return data[: chance.randrange(len(data))]


@family
def cut_in_pixels(chance: Chance) -> bytes:
    syntax = chance.choice((dicoms.EXPLICIT, dicoms.RLE, dicoms.JPEG_LS, dicoms.JPEG_2000))
    data = plain("radiograph", syntax)
    return data[: len(data) - chance.randint(9, 200)]


@family
def cut_between_elements(chance: Chance) -> bytes:
    data = any_plain(chance)
    return data[: pick(chance, data)[chance.randrange(3)]]


@family
def length_too_short(chance: Chance) -> bytes:
    data = any_plain(chance)
    where = pick(chance, data)
    return with_length(data, where, max(0, where[2] - where[1] - chance.choice((2, 4, 8, 64))))


@family
def length_too_long(chance: Chance) -> bytes:
    data = any_plain(chance)
    where = pick(chance, data)
    return with_length(data, where, where[2] - where[1] + chance.choice((2, 6, 100, 5000, 65000)))


@family
def length_of_all_ones(chance: Chance) -> bytes:
    data = any_plain(chance)
    return with_length(data, pick(chance, data), 0xFFFFFFFF)


@family
def length_odd(chance: Chance) -> bytes:
    data = any_plain(chance)
    where = pick(chance, data)
    return with_length(data, where, where[2] - where[1] + chance.choice((-1, 1)))


@family
def undefined_length_where_none_may_be(chance: Chance) -> bytes:
    vr = chance.choice((b"UT", b"OB", b"OW", b"UN", b"UC", b"OF"))
    head = struct.pack("<HH2sHL", 0x0018, 0x1020, vr, 0, 0xFFFFFFFF)
    return inserted(any_plain(chance), head + bytes(chance.randint(0, 64)))


@family
def items_that_do_not_match(chance: Chance) -> bytes:
    item, end, last = (struct.pack("<HHL", 0xFFFE, tag, length) for tag, length in (
        (0xE000, chance.choice((0, 8, 0xFFFFFFFF, 0xFFFF))), (0xE00D, chance.choice((0, 4))),
        (0xE0DD, chance.choice((0, 4))),
    ))  # fmt: skip
    length = chance.choice((0xFFFFFFFF, 8, 40))
    head = struct.pack("<HH2sHL", 0x0008, 0x1140, b"SQ", 0, length)
    return inserted(any_plain(chance), head, *chance.choices((item, end, last), k=5))


@family
def nesting(chance: Chance) -> bytes:
    return dicoms.deep(int(10 ** chance.uniform(0, 5)))


@family
def the_same_tag_twice(chance: Chance) -> bytes:
    data = any_plain(chance)
    start, _, end = pick(chance, data)
    return data[:end] + data[start:end] * chance.randint(1, 50) + data[end:]


@family
def tags_out_of_order(chance: Chance) -> bytes:
    data = any_plain(chance)
    one, other = sorted((pick(chance, data), pick(chance, data)))
    if one == other:
        return data
    middle = data[one[2] : other[0]]
    first, second = data[one[0] : one[2]], data[other[0] : other[2]]
    return data[: one[0]] + second + middle + first + data[other[2] :]


@family
def another_vr(chance: Chance) -> bytes:
    data = any_plain(chance)
    start = pick(chance, data)[0]
    vr = chance.choice((b"US", b"FD", b"SQ", b"OB", b"UN", b"AT", b"UI", b"DS", b"PN", b"OV"))
    return data[: start + 4] + vr + data[start + 6 :]


@family
def a_vr_that_does_not_exist(chance: Chance) -> bytes:
    data = any_plain(chance)
    start = pick(chance, data)[0]
    vr = chance.choice((b"??", b"ZZ", b"\0\0", b"\xff\xff", b"us", b"  "))
    return data[: start + 4] + vr + data[start + 6 :]


@family
def group_lengths_that_lie(chance: Chance) -> bytes:
    lie = struct.pack("<L", chance.choice((0, 1, 0xFFFFFFFF, 1 << 31, 12)))
    data = any_plain(chance)
    if chance.random() < 0.5:
        at = data.index(struct.pack("<HH2sH", 2, 0, b"UL", 4)) + 8
        return data[:at] + lie + data[at + 4 :]
    return inserted(data, element(0x00280000, b"UL", lie))


def relabelled(data: bytes, syntax: str) -> bytes:
    """Another transfer syntax in group 2."""
    at = data.index(struct.pack("<HH2s", 2, 0x0010, b"UI"))
    length = struct.unpack_from("<H", data, at + 6)[0]
    value = syntax.encode() + b"\0" * (len(syntax) % 2)
    return data[:at] + element(0x00020010, b"UI", value) + data[at + 8 + length :]


@family
def a_transfer_syntax_that_lies(chance: Chance) -> bytes:
    inside = chance.choice((*dicoms.LOSSLESS, dicoms.EXPLICIT))
    stated = chance.choice((*dicoms.LOSSLESS, dicoms.JPEG_BASELINE, "1.2.840.10008.1.2.4.100"))
    return relabelled(plain("radiograph", inside), stated)


@family
def a_transfer_syntax_nobody_knows(chance: Chance) -> bytes:
    numbers = [chance.randrange(9999) for _ in range(chance.randint(1, 12))]
    prefix = chance.choice(("1.2.840.10008.1.2.4.", "1.2.840.10008.1.2.", "2.25.", "x", ""))
    return relabelled(any_plain(chance), prefix + ".".join(map(str, numbers)))


@family
def implicit_and_explicit_mixed(chance: Chance) -> bytes:
    data = any_plain(chance)
    start, value, end = pick(chance, data)
    tag, length = data[start : start + 4], struct.pack("<L", end - value)
    return data[:start] + tag + length + data[value:]


@family
def byte_order_mixed(chance: Chance) -> bytes:
    stated = chance.choice(SYNTAXES)
    return relabelled(plain("ct", chance.choice(SYNTAXES)), stated)


@family
def private_blocks(chance: Chance) -> bytes:
    group = chance.choice((0x0009, 0x0029, 0x7FE1, 0x0001, 0xFFFF))
    blocks = [
        element(group << 16 | number, b"LO", chance.choice((b"", b"A" * 64, b"\\" * 64, b"\0" * 8)))
        for number in range(0x0F, chance.randint(0x11, 0x1FF))
    ]
    return inserted(any_plain(chance), *blocks)


@family
def very_many_elements(chance: Chance) -> bytes:
    count = 1_000_001 if chance.random() < 0.05 else chance.choice((1_000, 5_000, 20_000))
    return inserted(plain(), element(0x00091001, b"US", b"\1\0") * count)


@family
def very_long_values(chance: Chance) -> bytes:
    size = (128 << 20) + 2 if chance.random() < 0.1 else chance.choice((1 << 16, 1 << 20, 1 << 22))
    letter = chance.choice((b"\\", b"A", b"\0", b"\x1b", b"^"))
    return inserted(plain(), element(0x00084000, b"UT", letter * size))


@family
def character_sets(chance: Chance) -> bytes:
    term = chance.choice((b"ISO 2022 IR 87", b"ISO_IR 192", b"GB18030", b"NO SUCH", b"\\" * 30,
                          b"ISO 2022 IR 149\\ISO 2022 IR 58", b"\0\0", b"ISO_IR 13"))  # fmt: skip
    text = chance.choice((b"\x1b$B\x3b\x33", b"\xc0\xaf\xc0\xae", b"\x81\\\x5c", b"a\0b\0",
                          b"\x1b" * 40, b"\xff\xfe\xfd", b"\x1b$)C\xfb\xf3^"))  # fmt: skip
    data = plain()
    at, _, end = elements_of(data)[0]
    data = data[:at] + element(0x00080005, b"CS", term + b" " * (len(term) % 2)) + data[end:]
    names = element(0x00100010, b"PN", text * 2)
    return inserted(data, names, element(0x00104000, b"LT", text * 2), before=0x0018)


@family
def person_names(chance: Chance) -> bytes:
    text = chance.choice((b"^", b"=", b"\\", b"A^")) * chance.choice((64, 10_000, 30_000))
    return inserted(plain(), element(0x00100010, b"PN", text), before=0x0018)


@family
def numbers_as_text(chance: Chance) -> bytes:
    value = chance.choice((b"1e999999", b"-1e-99999", b"NaN", b"inf ", b"9" * 60_000, b"1\\" * 900,
                           b"0x10", b"--1 ", b"1,5 ", b"\0\0", b"1e5e5 ", b" " * 16))  # fmt: skip
    tag = chance.choice((0x00280030, 0x00280034, 0x00281050, 0x00281051, 0x00281053, 0x00200013,
                         0x00200011, 0x00280008, 0x00200032, 0x00181164))  # fmt: skip
    vr = b"IS" if tag in (0x00200013, 0x00200011, 0x00280008) else b"DS"
    return inserted(plain(), element(tag, vr, value + b" " * (len(value) % 2)), before=0x0028)


UIDS = (
    b"../../../etc/passwd",
    b"1.2.3\0.4",
    b"1." * 40 + b"1",
    b"",
    b"1..2",
    b"a.b",
    b"1.2;ls ",
    b"%2e%2e%2f1",
    b"1.2\\1.3",
    b"-1.2",
    b"1.2.3 4",
    b"0" * 64,
    b"<b>1</b>",
    b"1.2.3",
)


@family
def identifiers(chance: Chance) -> bytes:
    data = any_plain(chance)
    tag = chance.choice((0x00080018, 0x0020000D, 0x0020000E, 0x00080016))
    uid = chance.choice(UIDS)
    for start, _, end in elements_of(data):
        if struct.unpack_from("<HH", data, start) == (tag >> 16, tag & 0xFFFF):
            return data[:start] + element(tag, b"UI", uid + b"\0" * (len(uid) % 2)) + data[end:]
    return data


@family
def identifiers_that_disagree(chance: Chance) -> bytes:
    data = any_plain(chance)
    tag = chance.choice((0x0002, 0x0003))
    at = data.index(struct.pack("<HH2s", 2, tag, b"UI"))
    length = struct.unpack_from("<H", data, at + 6)[0]
    other = bytes(chance.choice(b"123456789") if one in b"123456789" else one
                  for one in data[at + 8 : at + 8 + length])  # fmt: skip
    return data[: at + 8] + other + data[at + 8 + length :]


MAGIC = (
    b"MZ\x90\0",
    b"\x7fELF\2\1\1",
    b"\xcf\xfa\xed\xfe",
    b"%PDF-1.7\n",
    b"PK\3\4",
    b"<html><script>",
    b"II*\0\x08\0\0\0",
    b"GIF89a",
    b"#!/bin/sh\n",
    b"\x89PNG\r\n\x1a\n",
)


@family
def two_things_at_once(chance: Chance) -> bytes:
    data = any_plain(chance)
    start = chance.choice(MAGIC)
    start += bytes(chance.randrange(256) for _ in range(128 - len(start)))
    return start + data[128:] + (b"PK\5\6" + bytes(18) if chance.random() < 0.3 else b"")


@family
def something_else_entirely(chance: Chance) -> bytes:
    size = chance.choice((0, 1, 100, 131, 132, 133, 5000))
    return chance.choice(MAGIC)[:size] + chance.randbytes(size)


@family
def noise_behind_the_magic_word(chance: Chance) -> bytes:
    return bytes(128) + b"DICM" + chance.randbytes(chance.randint(0, 4000))


@family
def functional_groups(chance: Chance) -> bytes:
    frames = chance.choice((1, 2, 4, 1000))
    what = chance.choice(("count", "empty", "missing"))
    attributes = {
        "count": {"NumberOfFrames": frames},
        "empty": {"PerFrameFunctionalGroupsSequence": []},
        "missing": {"SharedFunctionalGroupsSequence": None},
    }[what]
    return dicoms.multi_frame(rows=16, columns=12, frames=3, planted=False, **attributes)


@family
def splices(chance: Chance) -> bytes:
    """One to eight changes: a byte, a run, a cut, a piece twice."""
    kind = chance.choice(("radiograph", "stack"))
    changed = bytearray(plain(kind, chance.choice(dicoms.LOSSLESS)))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(132, len(changed))
        what = chance.randrange(5)
        if what <= 1:
            changed[at] = chance.randrange(256)
        elif what == 2:
            changed[at : at + 4] = chance.choice([b"\xff" * 4, b"\0" * 4, b"\xff\xff\xff\x7f"])
        elif what == 3:
            del changed[at : at + chance.randint(1, 64)]
        else:
            changed[at:at] = changed[at : at + chance.randint(1, 64)]
        if len(changed) < 200:
            break
    return bytes(changed)


@lru_cache(maxsize=8)
def _deflated_block(size: int) -> bytes:
    """A run of zeros as one deflate block that may be repeated."""
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return machine.compress(bytes(size)) + machine.flush(zlib.Z_FULL_FLUSH)


@family
def deflate_bombs(chance: Chance) -> bytes:
    size = chance.choice((64 << 20, 256 << 20, 1 << 30, (1 << 32) - 2))
    head = element(0x00080018, b"UI", b"1.2.3.4\0")
    head += struct.pack("<HH2sHL", 0x0008, 0x2111, b"UT", 0, size)
    start = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = start.compress(head) + start.flush(zlib.Z_FULL_FLUSH)
    return relabelled_head(dicoms.DEFLATED) + first + _deflated_block(1 << 20) * (size >> 20)


def relabelled_head(syntax: str) -> bytes:
    value = syntax.encode() + b"\0" * (len(syntax) % 2)
    return bytes(128) + b"DICM" + element(0x00020010, b"UI", value)


@family
def damaged_deflate(chance: Chance) -> bytes:
    data = bytearray(plain("radiograph", dicoms.DEFLATED))
    for _ in range(chance.randint(1, 4)):
        data[chance.randrange(len(data) - 600, len(data))] = chance.randrange(256)
    return bytes(data)


WHOLE = (
    (dicoms.radiograph, dicoms.EXPLICIT), (dicoms.radiograph, dicoms.IMPLICIT),
    (dicoms.radiograph, dicoms.DEFLATED), (dicoms.radiograph, dicoms.JPEG_2000),
    (dicoms.radiograph, dicoms.JPEG_LS), (dicoms.radiograph, dicoms.JPEG_LOSSLESS_SV1),
    (dicoms.radiograph, dicoms.RLE), (dicoms.radiograph, dicoms.HTJ2K),
    (dicoms.multi_frame, dicoms.EXPLICIT), (dicoms.multi_frame, dicoms.BIG_ENDIAN),
)  # fmt: skip


@family
def changes_anywhere(chance: Chance) -> bytes:
    """One to eight changes: a byte, a run, a cut, a piece twice."""
    make, syntax = chance.choice(WHOLE)
    changed = bytearray(make(syntax=syntax, **SMALL))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(132, len(changed))
        what = chance.randrange(5)
        if what <= 1:
            changed[at] = chance.randrange(256)
        elif what == 2:
            changed[at : at + 4] = chance.choice([b"\xff" * 4, b"\0" * 4, b"\xff\xff\xff\x7f"])
        elif what == 3:
            del changed[at : at + chance.randint(1, 64)]
        else:
            changed[at:at] = changed[at : at + chance.randint(1, 64)]
        if len(changed) < 200:
            break
    return bytes(changed)

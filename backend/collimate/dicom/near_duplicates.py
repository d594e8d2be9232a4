"""Find perceptual hashes that differ in a few bits without looking at all of them.

A hash of 64 bits is cut into four bands of 16. Where two hashes differ in at most seven bits, at
least one band differs in at most one. So whoever looks up all values that are at most one bit
away from each band, 68 in all, misses no hash up to a distance of seven: exact, and an index on
the bands answers it. Source: Norouzi et al., Fast search in Hamming space with multi-index
hashing, CVPR 2012.
"""

BANDS, BAND_BITS = 4, 16
MOST_DISTANCE = 2 * BANDS - 1
"""Bits up to which the look-up is complete."""


def distance(one: int, other: int) -> int:
    """How many bits differ, 0…64."""
    return ((one ^ other) & (2**64 - 1)).bit_count()


def bands(picture_hash: int) -> list[int]:
    """The four bands, each numbered in its upper bits, so that one index holds all."""
    return [
        band << BAND_BITS | (picture_hash >> band * BAND_BITS) & (2**BAND_BITS - 1)
        for band in range(BANDS)
    ]


def probes(picture_hash: int) -> list[int]:
    """What to look up: every band, and every band with one bit turned."""
    turns = [0, *(1 << bit for bit in range(BAND_BITS))]
    return [band ^ turn for band in bands(picture_hash) for turn in turns]

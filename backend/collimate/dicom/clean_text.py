"""Keep of a description what is surely no name: words of anatomy and technique, and measures.

Source: PS3.15 E.3.5 (Clean Descriptors Option).
"""

import re
from collections.abc import Set
from functools import lru_cache
from importlib import resources

_MEASURE = re.compile(
    r"\d{1,3}(?:\.\d{1,2})?(?:mm|cm|ms|kv|kvp|ma|mas|hz|t|tesla|deg|°)|[ctls]\d{1,2}"
)
_PIECE = re.compile(r"[A-Za-z0-9.*°]+")


@lru_cache
def plain_words() -> frozenset[str]:
    words: set[str] = set()
    for name in ("descriptor_words.txt", "technique_words.txt"):
        text = (resources.files("collimate.dicom") / name).read_text("ascii")
        words.update(line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(words)


def clean_text(text: str, naming: Set[str]) -> str:
    """The harmless words in their order; empty when nothing of use is left.

    `naming` are upper-case words that name this patient, staff or place: they go even where they
    are words of anatomy. Bare numbers go, since they may be dates, ages or record numbers.
    """
    kept = [word for word in text.split() if _is_plain(word, naming)]
    return " ".join(kept) if any(len(word) > 1 for word in kept) else ""


def _is_plain(word: str, naming: Set[str]) -> bool:
    bare = word.strip(".,;:()[]{}\"'").lower()
    if not bare.isascii() or bare.upper() in naming:
        return False
    if bare in plain_words() or _MEASURE.fullmatch(bare):
        return True
    pieces = _PIECE.findall(bare)
    joined = re.fullmatch(r"[A-Za-z0-9.*°]+(?:[/_+\-][A-Za-z0-9.*°]+)+", bare)
    return joined is not None and all(
        piece.upper() not in naming and (piece in plain_words() or bool(_MEASURE.fullmatch(piece)))
        for piece in pieces
    )

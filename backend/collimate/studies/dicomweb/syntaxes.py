"""The transfer syntaxes an image can be had in (PS3.5 annex A)."""

HTJ2K = ("1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203")
"""Lossless, lossless RPCL, any. The progressive copy is lossless RPCL, which is all three."""
_NATIVE = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"})


def stored_syntax(original: str, served: str) -> str:
    """Native images are stored as Explicit VR Little Endian, compressed ones as they came."""
    return served if original in _NATIVE else original


def list_syntaxes(original: str, served: str, *, has_progressive: bool) -> list[str]:
    """All of them, the one it is kept in first."""
    found = [stored_syntax(original, served), served, *(HTJ2K if has_progressive else ())]
    return list(dict.fromkeys(found))

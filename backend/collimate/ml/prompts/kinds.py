"""The kinds of prompts; apart from the rest, so that the web process can name them."""

from enum import StrEnum


class PromptKind(StrEnum):
    """How a hand points: a place, a line through, a box around, an outline around."""

    POINT = "point"
    SCRIBBLE = "scribble"
    BOX = "box"
    LASSO = "lasso"

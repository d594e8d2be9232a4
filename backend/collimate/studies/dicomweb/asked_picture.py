"""How a rendered picture is to look: the query of PS3.18 8.3.5.1."""

import math
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query
from starlette.datastructures import QueryParams

from collimate.kit.errors import Problem

Size = tuple[int, int]
Region = tuple[int, int, int, int]
NAMES = ("viewport", "window", "quality")
_Text = Annotated[str | None, Query(max_length=100)]


class BadRenderQuery(Problem):
    """viewport is width,height (perhaps x,y,width,height), window is center,width,function, and
    quality is 1 to 100."""

    status = 400


@dataclass(frozen=True)
class Asked:
    """The frame to fit into, the part to show, centre and width in modality values, and the
    quality of a JPEG from 1 to 100; None leaves each to us."""

    size: Size | None = None
    region: Region | None = None
    window: tuple[float, float] | None = None
    quality: int | None = None


async def asked_picture(
    viewport: _Text = None, window: _Text = None, quality: _Text = None
) -> Asked:
    """As a query string says it.

    Raises:
        BadRenderQuery
    """
    return read_asked(viewport, window, quality)


AskedDep = Annotated[Asked, Depends(asked_picture)]


def read_asked(viewport: str | None, window: str | None, quality: str | None) -> Asked:
    """As the three parameters say it.

    Raises:
        BadRenderQuery
    """
    return Asked(*read_viewport(viewport), read_window(window), read_quality(quality))


def read_query(query: QueryParams) -> Asked | None:
    """The same of a query string, None where it asks for something else as well.

    Raises:
        BadRenderQuery
    """
    if not set(query) <= set(NAMES):
        return None
    return read_asked(*(query.get(name) for name in NAMES))


def read_viewport(text: str | None) -> tuple[Size | None, Region | None]:
    """The frame a picture has to fit into, and the part of the image that is shown in it.

    Source: PS3.18 8.3.5.1.3: width, height, and perhaps x, y, width and height of that part; what
    is not said means all of it. Pictures are not turned over, so negative lengths are refused.

    Raises:
        BadRenderQuery
    """
    if text is None:
        return None, None
    parts = text.split(",")
    if not all(part.isascii() and len(part) < 6 and (part.isdigit() or not part) for part in parts):
        raise BadRenderQuery()
    if len(parts) not in (2, 6) or not all(part.strip("0") for part in parts[:2]):
        raise BadRenderQuery()
    size = int(parts[0]), int(parts[1])
    if len(parts) == 2:
        return size, None
    x, y, width, height = parts[2:]
    if width.strip("0") == "" != width or height.strip("0") == "" != height:
        raise BadRenderQuery()
    whole = 1 << 20
    return size, (int(x or 0), int(y or 0), int(width or whole), int(height or whole))


def read_window(text: str | None) -> tuple[float, float] | None:
    """Centre and width in modality values. Source: PS3.18 8.3.5.1.4.

    Raises:
        BadRenderQuery
    """
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) == 3 and parts[2].strip().lower() not in ("linear", "linear-exact"):
        raise BadRenderQuery("Only the linear window function is served.")
    try:
        centre, width = (float(part) for part in parts[:2])
    except ValueError as error:
        raise BadRenderQuery() from error
    if not (math.isfinite(centre) and math.isfinite(width) and width >= 1):
        raise BadRenderQuery()
    return centre, width


def read_quality(text: str | None) -> int | None:
    """1 (worst) to 100 (best). Source: PS3.18 8.3.5.1.2.

    Raises:
        BadRenderQuery
    """
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= 100):
        raise BadRenderQuery("quality is a whole number from 1 to 100.")
    return int(text)

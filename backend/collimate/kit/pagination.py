"""Keyset pages: `?limit=&after=` answers `{items, next}`."""

import base64
import binascii
import json
from typing import Any
from uuid import UUID

from collimate.kit.errors import Unprocessable


class BadCursor(Unprocessable):
    """The page cursor is not one of ours."""


def cursor(values: list[Any]) -> str:
    """The sort key of a page's last row, as opaque text."""
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def read_cursor(text: str, length: int) -> list[Any]:
    """The `length` values of a cursor.

    Raises:
        BadCursor: the text is no cursor of that length.
    """
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error) as error:
        raise BadCursor("Start again from the first page.") from error
    if not isinstance(values, list) or len(values) != length:
        raise BadCursor("Start again from the first page.")
    return values


def read_id(text: str) -> UUID:
    """The one id of a cursor.

    Raises:
        BadCursor
    """
    try:
        return UUID(read_cursor(text, 1)[0])
    except (ValueError, AttributeError, TypeError) as error:
        raise BadCursor("Start again from the first page.") from error

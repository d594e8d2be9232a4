"""Every way a request can be refused.

Problem
├── NotSignedIn      401  no valid session or token
├── Forbidden        403  a member, but without the right
├── NotFound         404  unknown, or nothing the caller may know of
├── Conflict         409  the state does not allow it
│   └── Stale        412  someone saved in between
├── TooLarge         413
├── TooMany          429
├── Unprocessable    422  the payload itself is wrong
└── Unavailable      503  try again soon

A station derives errors named after the situation, beside the verb that raises them. The class
name becomes the problem type, its docstring the title, the message the detail (RFC 9457).
"""

import re
from typing import Any, ClassVar


class Problem(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra

    @classmethod
    def type_uri(cls) -> str:
        """`TaskAlreadyClaimed` becomes `/problems/task-already-claimed`."""
        return "/problems/" + re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    def answer(self) -> dict[str, Any]:
        """The problem+json members (RFC 9457 section 3)."""
        title = (type(self).__doc__ or "").strip().splitlines()[0]
        return {
            "type": self.type_uri(),
            "title": title,
            "status": self.status,
            "detail": self.detail or title,
            **self.extra,
        }


class NotSignedIn(Problem):
    """Please sign in."""

    status = 401


class Forbidden(Problem):
    """Your role does not allow this."""

    status = 403


class NotFound(Problem):
    """There is nothing here."""

    status = 404


class Conflict(Problem):
    """The present state does not allow this."""

    status = 409


class Stale(Conflict):
    """Someone saved in between."""

    status = 412


class TooLarge(Problem):
    """This is larger than the limit."""

    status = 413


class Unprocessable(Problem):
    """The request is not well formed."""

    status = 422


class TooMany(Problem):
    """Too many requests; please wait."""

    status = 429


class Unavailable(Problem):
    """This is not available right now."""

    status = 503

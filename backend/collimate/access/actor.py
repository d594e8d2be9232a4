"""The one who acts in a request."""

from dataclasses import dataclass
from uuid import UUID

from collimate.access.models import User


@dataclass(frozen=True)
class Actor:
    """A signed-in user; `sign_in_id` names the browser session, None when a token was used."""

    user: User
    sign_in_id: UUID | None

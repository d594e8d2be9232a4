"""Identifiers made by us: time-ordered UUIDs and unguessable secrets."""

import hashlib
import secrets
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUID version 7 (RFC 9562): ids made later sort later."""
    return uuid7()


def new_secret() -> str:
    """256 random bits as URL-safe text, for sessions and tokens."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """What is stored in place of a session or token secret (hex SHA-256 of a 256-bit random)."""
    return hashlib.sha256(secret.encode()).hexdigest()

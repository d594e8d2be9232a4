"""Passwords: rules, hashing with argon2id, and a door that lets two in at a time."""

import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from collimate.kit.errors import Unprocessable

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 256
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_DOOR = threading.BoundedSemaphore(2)
_NOBODY = _HASHER.hash(secrets.token_hex(16))
_GUESSED_FIRST = frozenset(
    {"passwordpassword", "password1234", "123456789012", "qwertyuiopas", "collimate123",
     "administrator", "letmeinletmein", "radiology123", "welcome12345", "iloveyou1234"}
)  # fmt: skip


class WeakPassword(Unprocessable):
    """This password is too easy to guess."""


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def check_strength(password: str, email: str) -> None:
    """Length counts, composition does not (NIST SP 800-63B-4 section 3.1.1.2).

    Raises:
        WeakPassword: shorter than 12, longer than 256, all one character, the e-mail, or common.
    """
    text = _normal(password)
    if not MINIMUM_LENGTH <= len(text) <= MAXIMUM_LENGTH:
        raise WeakPassword(f"Use between {MINIMUM_LENGTH} and {MAXIMUM_LENGTH} characters.")
    if len(set(text)) < 4 or text.lower() in _GUESSED_FIRST or email.lower() in text.lower():
        raise WeakPassword("Choose something less common; a few random words work well.")


def hash_password(password: str) -> str:
    """argon2id: 19 MiB, two passes, one lane."""
    with _DOOR:
        return _HASHER.hash(_normal(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether the password fits; takes as long for an account that does not exist."""
    with _DOOR:
        try:
            return _HASHER.verify(stored or _NOBODY, _normal(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def generate() -> str:
    """A random password a person can type: four groups of four letters and digits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))

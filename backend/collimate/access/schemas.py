"""JSON shapes of accounts, sessions, tokens and the audit trail."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from collimate.access.hanging import HangingProtocols
from collimate.kit.http import Answer, Body


class SignInBody(Body):
    email: str = Field(max_length=254)
    password: str = Field(max_length=512)


class UserOut(Answer):
    id: UUID
    email: str
    name: str
    is_admin: bool
    is_active: bool
    created_at: datetime


class UserList(Answer):
    items: list[UserOut]


class Me(Answer):
    id: UUID
    email: str
    name: str
    is_admin: bool
    preferences: dict[str, Any]


class UserMade(UserOut):
    password: str | None = Field(default=None, description="Shown once, when it was generated")


class UserIn(Body):
    email: str = Field(max_length=254)
    name: str = Field(max_length=200)
    password: str | None = Field(default=None, max_length=512)
    is_admin: bool = False


class UserChange(Body):
    name: str | None = Field(default=None, max_length=200)
    is_admin: bool | None = None
    is_active: bool | None = None
    password: str | None = Field(default=None, max_length=512)


Chord = Annotated[str, Field(max_length=40, pattern=r"^\S+$")]
CommandId = Annotated[str, Field(max_length=100)]


class Keymap(Body):
    """Which keys a person uses; the browser knows the commands, the presets and their keys."""

    preset: str = Field(max_length=40)
    own: dict[CommandId, Annotated[list[Chord], Field(max_length=4)]] = Field(
        max_length=300, description="Keys chosen one by one, on top of the preset"
    )


Gesture = Annotated[
    str, Field(pattern=r"^((shift\+|ctrl\+)?(left|middle|right|wheel)|finger|three-fingers)$")
]
MouseAction = Literal[
    "tool", "window", "pan", "zoom", "scroll", "scroll-ten", "erase", "zoom-or-erase", "none"
]


class MouseMap(Body):
    """What buttons, wheel and fingers do on the image; the browser knows the presets."""

    preset: str = Field(max_length=40)
    own: dict[Gesture, MouseAction] = Field(description="Chosen one by one, on top of the preset")


class OwnWindow(Body):
    """A window of a person's own, for images of one modality whose values have this unit.

    Centre and width are in the unit of the values (PS3.3 C.11.2); `digit`: its key is Alt and this.
    """

    name: str = Field(min_length=1, max_length=40)
    modality: str = Field(min_length=1, max_length=16)
    unit: str = Field(max_length=16)
    center: Annotated[float, Field(allow_inf_nan=False)]
    width: float = Field(ge=1, allow_inf_nan=False)
    digit: int | None = Field(default=None, ge=1, le=8)


class Preferences(Body):
    """How a person likes to work; kept with the account, so it is the same on every computer."""

    keymap: Keymap | None = None
    mouse: MouseMap | None = None
    hanging: HangingProtocols | None = Field(
        default=None, description="Looked at before the project's; the first that fits is used"
    )
    windows: Annotated[list[OwnWindow], Field(max_length=100)] | None = None
    reading_scale: int | None = Field(
        default=None, ge=100, le=200, description="Size of the words around the image, in percent"
    )
    is_clinical_text_open: bool | None = Field(
        default=None, description="Clinical text stands open beside the images"
    )
    language: str | None = Field(
        default=None,
        pattern=r"^[a-z]{2,3}$",
        description="Of the interface (ISO 639); the browser knows which there are",
    )


class MeChange(Body):
    name: str | None = Field(default=None, min_length=1, max_length=200)
    preferences: Preferences | None = None


class PasswordChange(Body):
    current: str = Field(max_length=512)
    new: str = Field(max_length=512)


class TokenIn(Body):
    name: str = Field(min_length=1, max_length=100)
    days: int = Field(default=90, ge=1, le=366)


class TokenOut(Answer):
    id: UUID
    name: str
    expires_at: datetime
    used_at: datetime | None
    secret: str | None = Field(default=None, description="Shown once, when the token is made")


class TokenList(Answer):
    items: list[TokenOut]


class AuditItem(Answer):
    id: int
    at: datetime
    actor_name: str
    action: str
    object_kind: str
    object_id: str
    project_id: UUID | None
    detail: dict[str, Any]


class AuditPage(Answer):
    items: list[AuditItem]
    next: int | None


class AuditVerification(Answer):
    is_intact: bool
    checked_count: int
    first_bad_id: int | None

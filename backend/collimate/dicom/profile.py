"""What one project keeps of its images, and the secrets that replace the rest."""

import base64
import re
from dataclasses import asdict, dataclass
from typing import Any

_PRIVATE = re.compile(r"(?P<group>[0-9A-Fa-f]{3}[13579BDFbdf])[xX]{2}(?P<element>[0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class SafePrivate:
    """A private attribute that a project vouches for: its creator, its odd group, its low byte.

    Source: PS3.15 E.3.10, notation of table E.3.10-1.
    """

    creator: str
    group: int
    element: int

    @classmethod
    def parse(cls, creator: str, tag: str) -> "SafePrivate":
        """Read `0019xx0C` of a creator.

        Raises:
            ValueError: no creator, or not the tag of a private attribute.
        """
        match = _PRIVATE.fullmatch(re.sub(r"[(), ]", "", tag))
        name = creator.strip()
        if match is None or not 1 <= len(name) <= 64 or not name.isprintable():
            raise ValueError("a private attribute is written as its creator and gggg,xxee")
        return cls(name, int(match["group"], 16), int(match["element"], 16))

    @property
    def tag(self) -> str:
        """As people write it: `0019xx0C`."""
        return f"{self.group:04X}xx{self.element:02X}"


@dataclass(frozen=True)
class ProfileOptions:
    """Options on top of the Basic Application Level Confidentiality Profile.

    `retain_dates` moves all dates of a patient by the same secret number of days instead of
    removing them; `retain_characteristics` keeps sex, age (above 89 as 90), size and weight;
    `retain_device` keeps station names, serial numbers and the like; `clean_descriptors` keeps
    the anatomical and technical words of descriptions. Source: PS3.15 E.3.
    """

    retain_dates: bool = True
    retain_characteristics: bool = True
    retain_device: bool = False
    clean_descriptors: bool = False
    safe_private: tuple[SafePrivate, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary that `json` can write."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "ProfileOptions":
        """The reverse of `to_json`; what is missing has its default."""
        private = tuple(SafePrivate(**one) for one in value.get("safe_private", ()))
        return cls(**{**value, "safe_private": private})


@dataclass(frozen=True, repr=False)
class Profile:
    """Keys of at least 16 bytes; losing them loses the link between visits of a patient.

    `project_key` drives UIDs, pseudonyms and date shifts; `instance_key`, the same for all
    projects of an installation, drives only the patient hash that splits depend on.
    """

    project_key: bytes
    instance_key: bytes
    options: ProfileOptions = ProfileOptions()

    def __post_init__(self) -> None:
        if len(self.project_key) < 16 or len(self.instance_key) < 16:
            raise ValueError("profile keys must have at least 16 bytes")

    def __repr__(self) -> str:
        return f"Profile(project_key=…, instance_key=…, options={self.options})"

    def to_json(self) -> dict[str, Any]:
        """JSON with base64 keys for the way into the sandbox; never to be stored or logged."""
        return {
            "project_key": base64.b64encode(self.project_key).decode("ascii"),
            "instance_key": base64.b64encode(self.instance_key).decode("ascii"),
            "options": self.options.to_json(),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Profile":
        """The reverse of `to_json`."""
        return cls(
            project_key=base64.b64decode(value["project_key"]),
            instance_key=base64.b64decode(value["instance_key"]),
            options=ProfileOptions.from_json(value["options"]),
        )

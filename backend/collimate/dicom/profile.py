"""The secrets under which one project's images are de-identified."""

import base64
from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class Profile:
    """Keys of at least 16 bytes; losing them loses the link between visits of a patient.

    `project_key` drives UIDs, pseudonyms and date shifts; `instance_key`, the same for all
    projects of an installation, drives only the patient hash that splits depend on.
    """

    project_key: bytes
    instance_key: bytes

    def __post_init__(self) -> None:
        if len(self.project_key) < 16 or len(self.instance_key) < 16:
            raise ValueError("profile keys must have at least 16 bytes")

    def __repr__(self) -> str:
        return "Profile(project_key=…, instance_key=…)"

    def to_json(self) -> dict[str, str]:
        """Base64 text for the way into the sandbox; never to be stored or logged."""
        return {
            "project_key": base64.b64encode(self.project_key).decode("ascii"),
            "instance_key": base64.b64encode(self.instance_key).decode("ascii"),
        }

    @classmethod
    def from_json(cls, value: dict[str, str]) -> "Profile":
        """The reverse of `to_json`."""
        return cls(
            project_key=base64.b64decode(value["project_key"]),
            instance_key=base64.b64decode(value["instance_key"]),
        )

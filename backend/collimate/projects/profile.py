"""How a project de-identifies: its options, its keys, and the one way to ask who is who."""

from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.dicom import identity
from collimate.dicom.profile import Profile, ProfileOptions, SafePrivate
from collimate.jobs import events
from collimate.kit.errors import Unprocessable
from collimate.kit.settings import instance_secret
from collimate.projects.models import DeidentificationKey, Project


class NotAPrivateTag(Unprocessable):
    """A private attribute is written as its creator and gggg,xxee, for example 0019xx0C."""


@dataclass(frozen=True)
class DeidentificationRules:
    """`options` go to the engine; `hold_suspected` keeps images that may show identifying text
    away from everybody until a person has looked at them."""

    options: ProfileOptions = field(default_factory=ProfileOptions)
    hold_suspected: bool = True


def rules_of(project: Project) -> DeidentificationRules:
    """The project's rules, defaults filled in."""
    stored = dict(project.deidentification)
    hold = bool(stored.pop("hold_suspected", True))
    return DeidentificationRules(ProfileOptions.from_json(stored), hold)


def change_rules(session: Session, by: UUID, project: Project, changes: dict[str, Any]) -> None:
    """Change some of the rules, for images that come in from now on.

    Raises:
        NotAPrivateTag
    """
    before = _stored(rules_of(project))
    if changes.get("safe_private") is not None:
        changes = {**changes, "safe_private": _parsed(changes["safe_private"])}
    project.deidentification = {**before, **changes}
    audit.record(
        session, by, "deidentification_changed", "project", project.id, project_id=project.id,
        before=before, after=project.deidentification,
    )  # fmt: skip
    events.publish(session, "project", project.id)
    session.flush()


def _stored(rules: DeidentificationRules) -> dict[str, Any]:
    return {**rules.options.to_json(), "hold_suspected": rules.hold_suspected}


def _parsed(entries: list[dict[str, str]]) -> list[dict[str, Any]]:
    try:
        parsed = {SafePrivate.parse(entry["creator"], entry["tag"]) for entry in entries}
    except ValueError as error:
        raise NotAPrivateTag("Nothing was changed.") from error
    return [asdict(one) for one in sorted(parsed, key=lambda one: (one.creator, one.tag))]


def describe(project: Project) -> dict[str, Any]:
    """The rules as JSON has them."""
    rules = rules_of(project)
    listed = [{"creator": one.creator, "tag": one.tag} for one in rules.options.safe_private]
    return {**_stored(rules), "safe_private": listed}


def profile_of(session: Session, project: Project) -> Profile:
    """What this project's images are de-identified with. Holds secrets: never log or store it."""
    stored = session.scalars(
        select(DeidentificationKey.key).where(DeidentificationKey.project_id == project.id)
    ).one()
    secret = instance_secret()
    return Profile(
        project_key=identity.keyed(secret, "identities of a project", stored.hex()),
        instance_key=identity.keyed(secret, "patients of this instance"),
        options=rules_of(project).options,
    )


def name_on_tombstone(pseudonym: str) -> str:
    """Hex; tells a pseudonym that was erased again, and tells nobody what it was."""
    return identity.keyed(instance_secret(), "pseudonyms of the erased", pseudonym).hex()


@dataclass(frozen=True)
class LookedUp:
    """What stands for a patient and for UIDs in this project; `patient_hash` finds the rows."""

    pseudonym: str
    shift_days: int
    uids: dict[str, str]
    patient_hash: str


def look_up(
    session: Session, by: UUID, project: Project, patient: tuple[str, str], uids: list[str]
) -> LookedUp:
    """Which pseudonym, date shift and UIDs a patient's number, its issuer and UIDs have here.

    There is no way back from a pseudonym: the originals are stored nowhere. Every question
    leaves an audit row, which says who asked and how much, never for whom.
    """
    profile = profile_of(session, project)
    key = profile.project_key
    audit.record(
        session, by, "identity_looked_up", "project", project.id, project_id=project.id,
        uid_count=len(uids),
    )  # fmt: skip
    return LookedUp(
        pseudonym=identity.pseudonym(key, *patient),
        shift_days=identity.shift_days(key, *patient),
        uids={uid: identity.remap_uid(key, uid) for uid in uids},
        patient_hash=identity.patient_hash(profile.instance_key, *patient),
    )

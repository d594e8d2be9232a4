"""Who may do what: one pure function, everything denied unless allowed here."""

from enum import StrEnum


class Role(StrEnum):
    """What a member is in a project."""

    READER = "reader"
    REVIEWER = "reviewer"
    DATA_MANAGER = "data_manager"
    PROJECT_ADMIN = "project_admin"
    HONEST_BROKER = "honest_broker"


class Permission(StrEnum):
    """What can be allowed."""

    SEE_PROJECT = "see_project"
    SEE_IMAGES = "see_images"
    READ_CASES = "read_cases"
    REVIEW = "review"
    SEE_STUDIES = "see_studies"
    MANAGE_DATA = "manage_data"
    SEE_LEARNING = "see_learning"
    MANAGE_LEARNING = "manage_learning"
    HUNT_FINDINGS = "hunt_findings"
    MANAGE_DATASETS = "manage_datasets"
    MANAGE_PROJECT = "manage_project"
    LOOK_UP_IDENTITIES = "look_up_identities"
    SEE_AUDIT = "see_audit"
    CREATE_PROJECT = "create_project"
    MANAGE_USERS = "manage_users"
    SEE_ALL_JOBS = "see_all_jobs"
    ERASE_PATIENTS = "erase_patients"


P = Permission
INSTANCE_PERMISSIONS = frozenset(
    {P.CREATE_PROJECT, P.MANAGE_USERS, P.SEE_ALL_JOBS, P.SEE_AUDIT, P.ERASE_PATIENTS}
)
"""What an instance admin may do. Case content is not among it: that needs membership, and so does
erasing a patient, which reaches into every project but begins in one the admin belongs to."""

_READER = frozenset({P.SEE_PROJECT, P.SEE_IMAGES, P.READ_CASES, P.HUNT_FINDINGS})
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.READER: _READER,
    Role.REVIEWER: _READER | {P.REVIEW, P.SEE_LEARNING},
    Role.DATA_MANAGER: frozenset(
        {
            P.SEE_PROJECT,
            P.SEE_IMAGES,
            P.SEE_STUDIES,
            P.MANAGE_DATA,
            P.SEE_LEARNING,
            P.HUNT_FINDINGS,
            P.MANAGE_DATASETS,
        }
    ),
    Role.PROJECT_ADMIN: frozenset(Permission)
    - {P.CREATE_PROJECT, P.MANAGE_USERS, P.SEE_ALL_JOBS, P.LOOK_UP_IDENTITIES, P.ERASE_PATIENTS},
    # the one who may link a patient to a pseudonym sees no image and no label
    Role.HONEST_BROKER: frozenset({P.SEE_PROJECT, P.LOOK_UP_IDENTITIES}),
}


def allows(*, is_admin: bool, role: Role | None, permission: Permission) -> bool:
    """Whether someone with this instance standing and this role in the object's project may.

    `role` is None for someone who is not a member of the project the object belongs to.
    """
    if is_admin and permission in INSTANCE_PERMISSIONS:
        return True
    return role is not None and permission in ROLE_PERMISSIONS[role]

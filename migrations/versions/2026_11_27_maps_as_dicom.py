"""Heat maps are kept as DICOM Parametric Maps too, and go with their patient."""

import sqlalchemy as sa
from alembic import op

revision = "maps_as_dicom"
down_revision = "hunts"

BEFORE = (
    "    UNION ALL SELECT blob_sha256, project_id FROM explanation WHERE study_id = ANY(studies)\n"
)
AFTER = BEFORE + BEFORE.replace("blob_sha256", "dicom_sha256")


def upgrade() -> None:
    op.add_column("explanation", sa.Column("dicom_sha256", sa.String, nullable=True))
    _change(BEFORE, AFTER)


def downgrade() -> None:
    _change(AFTER, BEFORE)
    op.drop_column("explanation", "dicom_sha256")


def _change(old: str, new: str) -> None:
    """Write the function anew with other words in this place."""
    name = sa.text("SELECT pg_get_functiondef('erase_patient(uuid)'::regprocedure)")
    definition = op.get_bind().scalar(name)
    if definition.count(old) != 1:
        raise RuntimeError("erase_patient is not as this migration knows it")
    op.get_bind().exec_driver_sql(definition.replace(old, new))

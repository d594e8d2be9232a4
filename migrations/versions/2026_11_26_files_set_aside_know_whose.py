"""Files that are set aside are tied to their patient, and go when the patient is erased."""

import sqlalchemy as sa
from alembic import op

revision = "files_know_whose"
down_revision = "models_draw"

BEFORE = "    SELECT id FROM received_file WHERE instance_id = ANY(images)\n"
AFTER = (
    BEFORE
    + """    UNION
    SELECT f.id FROM received_file f, public.erasure e
      WHERE e.id = order_id AND f.subject_hashes && (ARRAY[e.keyed_hash] || e.pseudonym_hashes)
"""
)


def upgrade() -> None:
    op.add_column(
        "received_file",
        sa.Column(
            "subject_hashes", sa.ARRAY(sa.String), nullable=False, server_default=sa.text("'{}'")
        ),
    )
    op.alter_column("received_file", "subject_hashes", server_default=None)
    op.create_index(
        "ix_received_file_subject_hashes", "received_file", ["subject_hashes"],
        postgresql_using="gin",
    )  # fmt: skip
    _change(BEFORE, AFTER)


def downgrade() -> None:
    _change(AFTER, BEFORE)
    op.drop_index("ix_received_file_subject_hashes", "received_file")
    op.drop_column("received_file", "subject_hashes")


def _change(old: str, new: str) -> None:
    """Write the function anew with other words in this place."""
    name = sa.text("SELECT pg_get_functiondef('erase_patient(uuid)'::regprocedure)")
    definition = op.get_bind().scalar(name)
    if definition.count(old) != 1:
        raise RuntimeError("erase_patient is not as this migration knows it")
    op.get_bind().exec_driver_sql(definition.replace(old, new))

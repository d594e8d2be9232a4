"""The same object is recognised in whatever file it comes; imports say by which way they came."""

import sqlalchemy as sa
from alembic import op

revision = "images_are_told_by_content"
down_revision = "patients_can_be_erased"


def upgrade() -> None:
    op.add_column("instance", sa.Column("content_sha256", sa.String, nullable=True))
    op.create_index(
        "ix_instance_project_id_content_sha256", "instance", ["project_id", "content_sha256"]
    )

    op.add_column("received_file", sa.Column("way_in", sa.String, nullable=True))


def downgrade() -> None:
    op.drop_column("received_file", "way_in")
    op.drop_index("ix_instance_project_id_content_sha256", "instance")
    op.drop_column("instance", "content_sha256")

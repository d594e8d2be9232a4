"""segments: one annotation per segment and frame, one answer per read."""

import sqlalchemy as sa
from alembic import op

revision = "segments"
down_revision = "pictures_are_measured"


def upgrade() -> None:
    op.add_column("annotation", sa.Column("place", sa.String(), nullable=True))
    op.execute("UPDATE annotation SET place = 'answer' WHERE kind = 'answer'")
    op.create_unique_constraint(
        op.f("uq_annotation_read_id_kind_place"), "annotation", ["read_id", "kind", "place"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f("uq_annotation_read_id_kind_place"), "annotation")
    op.drop_column("annotation", "place")

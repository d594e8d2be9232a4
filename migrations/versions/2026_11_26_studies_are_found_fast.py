"""A page of studies is found by index, whatever the list is narrowed to."""

import sqlalchemy as sa
from alembic import op

revision = "studies_are_found_fast"
down_revision = "large_frames_are_progressive"

NARROWED_BY = (
    "modality", "body_part", "site", "manufacturer", "manufacturer_model_name", "trust",
)  # fmt: skip
PRESENT = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    op.drop_index("ix_study_modality", "study")
    op.create_index("ix_study_browse", "study", ["project_id", "id"], postgresql_where=PRESENT)
    for name in NARROWED_BY:
        op.create_index(
            f"ix_study_browse_{name}", "study", ["project_id", name, "id"], postgresql_where=PRESENT
        )


def downgrade() -> None:
    for name in NARROWED_BY:
        op.drop_index(f"ix_study_browse_{name}", "study")
    op.drop_index("ix_study_browse", "study")
    op.create_index("ix_study_modality", "study", ["modality"])

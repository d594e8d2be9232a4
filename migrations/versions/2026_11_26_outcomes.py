"""outcomes: a case is excluded with a reason, and its image quality judged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "outcomes"
down_revision = "next_case_is_found_fast"


def upgrade() -> None:
    op.add_column(
        "label_schema",
        sa.Column(
            "exclusion_reasons", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")
        ),
    )
    op.add_column(
        "label_schema",
        sa.Column("quality_verdict", sa.String, nullable=False, server_default="none"),
    )
    for column in ("exclusion_reasons", "quality_verdict"):
        op.alter_column("label_schema", column, server_default=None)
    op.add_column("submission", sa.Column("exclusion", sa.String, nullable=True))
    op.add_column("submission", sa.Column("quality", sa.String, nullable=True))


def downgrade() -> None:
    op.drop_column("submission", "quality")
    op.drop_column("submission", "exclusion")
    op.drop_column("label_schema", "quality_verdict")
    op.drop_column("label_schema", "exclusion_reasons")

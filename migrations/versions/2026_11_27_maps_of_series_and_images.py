"""A heat map may be of one series or image of a study."""

import sqlalchemy as sa
from alembic import op

revision = "maps_of_series_and_images"
down_revision = "series_and_images_are_learned"

COLUMNS = ["model_version_id", "study_id", "class_key", "method"]
BEFORE, AFTER = "uq_explanation_" + "_".join(COLUMNS), "uq_explanation_of"


def upgrade() -> None:
    op.add_column("explanation", sa.Column("unit_id", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f(BEFORE), "explanation", type_="unique")
    op.create_unique_constraint(
        op.f(AFTER), "explanation", [*COLUMNS, "unit_id"], postgresql_nulls_not_distinct=True
    )


def downgrade() -> None:
    op.execute("DELETE FROM explanation WHERE unit_id IS NOT NULL")
    op.drop_constraint(op.f(AFTER), "explanation", type_="unique")
    op.create_unique_constraint(op.f(BEFORE), "explanation", COLUMNS)
    op.drop_column("explanation", "unit_id")

"""An index of the number of wanted reads, so that the next case is found without a look at all."""

from alembic import op
from sqlalchemy import text

revision = "next_case_is_found_fast"
down_revision = "images_are_told_by_content"


def upgrade() -> None:
    op.create_index(
        "ix_task_project_id_wanted_reads",
        "task",
        ["project_id", "wanted_reads"],
        postgresql_where=text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_index("ix_task_project_id_wanted_reads", "task")

"""tasks know who is held out, so that an index leads past cases that readers are not given."""

import sqlalchemy as sa
from alembic import op

revision = "tasks_know_who_is_held_out"
down_revision = "first_reads_name_all_suggestions"
IN_REACH = "ix_task_project_id_priority_in_reach"


def upgrade() -> None:
    op.add_column("task", sa.Column("is_holdout", sa.Boolean))
    op.execute(
        "UPDATE task SET is_holdout = patient.is_holdout "
        "FROM study JOIN patient ON patient.id = study.patient_id WHERE study.id = task.study_id"
    )
    op.alter_column("task", "is_holdout", nullable=False)
    op.create_index(
        IN_REACH,
        "task",
        ["project_id", sa.text("priority DESC"), "id"],
        postgresql_where=sa.text("state = 'open' AND (NOT is_holdout OR arm = 'evaluation')"),
    )


def downgrade() -> None:
    op.drop_index(IN_REACH, "task")
    op.drop_column("task", "is_holdout")

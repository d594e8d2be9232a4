"""issues: questions that take a case out of its reader's hands until they are answered."""

import sqlalchemy as sa
from alembic import op

revision = "issues"
down_revision = "files_know_whose"


def upgrade() -> None:
    op.add_column(
        "comment", sa.Column("is_issue", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.alter_column("comment", "is_issue", server_default=None)
    op.create_index(
        "ix_comment_project_id_issue", "comment", ["project_id"], postgresql_where="is_issue"
    )


def downgrade() -> None:
    op.drop_index("ix_comment_project_id_issue", "comment")
    op.drop_column("comment", "is_issue")

"""guide examples: images that show what a label means; comments go when their read is erased."""

import sqlalchemy as sa
from alembic import op

revision = "guide_examples"
down_revision = "comments"
GONE_WITH = {"read_id": "read", "thread_id": "comment"}


def upgrade() -> None:
    op.create_table(
        "guide_example",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), nullable=False, index=True),
        sa.Column("label_key", sa.String, nullable=False),
        sa.Column(
            "study_id", sa.Uuid, sa.ForeignKey("study.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("sop_instance_uid", sa.String, nullable=False),
        sa.Column("frame_number", sa.Integer, nullable=False),
        sa.Column("caption", sa.String, nullable=False),
        sa.Column("created_by", sa.Uuid, sa.ForeignKey("user.id"), nullable=False),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON guide_example TO collimate_app")
    _refer_again(ondelete="CASCADE")


def _refer_again(ondelete: str | None) -> None:
    for column, table in GONE_WITH.items():
        name = op.f(f"fk_comment_{column}")
        op.drop_constraint(name, "comment")
        op.create_foreign_key(name, "comment", table, [column], ["id"], ondelete=ondelete)


def downgrade() -> None:
    _refer_again(ondelete=None)
    op.drop_table("guide_example")

"""Clinical texts of studies, in versions that are never changed."""

import sqlalchemy as sa
from alembic import op

revision = "studies_have_clinical_texts"
down_revision = "maps_of_series_and_images"


def upgrade() -> None:
    op.create_table(
        "study_text",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), nullable=False),
        sa.Column(
            "study_id", sa.Uuid, sa.ForeignKey("study.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("written_by", sa.Uuid, sa.ForeignKey("user.id"), nullable=False),
        sa.UniqueConstraint("study_id", "number"),
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON study_text TO collimate_app")
    op.execute(
        "CREATE TRIGGER refuse_rewriting BEFORE UPDATE ON study_text "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )


def downgrade() -> None:
    op.drop_table("study_text")

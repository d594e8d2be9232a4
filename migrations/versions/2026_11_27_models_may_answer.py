"""A model may answer clear cases by itself, under bounds; datasets name such answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "models_may_answer"
down_revision = "likeness_has_an_index"

MOMENT = sa.DateTime(timezone=True)


def _to(target: str, name: str, *, nullable: bool = False, **more: str) -> sa.Column:
    return sa.Column(name, sa.Uuid, sa.ForeignKey(f"{target}.id", **more), nullable=nullable)


def _key() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", MOMENT, nullable=False),
        _to("project", "project_id"),
    ]


def upgrade() -> None:
    op.create_table(
        "auto_accept",
        *_key(),
        _to("model_version", "model_version_id"),
        _to("label_schema", "label_schema_id"),
        sa.Column("weights_sha256", sa.String, nullable=False),
        sa.Column("target", sa.Float, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("grounds", JSONB, nullable=False),
        _to("user", "turned_on_by"),
        sa.Column("off_at", MOMENT, nullable=True),
        sa.Column("off_code", sa.String, nullable=True),
        sa.Column("off_reason", sa.String, nullable=False),
        _to("user", "off_by", nullable=True),
    )
    op.create_index(
        "uq_auto_accept_on", "auto_accept", ["project_id"], unique=True,
        postgresql_where=sa.text("off_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "auto_accepted_case",
        *_key(),
        _to("auto_accept", "auto_accept_id"),
        _to("study", "study_id", ondelete="CASCADE"),
        _to("task", "task_id", ondelete="CASCADE"),
        _to("model_version", "model_version_id"),
        _to("label_schema", "label_schema_id"),
        sa.Column("weights_sha256", sa.String, nullable=False),
        sa.Column("label_keys", JSONB, nullable=False),
        sa.Column("p_values", JSONB, nullable=False),
        sa.Column("target", sa.Float, nullable=False),
        sa.Column("calibration_count", sa.Integer, nullable=False),
        sa.Column("check_count", sa.Integer, nullable=False),
        sa.Column("is_reaudit", sa.Boolean, nullable=False),
        sa.UniqueConstraint("auto_accept_id", "task_id"),
    )
    for column in ("project_id", "study_id", "task_id"):
        op.create_index(f"ix_auto_accepted_case_{column}", "auto_accepted_case", [column])
    op.execute("GRANT SELECT, INSERT, UPDATE ON auto_accept TO collimate_app")
    # no right to delete: a record goes only with the study of an erased patient
    op.execute("GRANT SELECT, INSERT ON auto_accepted_case TO collimate_app")
    op.execute(
        "CREATE TRIGGER refuse_rewriting BEFORE UPDATE ON auto_accepted_case "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )
    op.alter_column("dataset_entry", "submission_id", nullable=True)
    op.add_column("dataset_entry", sa.Column("auto_accepted_case_id", sa.Uuid, nullable=True))
    op.create_check_constraint(
        "one_origin", "dataset_entry", "num_nonnulls(submission_id, auto_accepted_case_id) = 1"
    )


def downgrade() -> None:
    op.drop_constraint("one_origin", "dataset_entry", type_="check")
    op.drop_column("dataset_entry", "auto_accepted_case_id")
    op.alter_column("dataset_entry", "submission_id", nullable=False)
    op.drop_table("auto_accepted_case")
    op.drop_table("auto_accept")

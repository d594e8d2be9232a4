"""hunts: places somebody pointed at, described frames of the pool, and what was found in them."""

import sqlalchemy as sa
from alembic import op

revision = "hunts"
down_revision = "issues"

MOMENT = sa.DateTime(timezone=True)
TABLES = ("patch_grid", "hunt", "hunt_match")


def _key() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", MOMENT, nullable=False),
    ]


def _study(**more: bool) -> sa.Column:
    target = sa.ForeignKey("study.id", ondelete="CASCADE")
    return sa.Column("study_id", sa.Uuid, target, nullable=False, **more)


def _place() -> list[sa.Column]:
    return [
        sa.Column("sop_instance_uid", sa.String, nullable=False),
        sa.Column("frame_number", sa.Integer, nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "patch_grid",
        *_key(),
        _study(),
        sa.Column("recipe", sa.String, nullable=False),
        *_place(),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("columns", sa.Integer, nullable=False),
        sa.Column("vectors", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint(
            "study_id", "recipe", "sop_instance_uid", "frame_number",
            name="uq_patch_grid_study_id_recipe_sop_instance_uid_frame_number",
        ),
    )  # fmt: skip
    # half-precision numbers do not get smaller, and trying would cost a second per thousand
    op.execute("ALTER TABLE patch_grid ALTER COLUMN vectors SET STORAGE EXTERNAL")
    op.create_table(
        "hunt",
        *_key(),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), nullable=False),
        _study(index=True),
        *_place(),
        sa.Column("x", sa.Float, nullable=False),
        sa.Column("y", sa.Float, nullable=False),
        sa.Column("asked_by", sa.Uuid, sa.ForeignKey("user.id"), nullable=False, index=True),
        sa.Column("job_id", sa.Uuid, nullable=True),
        sa.Column("recipe", sa.String, nullable=False),
        sa.Column("pool_count", sa.Integer, nullable=False),
        sa.Column("ranked_at", MOMENT, nullable=True),
    )
    op.create_table(
        "hunt_match",
        *_key(),
        sa.Column("hunt_id", sa.Uuid, sa.ForeignKey("hunt.id", ondelete="CASCADE"), nullable=False),
        _study(index=True),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("likeness", sa.Float, nullable=False),
        *_place(),
        sa.Column("x", sa.Float, nullable=False),
        sa.Column("y", sa.Float, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("columns", sa.Integer, nullable=False),
        sa.UniqueConstraint("hunt_id", "rank", name="uq_hunt_match_hunt_id_rank"),
    )
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO collimate_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)

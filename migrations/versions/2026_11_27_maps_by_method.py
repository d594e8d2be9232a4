"""A study has one heat map for each class and method, not one for each class."""

from alembic import op

revision = "maps_by_method"
down_revision = "pulls_tell_what_is_missing"

BEFORE = ["model_version_id", "study_id", "class_key"]
AFTER = [*BEFORE, "method"]


def upgrade() -> None:
    _change(BEFORE, AFTER)


def downgrade() -> None:
    # maps are computed anew when somebody asks for one; the newest of each class stays
    op.execute(
        "DELETE FROM explanation older USING explanation newer"
        " WHERE older.model_version_id = newer.model_version_id"
        " AND older.study_id = newer.study_id AND older.class_key = newer.class_key"
        " AND older.id < newer.id"
    )
    _change(AFTER, BEFORE)


def _change(old: list[str], new: list[str]) -> None:
    name = "uq_explanation_"
    op.drop_constraint(op.f(name + "_".join(old)), "explanation", type_="unique")
    op.create_unique_constraint(op.f(name + "_".join(new)), "explanation", new)

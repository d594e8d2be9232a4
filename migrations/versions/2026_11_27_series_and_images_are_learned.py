"""Vectors and predictions of single series and images, beside those of studies."""

import sqlalchemy as sa
from alembic import op

revision = "series_and_images_are_learned"
down_revision = "segmenters_are_given"

WIDTHS = (192, 512)
UNIQUE = {
    "embedding": ["study_id", "encoder_id"],
    "prediction": ["model_version_id", "study_id"],
}


def upgrade() -> None:
    for table, columns in UNIQUE.items():
        op.add_column(table, sa.Column("unit_id", sa.Uuid(), nullable=True))
        op.drop_constraint(_name(table, columns), table, type_="unique")
        wider = [*columns, "unit_id"]
        op.create_unique_constraint(
            _name(table, wider), table, wider, postgresql_nulls_not_distinct=True
        )
    op.create_index(
        "ix_embedding_unit_id", "embedding", ["unit_id"],
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )  # fmt: skip
    _index_likeness(" AND unit_id IS NULL")
    for name, value in (("scope", "study"), ("attribute", "")):
        column = sa.Column(name, sa.String(), nullable=False, server_default=value)
        op.add_column("model_version", column)


def downgrade() -> None:
    for name in ("attribute", "scope"):
        op.drop_column("model_version", name)
    op.drop_index("ix_embedding_unit_id", "embedding")
    for table in UNIQUE:
        op.execute(f"DELETE FROM {table} WHERE unit_id IS NOT NULL")
    _index_likeness("")
    for table, columns in UNIQUE.items():
        op.drop_constraint(_name(table, [*columns, "unit_id"]), table, type_="unique")
        op.create_unique_constraint(_name(table, columns), table, columns)
        op.drop_column(table, "unit_id")


def _name(table: str, columns: list[str]) -> str:
    return op.f("_".join(["uq", table, *columns]))


def _index_likeness(also: str) -> None:
    for wide in WIDTHS:
        op.execute(f"DROP INDEX embedding_alike_{wide}")
        op.execute(
            f"CREATE INDEX embedding_alike_{wide} ON embedding "
            f"USING hnsw ((vector::halfvec({wide})) halfvec_cosine_ops) "
            f"WHERE vector_dims(vector) = {wide}{also}"
        )

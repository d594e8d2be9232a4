"""What looks alike is found by an index: one for each width of a trained or given encoder."""

from alembic import op

revision = "likeness_has_an_index"
down_revision = "failed_jobs_are_found"

WIDTHS = (192, 512)


def upgrade() -> None:
    for wide in WIDTHS:
        op.execute(
            f"CREATE INDEX embedding_alike_{wide} ON embedding "
            f"USING hnsw ((vector::halfvec({wide})) halfvec_cosine_ops) "
            f"WHERE vector_dims(vector) = {wide}"
        )


def downgrade() -> None:
    for wide in WIDTHS:
        op.execute(f"DROP INDEX embedding_alike_{wide}")

"""The erased stay out under the pseudonyms they had here, too."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "tombstones_know_pseudonyms"
down_revision = "cohorts"


def upgrade() -> None:
    op.add_column(
        "erasure",
        sa.Column("pseudonym_hashes", ARRAY(sa.String), nullable=False, server_default="{}"),
    )
    op.alter_column("erasure", "pseudonym_hashes", server_default=None)


def downgrade() -> None:
    op.drop_column("erasure", "pseudonym_hashes")

"""Models of masks and boxes keep what they draw beside what they say."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "models_draw"
down_revision = "prompt_sessions"


def upgrade() -> None:
    op.add_column("prediction", sa.Column("scores", JSONB, nullable=False, server_default="{}"))
    op.add_column("prediction", sa.Column("drawn", sa.LargeBinary, nullable=True))


def downgrade() -> None:
    op.drop_column("prediction", "drawn")
    op.drop_column("prediction", "scores")

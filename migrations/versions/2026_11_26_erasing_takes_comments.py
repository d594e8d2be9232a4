"""The erasure of a patient takes the comments on their cases along."""

from alembic import op

revision = "erasing_takes_comments"
down_revision = "cohorts"

COMMENTS = "DELETE FROM comment WHERE read_id = ANY(reads);\n  "
READS = "DELETE FROM read WHERE id = ANY(reads);"
REPLACE = """
DO $do$ BEGIN
  EXECUTE replace(pg_get_functiondef('erase_patient(uuid)'::regprocedure), $a${old}$a$, $b${new}$b$);
END $do$
"""


def upgrade() -> None:
    op.execute(REPLACE.format(old=READS, new=COMMENTS + READS))


def downgrade() -> None:
    op.execute(REPLACE.format(old=COMMENTS + READS, new=READS))

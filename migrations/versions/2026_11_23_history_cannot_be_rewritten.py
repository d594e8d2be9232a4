"""The application's role may not rewrite history; triggers refuse it to everyone else too."""

from alembic import op

revision = "history_cannot_be_rewritten"
down_revision = "first_tables"

APPEND_ONLY = (
    "annotation_revision",
    "submission",
    "audit_event",
    "review",
    "query_pick",
    "dataset_version",
    "dataset_entry",
)


def upgrade() -> None:
    op.execute(
        """
        DO $$ BEGIN
          IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'collimate_app') THEN
            CREATE ROLE collimate_app NOLOGIN;
          END IF;
        END $$
        """
    )
    op.execute("GRANT collimate_app TO CURRENT_USER")
    op.execute("GRANT USAGE ON SCHEMA public TO collimate_app")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO collimate_app"
    )
    op.execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO collimate_app")
    op.execute("REVOKE ALL ON alembic_version FROM collimate_app")
    op.execute("GRANT SELECT ON alembic_version TO collimate_app")
    op.execute(
        """
        CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM collimate_app')
        op.execute(
            f'CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
        )


def downgrade() -> None:
    for table in APPEND_ONLY:
        op.execute(f'DROP TRIGGER refuse_rewriting ON "{table}"')
    op.execute("DROP FUNCTION refuse_rewriting()")
    op.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM collimate_app")
    op.execute("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM collimate_app")
    op.execute("REVOKE USAGE ON SCHEMA public FROM collimate_app")

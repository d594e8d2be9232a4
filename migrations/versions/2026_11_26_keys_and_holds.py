"""Keys of identities get a table of their own; images that may show names are held back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "keys_and_holds"
down_revision = "revisions_of_studies"


def upgrade() -> None:
    _keys()
    _holds()
    for table, column in (("project", "deidentification"), ("instance", "actions")):
        op.add_column(table, sa.Column(column, JSONB, nullable=False, server_default="{}"))
        op.alter_column(table, column, server_default=None)
    op.add_column("received_file", sa.Column("import_id", sa.Uuid, nullable=True))
    op.create_index(
        "ix_received_file_project_id_import_id", "received_file", ["project_id", "import_id"]
    )
    op.execute("GRANT SELECT, INSERT ON deidentification_key TO collimate_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON held_image TO collimate_app")


def _keys() -> None:
    op.create_table(
        "deidentification_key",
        sa.Column("project_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_deidentification_key_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deidentification_key")),
        sa.UniqueConstraint("project_id", name=op.f("uq_deidentification_key_project_id")),
    )
    op.execute(
        "INSERT INTO deidentification_key (id, project_id, key, created_at) "
        "SELECT gen_random_uuid(), id, key, now() FROM project"
    )
    op.execute(
        "UPDATE project SET key = "
        "sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea)"
    )


def _holds() -> None:
    op.create_table(
        "held_image",
        sa.Column("project_id", sa.Uuid, nullable=False),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("series_uid", sa.String, nullable=False),
        sa.Column("modality", sa.String, nullable=False),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("found_boxes", JSONB, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("columns", sa.Integer, nullable=False),
        sa.Column("frame_count", sa.Integer, nullable=False),
        sa.Column("frame_ranges", JSONB, nullable=False),
        sa.Column("dicom_json", JSONB, nullable=False),
        sa.Column("preview_sha256", sa.String, nullable=True),
        sa.Column("decision", sa.String, nullable=True),
        sa.Column("decided_by", sa.Uuid, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("boxes", JSONB, nullable=True),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_held_image_decided_by")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["received_file.id"], name=op.f("fk_held_image_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_held_image_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_image")),
        sa.UniqueConstraint("file_id", name=op.f("uq_held_image_file_id")),
    )
    op.create_index(
        "ix_held_image_project_id_decision", "held_image", ["project_id", "decision", "id"]
    )


def downgrade() -> None:
    op.drop_index("ix_received_file_project_id_import_id", "received_file")
    op.drop_column("received_file", "import_id")
    op.drop_column("instance", "actions")
    op.drop_column("project", "deidentification")
    op.drop_index("ix_held_image_project_id_decision", "held_image")
    op.drop_table("held_image")
    op.execute(
        "UPDATE project SET key = old.key FROM deidentification_key old "
        "WHERE old.project_id = project.id"
    )
    op.drop_table("deidentification_key")

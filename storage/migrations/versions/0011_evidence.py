"""Evidence in chunks of one size, and links that are good once."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_chunk",
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("copy", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_evidence_chunk_case_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("file_id", "copy", "number", name=op.f("pk_evidence_chunk")),
    )
    op.create_index(op.f("ix_evidence_chunk_case_id"), "evidence_chunk", ["case_id"])
    op.create_table(
        "one_time_link",
        sa.Column("key_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("key_mac", name=op.f("pk_one_time_link")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("one_time_link")
    op.drop_table("evidence_chunk")

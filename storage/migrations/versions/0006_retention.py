"""When a case ended, whether it is held, and what statistics need of one that was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ENDED = "ended_on IS NOT NULL"


def upgrade() -> None:
    op.add_column("case_file", sa.Column("ended_on", sa.Date(), nullable=True))
    op.add_column(
        "case_file",
        sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    # Nobody wrote down when these ended: the time they are kept counts from today.
    op.execute(
        "UPDATE case_file SET ended_on = CURRENT_DATE WHERE state IN ('closed', 'withdrawn')"
    )
    op.create_index(
        "ix_case_file_ended",
        "case_file",
        ["ended_on"],
        postgresql_where=sa.text(ENDED),
        sqlite_where=sa.text(ENDED),
    )
    op.create_table(
        "case_stub",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("urgency", sa.String(length=2), nullable=False),
        sa.Column("policy_id", sa.String(length=32), nullable=False),
        sa.Column("ended_month", sa.Date(), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_stub")),
    )


def downgrade() -> None:
    op.drop_table("case_stub")
    op.drop_index("ix_case_file_ended", table_name="case_file")
    with op.batch_alter_table("case_file") as batch:
        batch.drop_column("held")
        batch.drop_column("ended_on")

"""A message may ask about a whole running list."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("nudge", sa.Column("list_id", sa.String(length=32), nullable=True))
    where = sa.text("list_id IS NOT NULL")
    op.create_index(
        "ix_nudge_list_id", "nudge", ["list_id"], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_index("ix_nudge_list_id", table_name="nudge")
    op.drop_column("nudge", "list_id")

"""A message of which its platform says "later" again and again is known to be late."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TOLD_LATER = "state = 'pending' AND later_since IS NOT NULL"


def upgrade() -> None:
    op.add_column("job", sa.Column("later_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_job_later",
        "job",
        ["later_since"],
        postgresql_where=sa.text(TOLD_LATER),
        sqlite_where=sa.text(TOLD_LATER),
    )


def downgrade() -> None:
    op.drop_index("ix_job_later", table_name="job")
    op.drop_column("job", "later_since")

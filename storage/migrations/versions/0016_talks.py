"""The desk's list finds whom it is to speak with though they took their report back."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TALK = "kind = 'follow_up' AND state IN ('open', 'answered', 'said_done', 'exhausted')"


def upgrade() -> None:
    op.create_index(
        "ix_duty_talk",
        "duty",
        ["case_id"],
        postgresql_where=sa.text(TALK),
        sqlite_where=sa.text(TALK),
    )


def downgrade() -> None:
    op.drop_index("ix_duty_talk", table_name="duty")

"""The calls for help of the last hours are found without reading the others."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CALLED = "kind = 'second_person'"


def upgrade() -> None:
    op.create_index(
        "ix_duty_called",
        "duty",
        ["started_at", "case_id"],
        postgresql_where=sa.text(CALLED),
        sqlite_where=sa.text(CALLED),
    )


def downgrade() -> None:
    op.drop_index("ix_duty_called", table_name="duty")

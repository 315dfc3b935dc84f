"""Where the bot may write to in Teams."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "teams_reference",
        sa.Column("key_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kek_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(length=60), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key_mac", name=op.f("pk_teams_reference")),
    )


def downgrade() -> None:
    op.drop_table("teams_reference")

"""The vault of return addresses: one row a case, real or empty, all alike."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vault",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(length=512), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_vault")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("vault")

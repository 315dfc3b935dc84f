"""Identity and health of every case in rows of their own, each under a key of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("identity", "health"):
        op.create_table(
            name,
            sa.Column("case_id", sa.String(length=32), nullable=False),
            sa.Column("kek_id", sa.String(length=16), nullable=False),
            sa.Column("wrapped", sa.LargeBinary(length=60), nullable=False),
            sa.Column("sealed", sa.LargeBinary(length=512), nullable=False),
            sa.ForeignKeyConstraint(
                ["case_id"],
                ["case_file.id"],
                name=op.f(f"fk_{name}_case_id"),
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint("case_id", name=op.f(f"pk_{name}")),
        )


def downgrade() -> None:
    for name in ("health", "identity"):
        op.drop_table(name)

"""History lines are numbered over all cases, so that what grew can be found and pinned."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOVE = """
INSERT INTO history_moved (case_id, seq, at, actor, fact, sealed, hash)
SELECT case_id, seq, at, actor, fact, sealed, hash FROM history ORDER BY rowid
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_history", "history")
        op.execute("ALTER TABLE history ADD COLUMN number BIGSERIAL")
        op.create_primary_key("pk_history", "history", ["number"])
        op.create_unique_constraint("uq_history_case_id_seq", "history", ["case_id", "seq"])
        return
    _made_anew(
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_history")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_history_case_id_seq")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("uq_history_case_id_seq", "history")
        op.drop_column("history", "number")
        op.create_primary_key("pk_history", "history", ["case_id", "seq"])
        return
    _made_anew(sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_history")))


def _made_anew(*key: sa.Column | sa.Constraint, **options: bool) -> None:
    """SQLite changes no primary key: the lines move to a new table, oldest first."""
    op.create_table(
        "history_moved",
        *key,
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("fact", sa.String(length=48), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_history_case_id"), ondelete="CASCADE"
        ),
        **options,
    )
    op.execute(MOVE)
    op.drop_table("history")
    op.rename_table("history_moved", "history")

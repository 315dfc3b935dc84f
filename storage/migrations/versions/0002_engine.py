"""Rounds and parts of duties, messages to one person, running lists, paces, the roster."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _upgrade_duties()
    _upgrade_nudges()
    _upgrade_cards()
    _upgrade_jobs()
    _add_roster()


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    words = sa.text(where)
    op.create_index(name, table, columns, postgresql_where=words, sqlite_where=words)


def _upgrade_duties() -> None:
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.add_column(sa.Column("part", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("climb", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("round", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
        # The unique key finds the duties of a case just as well.
        batch_op.drop_index(batch_op.f("ix_duty_case_id"))
        batch_op.drop_constraint(batch_op.f("uq_duty_case_id_kind"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_duty_case_id_kind_part"), ["case_id", "kind", "part"]
        )
    # A climb was named by the second it began; the messages that belong to it still are.
    began = {
        "sqlite": "UPDATE duty SET climb = CAST(strftime('%s', chase_from) AS INTEGER)",
        "postgresql": "UPDATE duty SET climb = CAST(floor(extract(epoch FROM chase_from)) AS BIGINT)",
    }
    op.execute(sa.text(began[op.get_bind().dialect.name]))
    moving = "state IN ('open', 'answered', 'said_done')"
    _partial("ix_duty_moving", "duty", ["id", "state"], moving)
    _partial("ix_duty_exhausted", "duty", ["id"], "state = 'exhausted'")


def _upgrade_nudges() -> None:
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.add_column(sa.Column("people", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("direct", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("target", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.drop_constraint(batch_op.f("uq_nudge_duty_id_climb_step"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_nudge_duty_id_climb_step_target"),
            ["duty_id", "climb", "step", "target"],
        )
    # The first rung was asked by the card itself, and its message was never sent.
    op.execute(
        sa.text(
            "UPDATE nudge SET state = 'by_card' WHERE state = 'owed' AND NOT EXISTS"
            " (SELECT 1 FROM job WHERE job.subject = nudge.id)"
        )
    )
    _partial("ix_nudge_owed", "nudge", ["id"], "state = 'owed'")


def _upgrade_cards() -> None:
    op.create_table(
        "card_list",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref", sa.String(length=200), nullable=True),
        sa.Column("shown", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_list")),
    )
    op.create_index("ix_card_list_address", "card_list", ["address", "opened_at"])
    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.add_column(sa.Column("list_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("list_place", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_card_list_id"), "card_list", ["list_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.drop_index(batch_op.f("ix_card_case_id"))
    op.create_index("ix_card_list_id", "card", ["list_id"])
    _partial("ix_card_owed", "card", ["address", "kind", "id"], "state = 'owed'")
    _partial("ix_card_shown", "card", ["address", "kind", "first_shown_at"], "ref IS NOT NULL")
    _partial("ix_card_failed", "card", ["id"], "state = 'failed'")


def _upgrade_jobs() -> None:
    op.add_column(
        "job", sa.Column("pace", sa.String(length=200), server_default="", nullable=False)
    )
    op.drop_index("ix_job_due", table_name="job")
    op.drop_index("ix_job_subject", table_name="job")
    _partial("ix_job_due", "job", ["due_at"], "state = 'pending'")
    _partial("ix_job_subject", "job", ["subject", "state"], "state = 'pending'")
    _partial("ix_job_next", "job", ["pace", "priority", "due_at", "id"], "state = 'pending'")
    _partial("ix_job_tried", "job", ["attempts"], "state = 'pending' AND attempts > 0")
    op.create_table(
        "pace",
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_pace")),
    )


def _add_roster() -> None:
    op.create_table(
        "roster",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kek_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(length=60), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster")),
    )
    op.create_table(
        "on_duty",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "site_id", name=op.f("pk_on_duty")),
    )


def downgrade() -> None:
    op.drop_table("on_duty")
    op.drop_table("roster")
    op.drop_table("pace")
    for index in ("ix_job_tried", "ix_job_next", "ix_job_subject", "ix_job_due"):
        op.drop_index(index, table_name="job")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_column("pace")
    _partial("ix_job_due", "job", ["due_at", "priority", "id"], "state = 'pending'")
    _partial("ix_job_subject", "job", ["subject"], "state = 'pending'")
    for index in ("ix_card_failed", "ix_card_shown", "ix_card_owed", "ix_card_list_id"):
        op.drop_index(index, table_name="card")
    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_card_list_id"), type_="foreignkey")
        batch_op.drop_column("list_place")
        batch_op.drop_column("list_id")
        batch_op.create_index(batch_op.f("ix_card_case_id"), ["case_id"], unique=False)
    op.drop_table("card_list")
    _downgrade_nudges()
    _downgrade_duties()


def _downgrade_nudges() -> None:
    op.drop_index("ix_nudge_owed", table_name="nudge")
    op.execute(sa.text("DELETE FROM nudge WHERE direct"))
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_nudge_duty_id_climb_step_target"), type_="unique")
        for column in ("target", "direct", "people"):
            batch_op.drop_column(column)
        batch_op.create_unique_constraint(
            batch_op.f("uq_nudge_duty_id_climb_step"), ["duty_id", "climb", "step"]
        )


def _downgrade_duties() -> None:
    for index in ("ix_duty_exhausted", "ix_duty_moving"):
        op.drop_index(index, table_name="duty")
    op.execute(sa.text("DELETE FROM duty WHERE part <> 0"))
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_duty_case_id_kind_part"), type_="unique")
        for column in ("asked_at", "round", "climb", "part"):
            batch_op.drop_column(column)
        batch_op.create_unique_constraint(batch_op.f("uq_duty_case_id_kind"), ["case_id", "kind"])
        batch_op.create_index(batch_op.f("ix_duty_case_id"), ["case_id"], unique=False)

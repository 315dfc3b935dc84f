"""Migrations: an empty database becomes the newest one, and nothing else does."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, event, insert, inspect

from bot.case_records import Part
from storage import schema
from storage.keyring import Keyring
from storage.tables import metadata
from tests.storage.databases import (
    MASTER,
    NOW,
    ROOT,
    Database,
    a_case,
    after,
    draft_mac,
    file_case,
    receipt_mac,
)
from tests.support.postgres import Postgres
from tests.support.world import SeededEntropy

UPGRADE = "import sys; from storage import schema; schema.upgrade(sys.argv[1])"


def tables_of(database: Database) -> set[str]:
    return set(inspect(database.engine()).get_table_names()) - {"alembic_version"}


def test_an_empty_database_gets_every_table(empty_database: Database) -> None:
    schema.upgrade(empty_database.url)
    assert tables_of(empty_database) == set(metadata.tables)


def test_the_migrated_tables_are_the_tables_of_the_code(empty_database: Database) -> None:
    schema.upgrade(empty_database.url)
    command.check(schema.config(empty_database.url))


async def test_upgrading_twice_keeps_what_is_there(database, storage) -> None:
    case = await file_case(storage)
    schema.upgrade(database.url)
    async with storage.read() as tx:
        assert await tx.cases.get(case.id) == case


def test_the_newest_revision_is_the_one_that_migrating_comes_to(empty_database: Database) -> None:
    assert schema.revision(empty_database.url) is None
    schema.upgrade(empty_database.url)
    assert schema.revision(empty_database.url) == schema.newest()
    heads = ScriptDirectory.from_config(schema.config(empty_database.url)).get_heads()
    assert heads == [schema.newest()]


def test_a_start_at_the_newest_tables_loads_no_tools_to_migrate(on_sqlite: Database) -> None:
    program = f"{UPGRADE}; print([name for name in sys.modules if 'alembic' in name])"
    command_ = [sys.executable, "-c", program, on_sqlite.url]
    said = subprocess.run(command_, cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_downgrading_removes_every_table_and_upgrading_brings_them_back(
    empty_database: Database,
) -> None:
    schema.upgrade(empty_database.url)
    command.downgrade(schema.config(empty_database.url), "base")
    assert tables_of(empty_database) == set()
    schema.upgrade(empty_database.url)
    assert tables_of(empty_database) == set(metadata.tables)


@pytest.fixture
def fresh(postgres: Postgres) -> Iterator[Database]:
    name = postgres.create_database()
    yield Database(postgres.url(name))
    postgres.drop_database(name)


def test_processes_that_start_at_the_same_moment_migrate_once(fresh: Database) -> None:
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, fresh.url],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [process.communicate()[1] for process in starting]
    assert [process.returncode for process in starting] == [0, 0, 0], said
    assert tables_of(fresh) == set(metadata.tables)


# --- rows of the first tables


CASE, KEYRING = a_case(), Keyring(MASTER, SeededEntropy().bytes)


def rows_of_0001() -> dict[str, list[dict[str, Any]]]:
    """A case as version 0001 kept it: its site was asked once, and once more by a message."""
    key, wrapped, _ = KEYRING.new_key(f"case|{CASE.id}")

    def sealed(place: str, text: bytes) -> bytes:
        return KEYRING.seal(key, place, text)

    case = vars(CASE) | {"draft_mac": draft_mac(1), "receipt_mac": receipt_mac(1)}
    kept = {"kek_id": KEYRING.kek_id, "wrapped": wrapped}
    chased = after(minutes=30)
    duty = {"id": "d1", "case_id": CASE.id, "kind": "care", "owner": "site", "state": "open"}
    duty |= {"started_at": NOW, "due_at": after(hours=4), "step": 1, "ladder": "{}"}
    nudge = {"duty_id": "d1", "climb": int(chased.timestamp()), "roles": "manager hq"}
    sent = {"state": "sent", "sent_at": chased, "ref": "1.2", "shown": "f" * 64}
    card = {"id": "c1", "case_id": CASE.id, "kind": "desk", "address": "chat:desk"}
    job = {"subject": "d1", "dedup": "climb:d1", "due_at": after(hours=1), "state": "pending"}
    line = {"case_id": CASE.id, "seq": 0, "at": NOW, "actor": "reporter", "fact": "filed"}
    said = {"case_id": CASE.id, "seq": 0, "author": "desk", "at": NOW}
    return {
        "case_file": [case | {"sealed": sealed(f"case_file.sealed|{CASE.id}", b"words")}],
        "case_key": [kept | {"case_id": CASE.id}],
        "duty": [duty | {"chase_from": chased}],
        "seat": [{"duty_id": "d1", "person_id": "kato", "answer": "coming", "at": NOW}],
        "nudge": [
            nudge | {"id": "n0", "step": 0, "state": "owed"},  # by the card, as it was then
            nudge | {"id": "n1", "step": 1} | sent,
            nudge | {"id": "n2", "step": 2, "state": "owed"},
        ],
        "card": [card | {"state": "shown", "ref": "1.1", "first_shown_at": NOW}],
        "job": [
            job | {"kind": "climb", "priority": 1, "attempts": 0},
            job
            | {"kind": "nudge", "priority": 4, "attempts": 2, "subject": "n2", "dedup": "nudge:n2"},
        ],
        "history": [line | {"sealed": sealed(f"history.sealed|{CASE.id}|0", b"{}"), "hash": b""}],
        "message": [said | {"sealed": sealed(f"message.sealed|{CASE.id}|0", b"hello")}],
        "draft_key": [kept | {"day": NOW.date()}],
        "web_post": [{"key": "k", "channel": "desk", "content": "words", "posted_at": NOW}],
    }


def write_rows(database: Database, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Writes rows into the columns that the database has, whatever the code's tables say."""
    engine = database.engine()
    found = MetaData()
    found.reflect(engine)
    with engine.begin() as connection:
        for table, values in rows.items():
            for row in values:
                connection.execute(insert(found.tables[table]).values(**row))


def count_rows(database: Database, rows: dict[str, list[dict[str, Any]]]) -> dict[str, int]:
    return {table: database.value(f"SELECT count(*) FROM {table}") for table in rows}


async def test_what_version_0001_kept_is_still_there(empty_database: Database, opening) -> None:
    command.upgrade(schema.config(empty_database.url), "0001")
    rows = rows_of_0001()
    write_rows(empty_database, rows)
    schema.upgrade(empty_database.url)
    assert count_rows(empty_database, rows) == {table: len(kept) for table, kept in rows.items()}
    if empty_database.kind == "sqlite":
        assert empty_database.sql("PRAGMA foreign_key_check") == []
    async with opening(empty_database).read() as tx:
        whole = await tx.cases.whole(CASE.id, opening=Part)
        history = await tx.history.of_case(CASE.id)
        assert await tx.duties.unscheduled() == await tx.cards.unscheduled() == 0
        assert await tx.jobs.due_at("climb:d1") == after(hours=1)
    assert (whole.case, whole.body.content, history[0].fact) == (CASE, b"words", "filed")
    assert (whole.body.identity, whole.body.health) == (None, None)
    assert [message.text for message in whole.messages] == ["hello"]
    assert [(card.ref, card.first_shown_at, card.list_id) for card in whole.cards] == [
        ("1.1", NOW, None)
    ]
    assert [seat.person_id for seat in whole.seats["d1"]] == ["kato"]


async def test_a_climb_of_version_0001_goes_on_where_it_was(
    empty_database: Database, opening
) -> None:
    command.upgrade(schema.config(empty_database.url), "0001")
    write_rows(empty_database, rows_of_0001())
    schema.upgrade(empty_database.url)
    async with opening(empty_database).write() as tx:
        (duty,) = await tx.duties.of_case(CASE.id)
        nudges = await tx.duties.nudges(duty.id)
        assert {nudge.climb for nudge in nudges} == {duty.climb}
        assert [nudge.state for nudge in nudges] == ["by_card", "sent", "owed"]
        assert {(nudge.people, nudge.direct) for nudge in nudges} == {((), False)}
        again = replace(nudges[1], id="again")
        assert await tx.duties.add_nudges([again]) == frozenset()
    assert (duty.step, duty.part, duty.round, duty.asked_at) == (1, 0, 0, None)


def test_going_back_to_version_0001_keeps_what_it_can_hold(empty_database: Database) -> None:
    command.upgrade(schema.config(empty_database.url), "0001")
    rows = rows_of_0001()
    write_rows(empty_database, rows)
    schema.upgrade(empty_database.url)
    command.downgrade(schema.config(empty_database.url), "0001")
    assert count_rows(empty_database, rows) == {table: len(kept) for table, kept in rows.items()}


class PulledPlug(Exception):
    """The process dies in the middle of a migration."""


def test_a_migration_that_fails_leaves_nothing_half_done(empty_database: Database) -> None:
    def pull(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        if "CREATE TABLE seat" in statement:
            raise PulledPlug

    event.listen(Engine, "before_cursor_execute", pull)
    try:
        with pytest.raises(PulledPlug):
            schema.upgrade(empty_database.url)
    finally:
        event.remove(Engine, "before_cursor_execute", pull)
    assert tables_of(empty_database) == set()
    schema.upgrade(empty_database.url)
    assert tables_of(empty_database) == set(metadata.tables)

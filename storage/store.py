"""One transaction over all rows: everything or nothing."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType, TracebackType

from sqlalchemy import make_url

from storage.board import BoardRows
from storage.cards import CardRows
from storage.case_keys import CaseKeys
from storage.cases import CaseRows, Parts
from storage.draft_keys import DraftKeyRows
from storage.drivers import Link
from storage.duties import DutyRows
from storage.endings import EndingRows
from storage.engines import open_pools
from storage.files import FileRows
from storage.history import HistoryRows
from storage.inbox import InboxRows
from storage.installs import InstallRows
from storage.jobs import JobRows
from storage.keyring import Keyring
from storage.links import LinkRows
from storage.messages import MessageRows
from storage.pools import Access
from storage.references import ReferenceRows
from storage.rosters import RosterRows
from storage.sessions import Session
from storage.statements import Statement, given, upsert
from storage.tables import pace
from storage.vault import VaultRows
from storage.wrapped_keys import WrappedKeys

_LOOKED = upsert(pace).values(given("address", "next_at"))
CHECK = Statement(
    _LOOKED.on_conflict_do_update(
        index_elements=[pace.c.address], set_={"next_at": _LOOKED.excluded.next_at}
    )
)
"""Really writes, for a full disk refuses nothing else: a place of no channel, long over."""
LONG_AGO = 2**30
"""In seconds since 1970; another moment each time, or nothing would have to be written."""


SCRUB = {
    # Deleted rows are overwritten at once (secure_delete); the log holds them until it is cut.
    "sqlite": ("PRAGMA wal_checkpoint(TRUNCATE)",),
    # Only a rewrite leaves no byte behind. The keys' tables are small and rewritten in a moment;
    # what they opened is noise without them, and its room is used again.
    # The vault comes into the order of its random keys: the order of writing would tell.
    "postgresql": (
        "VACUUM FULL case_key, identity, health",
        "CLUSTER vault USING pk_vault",
        "VACUUM",
        # Only some may ask for it; without it the server writes what is new a few minutes later.
        "DO $$ BEGIN CHECKPOINT; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$",
    ),
}

NO_LONGER_THAN = {"sqlite": "PRAGMA busy_timeout=1000", "postgresql": "SET lock_timeout = '1s'"}
"""A scrub waits for no longer, as for the end of a backup: everybody would wait behind it."""
LOCK_NOT_AVAILABLE = "55P03"


class SqlTransaction:
    """The rows of one open transaction."""

    def __init__(self, link: Link, keyring: Keyring, entropy: Callable[[int], bytes]) -> None:
        session = self._session = Session(link)
        self._entropy = entropy
        keys = CaseKeys(session, keyring)
        self.duties = DutyRows(session)
        self.cards = CardRows(session)
        self.jobs = JobRows(session, entropy)
        self.history = HistoryRows(session, keyring, keys)
        self.messages = MessageRows(session, keyring, keys)
        self.files = FileRows(session, keyring, keys)
        self.links = LinkRows(session, keyring)
        parts = Parts(self.duties, self.cards, self.messages, self.jobs)
        self.cases = CaseRows(session, keyring, keys, parts)
        self.endings = EndingRows(session)
        self.vault = VaultRows(session, keyring)
        self.keys = WrappedKeys(session, keyring)
        self.rosters = RosterRows(session, keyring)
        self.references = ReferenceRows(session, keyring)
        self.inbox = InboxRows(session)
        self.installs = InstallRows(session, keyring)
        self.board = BoardRows(session)
        self.draft_keys = DraftKeyRows(session, keyring)

    async def check(self) -> None:
        """Raises when nothing can be written here."""
        seconds = int.from_bytes(self._entropy(4)) % LONG_AGO
        moment = datetime.fromtimestamp(seconds, UTC)
        await self._session.run(CHECK, address="check", next_at=moment)


class Opening:
    """A transaction from its beginning to its end: committed, unless the block fails."""

    def __init__(self, access: Access, keyring: Keyring, entropy: Callable[[int], bytes]) -> None:
        self._access = access
        self._keyring = keyring
        self._entropy = entropy

    async def __aenter__(self) -> SqlTransaction:
        self._link = await self._access.begin()
        return SqlTransaction(self._link, self._keyring, self._entropy)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            await self._access.pool.commit(self._link)
        else:
            await self._access.pool.abandon(self._link)


class SqlStorage:
    """The database, opened. `schema.upgrade` must have run before.

    `sqlite_driver` stands in for the module aiosqlite, for SQLite without its threads: an
    awaitable `connect(path, isolation_level=None)`, whose connection awaits `execute`,
    `executemany`, `execute_fetchall` and `close`.
    """

    def __init__(
        self,
        url: str,
        keyring: Keyring,
        entropy: Callable[[int], bytes],
        *,
        sqlite_driver: ModuleType | None = None,
    ) -> None:
        self._writing, self._reading = open_pools(url, sqlite_driver)
        self.one_process = make_url(url).get_backend_name() == "sqlite"
        self._keyring = keyring
        self._entropy = entropy

    # Untyped: the attributes of bot's Transaction can be set, so mypy would want them to be of
    # the ports' own types, and ours are more than that.
    def write(self, *, quiet: bool = False):  # type: ignore[no-untyped-def]
        """A transaction that may change rows; leaving the block commits."""
        return Opening(self._writing, self._keyring, self._entropy)

    def read(self):  # type: ignore[no-untyped-def]
        """A consistent view that changes nothing."""
        return Opening(self._reading, self._keyring, self._entropy)

    async def check(self) -> None:
        """Raises when the database cannot be written or lacks the newest tables."""
        async with Opening(self._writing, self._keyring, self._entropy) as tx:
            await tx.check()

    async def scrub(self) -> bool:
        """Takes what was deleted out of the database's files and its log.

        False: somebody else, such as a backup, held some of it. It gave way, to come again.
        """
        link = await self._writing.pool.begin("SELECT 1")
        try:
            await link.run(NO_LONGER_THAN[link.database])
            return all([await _rewritten(link, statement) for statement in SCRUB[link.database]])
        finally:
            await self._writing.pool.abandon(link)

    async def close(self) -> None:
        """Ends every connection that is not in use; those that are, when their use ends."""
        await self._reading.pool.close()
        await self._writing.pool.close()


async def _rewritten(link: Link, statement: str) -> bool:
    if link.database == "sqlite":
        ((busy, *_),) = await link.fetch(statement, ())
        return not busy
    try:
        await link.run(statement)
    except Exception as error:
        if getattr(error, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        return False
    return True

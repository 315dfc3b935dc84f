"""What bot asks of the outside: rows to remember, platforms to speak to, time and chance.

Each port is a few verbs named by the caller's wish. Storage implements the rows, adapters
the platforms, and wiring passes them in; a test passes others to the same constructor.
"""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from bot.case_rows import Cases, Endings, Files, History, Keys, Links, Messages, Vault
from bot.company_rows import DraftKeys, Installs, References, Rosters
from bot.work_rows import Board, Cards, Duties, Inbox, Jobs


class Clock(Protocol):
    """The only source of the present time."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...


class Entropy(Protocol):
    """The only source of chance."""

    def bytes(self, count: int) -> bytes:
        """`count` random bytes, fit for keys."""
        ...

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included, each equally likely."""
        ...


class Transaction(Protocol):
    """Everything or nothing. Leaving the block commits; an exception rolls back."""

    cases: Cases
    endings: Endings
    keys: Keys
    vault: Vault
    duties: Duties
    cards: Cards
    jobs: Jobs
    history: History
    messages: Messages
    files: Files
    links: Links
    rosters: Rosters
    references: References
    inbox: Inbox
    installs: Installs
    board: Board
    draft_keys: DraftKeys


class Storage(Protocol):
    """The database."""

    @property
    def one_process(self) -> bool:
        """Whether no other process can use it, so that nobody else holds a row."""
        ...

    def write(self, *, quiet: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that may change rows. Never await a platform inside one.

        `quiet`: nobody who waits for a change need look because of it.
        """
        ...

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A consistent view that changes nothing."""
        ...

    async def check(self) -> None:
        """Raises when a report could not be written now."""
        ...

    async def scrub(self) -> bool:
        """Takes what was deleted out of the database's files and its log.

        False: somebody else held some of it, and it gave way, to be asked for again.
        On PostgreSQL with rights to VACUUM; what a log archive or a backup holds stays there
        for its own life.
        """
        ...

    async def close(self) -> None: ...

"""What bot asks of storage about the company: its people, its platforms, the keys of a day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from bot.company_records import DraftKey, Install, OnDuty


class Rosters(Protocol):
    """The imported roster, sealed, and who said that they are on duty."""

    async def version(self) -> int:
        """Raised by every import; 0 when none was ever imported."""
        ...

    async def read(self) -> bytes | None:
        """The newest roster, opened."""
        ...

    async def replace(self, roster: bytes, at: datetime) -> int:
        """Puts a new roster in place of the old one, which is gone. Gives its version."""
        ...

    async def declare(self, row: OnDuty) -> None:
        """Somebody is on duty at a site until then; saying it again moves the end."""
        ...

    async def off_duty(self, person_id: str) -> None: ...

    async def forget_run_out(self, now: datetime) -> None:
        """Takes away what somebody said whose time has run out."""
        ...

    async def on_duty(self, now: datetime) -> Sequence[OnDuty]:
        """Whoever said so and whose time has not run out."""
        ...


class References(Protocol):
    """Where a platform told us that we may write to: addresses, sealed, and nothing about when.

    A key is a keyed hash of whose address it is.
    """

    async def find(self, key: bytes) -> bytes | None: ...

    async def put(self, key: bytes, reference: bytes) -> None:
        """Puts something under a key, in the place of what stood there."""
        ...

    async def drop(self, key: bytes) -> None: ...


class Installs(Protocol):
    """Where our app is installed on platforms that hand out a token for each place."""

    async def put(self, install: Install) -> None:
        """Keeps what an installation gave; what it gave before is gone."""
        ...

    async def all(self) -> Sequence[Install]: ...

    async def remove(self, id: str) -> bool:
        """Forgets an installation and its tokens; False when there was none."""
        ...

    async def hold(self, install: Install, now: datetime, until: datetime) -> bool:
        """Whether this process may fetch a new token for it now; no other may before `until`.

        False also when somebody has put a newer one in its place.
        """
        ...


class DraftKeys(Protocol):
    """One key a day for the sealed lists of unfinished conversations."""

    async def of_day(self, day: date) -> DraftKey:
        """That day's key, made on first use."""
        ...

    async def by_id(self, key_id: int) -> DraftKey | None: ...

    async def destroy_before(self, day: date) -> int: ...

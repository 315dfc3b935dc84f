"""The service's own books after a run: they must agree with what the platform shows."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from secrets import token_bytes

from aiohttp import ClientSession

from bot.case_commands import verify_cases
from bot.deliveries import fingerprint
from bot.heads import HeadsKey
from bot.heads_file import HeadsFile
from storage.keyring import Keyring
from storage.store import SqlStorage
from tests.chaos.fleet import PATIENCE_SECONDS, Fleet
from tests.chaos.judge import Verdict
from tests.chaos.reporters import INDEX
from tests.storage.databases import Database

MASTER = b"\x11" * 32
SHOWN = " UNION ALL ".join(
    f"SELECT ref, shown FROM {table} WHERE ref IS NOT NULL AND shown IS NOT NULL"
    for table in ("card", "nudge", "card_list")
)


class Books:
    """Reads the database of a run, beside the processes."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._database = Database(fleet.database)

    def busy(self) -> int:
        """How many jobs are due or in hand."""
        now = datetime.now(UTC) + timedelta(seconds=self._fleet.ahead_seconds)
        until = now.strftime("%Y-%m-%d %H:%M:%S.%f")
        if self._database.kind == "postgresql":
            until += "+00"
        found = self._database.value(
            "SELECT count(*) FROM job WHERE due_at <= :until OR lease IS NOT NULL", until=until
        )
        return int(found)

    def judge_what_is_shown(self, verdict: Verdict) -> None:
        """What the service believes that a message shows is what it shows."""
        messages = self._fleet.platform.messages
        for ref, shown in self._database.sql(SHOWN):
            if ref not in messages:
                verdict.broken.append(f"message {ref} was never posted")
            elif fingerprint(messages[ref].card) != shown:
                verdict.broken.append(f"message {ref} shows something else than believed")

    async def judge_histories(self, verdict: Verdict) -> None:
        """No history was broken by a kill, and the heads that were pinned fit."""
        storage = SqlStorage(self._fleet.database, Keyring(MASTER, token_bytes), token_bytes)
        heads = HeadsFile(self._fleet.heads, HeadsKey(INDEX))
        out = io.StringIO()
        try:
            if await verify_cases(storage, heads, (), out):
                verdict.broken += out.getvalue().splitlines()
        finally:
            await storage.close()

    async def judge_health(self, base: str, verdict: Verdict) -> None:
        """The self-audit finds nothing wrong in the end."""
        said = {"age_seconds": None}
        async with ClientSession() as session, asyncio.timeout(PATIENCE_SECONDS):
            while said["age_seconds"] is None:  # before the first pass it knows nothing
                await asyncio.sleep(0.05)
                async with session.get(f"{base}/health/audit") as answer:
                    said = await answer.json()
        if not said["good"]:
            verdict.broken.append(f"the audit is red: {said}")

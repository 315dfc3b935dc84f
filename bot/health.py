"""Whether a report can be taken now, and whether everything that is owed is on its way."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.audits import Audit
from bot.case_work import Work
from bot.watch import Watch

log = structlog.get_logger()

READY_SECONDS = 2.0
STALE_AFTER = timedelta(minutes=3)
"""A self-audit that has not ended for so long says nothing any more."""


@dataclass(frozen=True)
class AuditHealth:
    """The last pass of the self-audit, and how old it is; None before the first."""

    found: Audit | None
    age_seconds: float | None
    good: bool
    """Clean, and not long ago."""


class Health:
    """Answers for whoever watches the service."""

    def __init__(self, work: Work, watch: Watch) -> None:
        self._work = work
        self._watch = watch

    async def ready(self) -> bool:
        """Whether a report could be written now. A stuck nudge never makes this false."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._work.storage.check()
        except Exception as error:  # noqa: BLE001  any failure means the same here
            log.error("not_ready", error=type(error).__name__)
            return False
        return True

    def audit(self) -> AuditHealth:
        """What the self-audit found last."""
        last = self._watch.last
        if last is None:
            return AuditHealth(None, None, good=False)
        age = self._work.clock.now() - last.at
        # A clock that was put back makes a pass of the future: not to be believed either.
        good = last.found.clean and abs(age) <= STALE_AFTER
        return AuditHealth(last.found, age.total_seconds(), good)

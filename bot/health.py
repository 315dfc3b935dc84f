"""Whether a report can be taken now, and whether everything that is owed is on its way."""

import asyncio

import structlog

from bot.audits import Audit, audit
from bot.case_work import Work

log = structlog.get_logger()

READY_SECONDS = 2.0


class Health:
    """Answers for whoever watches the service."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def ready(self) -> bool:
        """Whether a report could be written now. A stuck nudge never makes this false."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._work.storage.check()
        except Exception as error:  # noqa: BLE001  any failure means the same here
            log.error("not_ready", error=type(error).__name__)
            return False
        return True

    async def audit(self) -> Audit:
        """One pass of the self-audit."""
        return await audit(self._work)

"""Where help was called lately: whoever reports from there without a name is easy to guess.

Everybody at the site reads who called. A report that names the site a few hours later points at
them, however many work there. That it was this very visit that called, or another, is not asked.
"""

from datetime import timedelta

from bot.bodies import site_of
from bot.case_work import Work, body_of

LATELY = timedelta(hours=12)


class CalledLately:
    """What a conversation asks of a site. A flow cannot wait for the database.

    So a first run of the flow only notes what it asks, and is told yes, the careful answer; it
    runs again once that was looked up. Most screens ask nothing, and nothing is looked up.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._known: dict[str, bool] = {}
        self.asked: set[str] = set()

    def __call__(self, site_id: str) -> bool:
        self.asked.add(site_id)
        return self._known.get(site_id, True)

    async def look_up(self) -> None:
        """Looks at the calls of the last hours."""
        for site_id in self.asked:
            self._known[site_id] = await _called(self._work, site_id)


async def _called(work: Work, site_id: str) -> bool:
    since = work.clock.now() - LATELY
    async with work.storage.read() as tx:
        for case_id in await tx.cases.called_since(since):
            # Which site it was its card does not tell: several may have one channel, and a call
            # that is over stands where the channel was then.
            body = await body_of(tx, case_id)
            if body is not None and site_of(body) == site_id:
                return True
    return False

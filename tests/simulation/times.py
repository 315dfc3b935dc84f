"""True time and the wall's clock, and by when something that fell due must be seen.

Something due is seen within a minute. Whatever went wrong meanwhile puts that off: a life that
ended, by its restart and the lease of what it held; a call that failed, by the wait before the
next try.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

PROMPT = 60.0
"""Seconds from due to seen while nothing goes wrong."""
AGAIN = 330.0
"""The longest wait between two tries, and the try."""
PARKED = 930.0
"""The longest wait after an adapter broke or took too long."""
REBORN = 90.0
"""A lease, and a little for what waited."""


class Times:
    """The clocks of one world, and its troubles, to be asked after the world has ended."""

    def __init__(
        self,
        began: datetime,
        offsets: Sequence[tuple[float, timedelta]],
        troubles: Iterable[tuple[float, float]],
        in_danger: Iterable[tuple[float, float]] | None = None,
    ) -> None:
        """`troubles`: since when and until when something may have been put off.

        `in_danger`: the same for what nobody in danger may wait for; None: no difference.
        """
        troubles = tuple(troubles)
        urgent = troubles if in_danger is None else tuple(in_danger)
        self._given = (began, offsets, urgent)
        self._began = began.timestamp()
        self._offsets = [(since, offset.total_seconds()) for since, offset in offsets]
        self._troubles = sorted(troubles)
        self._since = [since for since, _ in self._troubles]
        self._longest = max((until - since for since, until in self._troubles), default=0.0)

    @property
    def in_danger(self) -> "Times":
        """The same clocks, and what may put off what is urgent."""
        return Times(*self._given)

    def never_back(self, since: float) -> "Times":
        """As if no clock had been set back after `since`: nobody in danger waits for that."""
        began, offsets, urgent = self._given
        kept, before, made_up = [], timedelta(), timedelta()
        for at, offset in offsets:
            made_up += max(timedelta(), before - offset) if at > since else timedelta()
            kept.append((at, offset + made_up))
            before = offset
        return Times(began, kept, urgent)

    def set_backs(self, since: float) -> list[float]:
        """When clocks were set back after `since`."""
        moves = pairwise(self._offsets)
        return [at for (_, before), (at, after) in moves if before > after and at > since]

    def wall(self, at: float) -> float:
        """What the clock on the wall showed at a true time, in seconds since the epoch."""
        offset = next(offset for since, offset in reversed(self._offsets) if since <= at)
        return self._began + at + offset

    def when(self, wall: float, after: float) -> float:
        """The first true time from `after` on when the wall's clock showed `wall` or more."""
        for number, (since, offset) in enumerate(self._offsets):
            following = self._offsets[number + 1 : number + 2]
            until = following[0][0] if following else float("inf")
            reached = max(wall - offset - self._began, since, after)
            if reached < until:
                return reached
        return float("inf")

    def deadline(self, due: float) -> float:
        """By when something due at a true time must be seen."""
        latest = due + PROMPT
        for number in range(bisect_left(self._since, due - self._longest), len(self._troubles)):
            since, until = self._troubles[number]
            if since > latest:
                break
            if until >= due:
                latest = max(latest, until + PROMPT)
        return latest

    def soonest(self, seen: float, after: float) -> float:
        """The earliest time something can have fallen due that was seen then, as promised."""
        low, high = after, seen
        for _ in range(30):
            middle = (low + high) / 2
            low, high = (low, middle) if self.deadline(middle) >= seen else (middle, high)
        return high

    def troubled(self, since: float, until: float) -> bool:
        """Whether anything went wrong in between."""
        first = bisect_left(self._since, since)
        return first < len(self._since) and self._since[first] <= until

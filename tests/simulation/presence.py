"""Who of a rung is there at a moment, and when somebody of it can be asked next.

Times are the wall clock's. Nothing is kept here: what people did, `Chase` knows.
"""

from flows.ladders import Role, Side
from tests.simulation.promise import Promise

AS_THEY_CLOSE = 60.0
"""What falls due as the doors close, or as a shift ends, is said as they close."""
A_LITTLE = 0.001
"""More than what is lost where a time is reckoned to and fro."""
_AT_DESK = (Role.DESK, Role.DESK_LEAD)


class Presence:
    """The opening hours and the shifts of those on a duty's ladder."""

    def __init__(self, promise: Promise) -> None:
        self._ladder = promise.ladder
        self._promise = promise

    def roles(self, step: int) -> tuple[Role, ...]:
        """Whom a rung asks; none where the reporter keeps all of them out."""
        gone = self._promise.kept_out
        return tuple(role for role in self._ladder.steps[step].roles if role not in gone)

    def rungs(self, above: int) -> list[int]:
        """The rungs above one that ask anybody."""
        return [step for step in range(above + 1, len(self._ladder.steps)) if self.roles(step)]

    def held(self, step: int, wall: float) -> float:
        """Those asked are left alone while they are closed, except in danger."""
        return self._held(self.roles(step), wall)

    def on_time(self, step: int, wall: float) -> float:
        """When a rung's time has come: no clock may tell that somebody of it is kept out."""
        return self._held(self._ladder.steps[step].roles, wall)

    def _held(self, roles: tuple[Role, ...], wall: float) -> float:
        if not self._ladder.quiet_hours:
            return wall
        sides = {Side.DESK if role in _AT_DESK else Side.SITE for role in roles}
        known = [self._promise.hours.get(side) for side in sorted(sides)]
        hours = [each for each in known if each is not None]
        as_they_close = wall - AS_THEY_CLOSE
        if len(hours) < len(known) or any(h.next(as_they_close) <= as_they_close for h in hours):
            return wall
        return min(each.next(wall) for each in hours)

    def everybody(self, step: int, wall: float) -> frozenset[str]:
        """Whoever holds a role of a rung, there or not."""
        return self._of(step, wall, 0)

    def there(self, step: int, wall: float, gone: frozenset[str]) -> frozenset[str]:
        """Who of a rung is there; nobody left but `gone`, who was so until just now."""
        now = self._of(step, wall + A_LITTLE, 1)
        if now - gone or not self._ladder.quiet_hours:
            return now
        return self._of(step, wall + A_LITTLE - AS_THEY_CLOSE, 1)

    def comes(self, step: int, wall: float, gone: frozenset[str]) -> list[float]:
        """When those of a rung on which nobody is begin to work, while those asked are open."""
        if not self._ladder.quiet_hours:
            return []
        return [
            opens
            for role in self.roles(step)
            for person, begins in self._promise.begins(role, wall + A_LITTLE).items()
            for opens in (self.held(step, begin) for begin in begins)
            if person not in gone and person in self._promise.people(role, opens + A_LITTLE)[1]
        ]

    def later(self, step: int, wall: float, gone: frozenset[str]) -> float:
        """The first moment from `wall` on when a rung is asked, where it is ever."""
        opens = self.held(step, wall)
        if self.there(step, opens, gone) - gone:
            return opens
        return min(self.comes(step, opens, gone), default=opens)

    def _of(self, step: int, wall: float, which: int) -> frozenset[str]:
        return frozenset(
            who for role in self.roles(step) for who in self._promise.people(role, wall)[which]
        )

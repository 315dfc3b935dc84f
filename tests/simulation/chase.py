"""What a ladder promises: who is asked when, worked out from the policy's words alone.

A model of one duty, apart from the product's code. It is told what people did and were told,
and says who must be alerted from when on. Where two things fell into the same moment it does
not know which came first, says so, and requires nothing from there on.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from flows.ladders import OnEmpty
from tests.simulation.order import Order
from tests.simulation.presence import AS_THEY_CLOSE, Presence
from tests.simulation.promise import NEVER, Anew, Ask, Deed, Done, Outcome, Promise
from tests.simulation.times import PROMPT, Times

MOMENT = 3.0
"""Two things so close together may happen in either order."""
AGAIN_AFTER = 60.0
"""Who was asked so lately is not asked by the next rung too."""
HERE_MINUTES = 60
"""So long somebody who said that they are there is taken to be there still."""
TAKES_OVER_MINUTES, LOOKS_AROUND = 5, 1
"""So long "I will take over" may take, which names no time; and so long after what was named
nobody is late yet."""
LATELY = 600.0
"""Who was asked so lately was so in the future of a clock that is set back by much."""
WATCH = PROMPT + 15.0
"""Within this the service has looked at what lies ahead."""


class Chase:
    """Plays one duty from its birth to the end of the world."""

    def __init__(self, times: Times, promise: Promise) -> None:
        self._ladder = promise.ladder
        self._times = times if self._ladder.quiet_hours else times.never_back(promise.born)
        self._on_the_wall = times
        self._promise = promise
        self._due = promise.due
        self._presence = Presence(promise)
        self.outcome = Outcome()
        self._step, self._round = -1, 0
        self._highest = self._surely_highest = 0
        """The highest rung that was asked; and the highest of which somebody was for sure."""
        self._asked: float | None = None
        self._from = self._times.wall(promise.born)
        self._slip = promise.born_by - promise.born
        self._put_off = 0.0
        """How much later the last rungs may have been asked, because something did not work then:
        each has its time after the one before it."""
        self._clock = NEVER
        self._seats: dict[str, float] = {}
        self._renewed: set[str] = set()
        """Who said once more that they come, where that counts once."""
        self._ran_out: dict[str, float] = {}
        self._silent: dict[str, None] = {}
        """Whose answer ran out, and who has given no other since."""
        self._order = Order()
        self._declined: dict[str, float] = {}
        """Who cannot, and until when their answer may have been on its way."""
        self._climb_asked: dict[str, None] = {}
        self._climb_sure: dict[str, None] = {}  # of those, who was for sure
        self._settled = False
        """Said to be done, or ended."""
        self._given_up = False
        """Nobody is left to ask."""
        self._emptied = False
        """An acceptance ran out and left too few people."""
        self._gave_up = self._moved_on = -NEVER
        self._enough_since: float | None = None
        self._fired = -NEVER
        """When a clock fell due last."""
        self._asked_truly = promise.born
        """When somebody was asked last, in true time."""
        self._set_backs = [] if self._ladder.quiet_hours else times.set_backs(promise.born)

    def play(self, deeds: Sequence[Done], end: float) -> Outcome:
        """The whole story up to the end."""
        self._begin()
        waiting = sorted(deeds, key=lambda done: done.since)
        while True:
            clock = min(self._clock, min(self._seats.values(), default=NEVER))
            deed = waiting[0] if waiting else None
            self._set_back(min(clock, deed.since if deed else NEVER, end))
            if min(clock, deed.since if deed else NEVER) > end:
                break
            if deed is not None and deed.since <= clock + self._slip:
                waiting.pop(0)
                self._do(deed, clock)
            else:
                self._fired = clock
                self._climb(clock) if self._clock <= clock else self._expire(clock)
        self._is_enough(end, now=False)
        return self.outcome

    def _begin(self) -> None:
        born = self._promise.born
        if self._promise.silent_first:
            self._step, self._asked = 0, self._times.wall(born)
            self._clock = self._next(born)
        else:
            self._up(born, by_card=self._promise.card_first)

    # --- the clock ------------------------------------------------------------------------------

    def _set_back(self, until: float) -> None:
        """A clock set back puts off what follows by as long as was waited already, and a watch."""
        while self._set_backs and self._set_backs[0] <= until:
            at = self._set_backs.pop(0)
            waited = at - self._asked_truly
            if waited > LATELY:
                self._lose(at)
            self._slip += waited + WATCH

    def _climb(self, at: float) -> None:
        self._clock = NEVER
        if self._settled or self._given_up or (self._promise.needs_quorum and self._holds()):
            return
        self._up(at)

    def _up(self, at: float, *, by_card: bool = False) -> None:
        """Asks the next rung on which anybody is, or waits until somebody can be asked."""
        if self._is_passed_in_silence(at):
            self._step, self._asked = self._step + 1, self._times.wall(at)
            self._asked_truly, self._clock = at, self._next(at)
            return
        wall = self._times.wall(at)
        waits: list[float] = []
        for step in self._presence.rungs(self._step):
            opens = self._for_sure(self._presence.held, step, wall, at)
            if opens > wall:
                waits.append(opens)
                break
            must, may, there = self._who(step, at)
            if may:
                self._ask(step, must, may, at, there=there, by_card=by_card)
                return
            waits += self._comes(step, at)
        if waits:
            self._clock = self._times.when(min(waits), at)
        else:
            self._over_the_top(at)

    def _is_passed_in_silence(self, at: float) -> bool:
        """A rung whose roles are all kept out has its time, while anybody may answer still."""
        step = self._step + 1
        if self._asked is None or step == len(self._ladder.steps) or self._presence.roles(step):
            return False
        if self._next(at) > at + MOMENT:
            return False
        answered, for_sure = self._answered(at)
        waits = bool(self._climb_asked.keys() - for_sure)
        if waits and not self._climb_sure.keys() - answered:
            self._lose(at)
        return waits or not self._climb_asked

    def _ask(
        self,
        step: int,
        must: frozenset[str],
        may: frozenset[str],
        at: float,
        *,
        there: bool,
        by_card: bool,
    ) -> None:
        wall = self._times.wall(at)
        must, may = self._with_the_silent(must, may, wall, at)
        self._step, self._asked, self._highest = step, wall, max(self._highest, step)
        self._asked_truly = at
        if must:
            self._surely_highest = max(self._surely_highest, step)
        self._climb_asked.update(dict.fromkeys(sorted(may)))
        self._climb_sure.update(dict.fromkeys(sorted(must)))
        sure = self.outcome.unsure > at
        later = self._if_late(step, at)
        latest = at + self._slip + self._put_off
        self.outcome.asks.append(Ask(at, latest, must, may, by_card, sure, later))
        self._put_off += max(0.0, self._times.deadline(latest) - PROMPT - latest)
        last = not self._presence.rungs(step)
        # Nobody is there: the next are asked at once, but nobody is given up before their time.
        at_once = not there and (self._promise.asks_desk_at_end or not last)
        self._clock = at if at_once else self._next(at)

    def _comes(self, step: int, at: float) -> list[float]:
        """When those of a rung on which nobody is come to work."""
        wall = self._times.wall(at)
        some, more = (self._presence.comes(step, wall, gone) for gone in self._answered(at))
        if some != more:
            self._lose(at)
        return some

    def _if_late(self, step: int, at: float) -> float:
        """When a rung is asked that came too late for those who are there now."""
        late = max(at + 2 * AS_THEY_CLOSE, self._times.deadline(at))
        wall = self._presence.later(step, self._times.wall(late), self._answered(at)[1])
        opens = self._times.when(wall, late)
        return opens if opens > late + AS_THEY_CLOSE else at

    def _with_the_silent(
        self, must: frozenset[str], may: frozenset[str], wall: float, at: float
    ) -> tuple[frozenset[str], frozenset[str]]:
        """In danger those of the rungs before are asked too, unless they were so just now."""
        since = wall - self._asked if self._asked is not None else 0.0
        if not self._ladder.asks_again or since < AGAIN_AFTER - self._slip - MOMENT:
            return must, may
        answered, for_sure = self._answered(at)
        silent = self._silent_so_far(wall)
        if since >= AGAIN_AFTER + self._slip + MOMENT:
            must |= (self._climb_sure.keys() | silent) - answered
        return must, may | ((self._climb_asked.keys() | silent) - for_sure)

    def _silent_so_far(self, wall: float) -> frozenset[str]:
        """Whose answer ran out, of those whom the rungs so far may ask."""
        if not self._silent:
            return frozenset()
        rungs = (self._presence.everybody(step, wall) for step in range(self._step + 1))
        return frozenset(who for rung in rungs for who in rung if who in self._silent)

    def _answered(self, at: float) -> tuple[frozenset[str], frozenset[str]]:
        """Who may count as having answered, and who does for sure: nothing runs out just now."""
        soon = self._by(at)
        lasting = [who for who, until in self._seats.items() if until > soon]
        may = (*self._seats, *(who for who, since in self._ran_out.items() if self._by(since) > at))
        arrived = [who for who, until in self._declined.items() if until <= at]
        return frozenset((*self._declined, *may)), frozenset((*arrived, *lasting))

    def _by(self, at: float) -> float:
        """By when the service has noticed what fell due at a moment."""
        return self._times.deadline(at) - PROMPT + self._slip + MOMENT

    def _over_the_top(self, at: float) -> None:
        self._step = len(self._ladder.steps) - 1
        if self._round < self._ladder.repeats:
            self._round += 1
            self._step, self._asked, self._from = -1, None, self._times.wall(at)
            self._climb_asked.clear()
            self._climb_sure.clear()
            self._up(at)
            return
        self._give_up(at)

    def _give_up(self, at: float) -> None:
        self._given_up, self._gave_up = True, at
        self.outcome.given_up.append(at)
        if self.outcome.unsure > at:
            self.outcome.exhausted = min(self.outcome.exhausted, at)
            latest = at + self._slip + self._put_off
            self.outcome.exhausted_by = min(self.outcome.exhausted_by, latest)

    def _next(self, at: float) -> float:
        """When what follows the present rung falls due, as a true time.

        Each rung has its time before the one after it. Only for a due time that is still to come
        what counts from it waits, and for nothing else.
        """
        following = self._after(self._step + 1, at)
        if self._step + 1 < len(self._ladder.steps):
            following = self._for_sure(self._presence.on_time, self._step + 1, following, at)
        return self._times.when(following, at)

    def _after(self, step: int, at: float) -> float:
        """When rung `step` is due after the present one, whoever it asks may be closed or not."""
        following = self._nominal(step)
        if self._asked is None or self._step < 0:
            return following
        if self._base(step) != self._base(self._step):
            to_come = self._due - self._asked
            if abs(to_come) < MOMENT + self._slip:
                self._lose(at)
            if to_come > 0:
                return following
        return max(following, self._asked + max(0.0, self._into(step) - self._into(self._step)))

    def _into(self, step: int) -> float:
        """How long after its beginning a climb asks a rung, where it is promised at that moment."""
        base, minutes = self._base_and_minutes(step)
        return minutes * 60 + (self._promise.takes if base == "due" else 0.0)

    def _for_sure(
        self, opening: Callable[[int, float], float], step: int, wall: float, at: float
    ) -> float:
        """The same; where a little later would be another day, nothing is sure any more."""
        opens = opening(step, wall)
        if opening(step, wall + self._slip) - opens > self._slip + MOMENT:
            self._lose(at)
        return opens

    def _base(self, step: int) -> str:
        return self._base_and_minutes(step)[0]

    def _base_and_minutes(self, step: int) -> tuple[str, int]:
        ladder = self._ladder
        if step < len(ladder.steps):
            return ladder.steps[step].base, ladder.steps[step].after_minutes
        return ladder.exhausted_base, ladder.exhausted_after_minutes

    def _nominal(self, step: int) -> float:
        base, minutes = self._base_and_minutes(step)
        return (self._from if base == "start" else self._due) + minutes * 60

    def _who(self, step: int, at: float) -> tuple[frozenset[str], frozenset[str], bool]:
        """Who must and who may be asked, and whether anybody of the rung is there."""
        rung = self._ladder.steps[step]
        walls = [self._on_the_wall.wall(moment) for moment in (at, at + self._slip)]
        answered, for_sure = self._answered(at)
        able = frozenset(who for wall in walls for who in self._presence.everybody(step, wall))
        there = [self._presence.there(step, wall, for_sure) for wall in walls]
        must, may = (there[0] & there[1]) - answered, (there[0] | there[1]) - for_sure
        if bool(must) != bool(may):
            self._lose(at)
        if may or (self._ladder.quiet_hours and rung.on_empty is OnEmpty.NEXT):
            return must, may, bool(may)
        return able - answered, able - for_sure, False

    # --- what people do -------------------------------------------------------------------------

    def _do(self, done: Done, clock: float) -> None:
        """A deed; when a clock fell into the same moment, nothing is sure any more."""
        busy = self._times.deadline(self._fired) - PROMPT + MOMENT + self._slip
        if not self._settled and (clock < done.until + self._slip or done.since < busy):
            self._lose(min(clock, done.since))
        if self._order.is_unknown(done):
            self._lose(done.since)
        self._slip = max(self._slip, done.until - done.since)
        at = done.since
        self._silent.pop(done.person, None)
        match done.deed:
            case Deed.COMES | Deed.IS_THERE:
                wall = self._times.wall(at)
                self.outcome.comes.append((at, done.person))
                until = self._times.when(wall + self._believed(done) * 60, at)
                self._seats[done.person] = self._or_as_before(done.person, until)
                self._declined.pop(done.person, None)
                self._given_up = self._given_up and not self._holds()
                self._pass_on(at)
            case Deed.CANNOT:
                self._give_back(done.person, at, done.until)
            case Deed.SAID_DONE | Deed.ENDS:
                self._settled, self._clock = True, NEVER
                self._seats = dict.fromkeys(self._seats, NEVER)
            case Deed.AGAIN:
                self._seats.clear()
                self._silent.clear()
                self._declined.clear()
                self._begin_anew(at)
            case Deed.EVERYBODY:
                self._seats.clear()
                self._silent.clear()
                self._declined.clear()
                self._everybody(self._highest, at)
            case Deed.ONE_MORE if self._given_up:
                self._lose(at)
            case Deed.UNKNOWN:
                self._lose(at)
        enough = self._holds() or self._settled
        self._is_enough(done.until if enough else done.since, now=enough)

    def _believed(self, done: Done) -> int:
        """For how many minutes an answer stands unless something follows it."""
        if done.deed is Deed.IS_THERE:
            return HERE_MINUTES
        named = done.minutes or TAKES_OVER_MINUTES
        return max(done.minutes + self._ladder.acceptance_minutes, named + LOOKS_AROUND)

    def _or_as_before(self, person: str, until: float) -> float:
        """Where an answer counts once more and no third time: it runs out as it would have."""
        if not self._promise.renewed_once or person not in self._seats:
            self._renewed.discard(person)
            return until
        if person in self._renewed:
            return min(until, self._seats[person])
        self._renewed.add(person)
        return until

    def _give_back(self, person: str, at: float, until: float) -> None:
        enough, came = self._holds(), self._seats.pop(person, None) is not None
        self._declined[person] = until
        if self._settled or self._holds():
            return
        if came and (self._given_up or (enough and self._is_at_end(at))):
            if enough:
                self._give_up(at)
            self._declined[person] = at  # whoever is asked, is by this very press
            self._again(0, at)
            return
        if self._given_up:
            return
        if self._clock == NEVER:
            self._clock = max(at, self._next(at))
        self._pass_on(at)

    def _pass_on(self, at: float) -> None:
        """The next are asked at once where nobody of those asked is left who may yet come."""
        if self._settled or self._given_up or self._holds():
            return
        surely, perhaps = (
            [each for each in asked if each not in self._seats]
            for asked in (self._climb_sure, self._climb_asked)
        )
        if perhaps and all(each in self._declined for each in perhaps):
            self._clock = at
        elif surely and all(each in self._declined for each in surely):
            self._lose(at)  # only of somebody who may not have been asked is there no answer

    def _is_at_end(self, at: float) -> bool:
        """Whether everybody was asked, and the time in which they were to answer is over."""
        if self._presence.rungs(self._step):
            return False
        return self._times.when(self._after(len(self._ladder.steps), at), at) <= at

    def _expire(self, at: float) -> None:
        # A climb that runs goes on while anybody is next; any other begins anew.
        ended = self._holds() or self._given_up
        if self._given_up and at < self._gave_up + self._slip + MOMENT:
            self._lose(at)
        gone = [who for who, until in self._seats.items() if until <= at]
        self._seats = {who: until for who, until in self._seats.items() if until > at}
        self._silent.update(dict.fromkeys(gone))
        self._renewed.clear()
        if not (self._settled or self._holds()) and (ended or not self._goes_on(at)):
            self._move_on(at) if self._emptied or not ended else self._again(0, at)
        self._emptied = self._emptied or not (self._settled or self._holds())
        self._ran_out.update(dict.fromkeys(gone, at))
        self._is_enough(at, now=self._holds())

    def _goes_on(self, at: float) -> bool:
        """Whether the climb that runs asks anybody else."""
        rungs = self._presence.rungs(self._step)
        return any(self._who(step, at)[1] or self._comes(step, at) for step in rungs)

    def _move_on(self, at: float) -> None:
        """An acceptance runs out again: the rung above all so far is asked too, or the desk.

        Of several that run out in one moment nobody knows how often that moves it on.
        """
        if at < self._moved_on + self._slip + MOMENT:
            self._lose(at)
        self._moved_on = at
        above = self._presence.rungs(self._highest)
        if not (self._given_up or above):
            self._give_up(at)
        self._everybody(above[0] if above else self._highest, at)

    def _begin_anew(self, at: float) -> None:
        """It was not done: one rung higher; or where nobody is chased any more, or nobody is there,
        from its first rung and with a new due time."""
        due_anew, ended = self._promise.due_anew, self._given_up or self._settled
        if due_anew is None or not ended:
            self._again(self._step + 1, at)
        if due_anew is not None and (ended or self._given_up):
            self._due = due_anew(self._times.wall(at))
            self._again(0, at)

    def _again(self, rung: int, at: float) -> None:
        self._anew(rung, at)
        self._up(at)

    def _everybody(self, rung: int, at: float) -> None:
        """Every rung up to this one, at once; what follows keeps its distance."""
        if self._surely_highest != self._highest:
            self._lose(at)
        self._anew(rung, at)
        self._step, before = -1, None
        while self._step < rung and not self._given_up and before != (self._step, self._round):
            before = (self._step, self._round)
            self._up(at)
        if self._step < rung and not self._given_up and self._asked is not None:
            self._clock = self._next(at)  # closed, or nobody is there: it has its usual time

    def _anew(self, rung: int, at: float) -> None:
        rung = min(rung, len(self._ladder.steps) - 1)
        came = frozenset(self._seats.keys() | self._silent)
        self.outcome.anew.append(Anew(at, at + self._slip, came))
        step = self._ladder.steps[rung]
        minutes = step.after_minutes if step.base == "start" else 0
        self._from = self._times.wall(at) - minutes * 60
        self._step, self._asked, self._round = rung - 1, None, 0
        self._put_off = 0.0
        self._settled = self._given_up = False
        self._climb_asked.clear()
        self._climb_sure.clear()

    def _holds(self) -> bool:
        return len(self._seats) >= self._ladder.quorum

    def _is_enough(self, at: float, *, now: bool) -> None:
        if now and self._enough_since is None:
            self._enough_since = at
        elif not now and self._enough_since is not None:
            self.outcome.enough.append((self._enough_since, min(at, self.outcome.unsure)))
            self._enough_since = None

    def _lose(self, at: float) -> None:
        self.outcome.given_up.append(at)
        self.outcome.unsure = min(self.outcome.unsure, at)
        self.outcome.asks = [
            replace(ask, sure=ask.sure and ask.at < at) for ask in self.outcome.asks
        ]

"""One case as it should have gone: its duties, when each was born, and whom each had to ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from bot.company import Company, Site
from flows.clocks import Span, Urgency
from flows.commitments import DutyKind
from flows.ladders import Ladder, Role, Side
from flows.policy import Policy
from flows.presses import Verb
from tests.simulation.case_deeds import COMES, MAY_HAVE_BEEN_REFUSED, came_before, deeds
from tests.simulation.chase import Chase
from tests.simulation.crowd import Crowd
from tests.simulation.identity import DutyName
from tests.simulation.ledger import NEVER, REFUSED, Act, Begun
from tests.simulation.openings import Openings
from tests.simulation.promise import Deed, Done, Outcome, Promise
from tests.simulation.times import Times

MINUTE = 60.0
DAY = 86400.0
_END_A_CALL = (Verb.FINE_NOW, Verb.MISTAKE, Verb.OVER)
"""The caller's own word, or that of somebody who came."""
UNENDED = (60 * MINUTE, 15 * MINUTE)
"""Until a call that nobody ended is asked about for the last time, and from then to its end."""
UNKNOWN = -1.0
"""Nobody can say whether it happened."""
ASKED = ("check_in", "no_reprisal_check")
"""Questions to the employee; nobody is chased for them."""
URGENT = ("take", "reply")
"""What is due the sooner, the more urgent a case is."""


@dataclass(frozen=True)
class Birth:
    """A duty was born between two true times; or nobody knows when."""

    since: float
    until: float


@dataclass(frozen=True)
class Played:
    """A duty and what the model says of it."""

    duty: DutyName
    outcome: Outcome
    birth: Birth
    danger: bool
    """It waits for nothing."""
    readers: frozenset[str]
    """Who reads the channel in which it is asked about."""
    spared: float = NEVER
    """From when on nobody at the desk need be asked: the site must not notice that it is over."""


@dataclass(frozen=True)
class CallEnd:
    """How a call for help ended: by the caller's word, or because nobody ended it."""

    since: float
    until: float
    lapsed: bool = False
    known: bool = True

    @classmethod
    def of(cls, times: Times, opened: Birth, acts: list[Act]) -> "CallEnd":
        """A last question after an hour, and the desk after another quarter."""
        lapse = _lapse(times.never_back(opened.since), opened.since)
        latest = _lapse(times, opened.since) + opened.until - opened.since
        last = times.deadline(times.deadline(latest))
        again = any(act.verb == Verb.STILL_NEEDED for act in acts)
        for act in acts:
            if act.reach.began >= NEVER:
                continue
            if act.verb == Verb.STILL_NEEDED and act.reach.began <= last:
                return cls(NEVER, NEVER, known=False)
            if act.verb == Verb.STILL_NEEDED:  # it was over, and then people were called again
                return cls(lapse, last, lapsed=True, known=False)
            # One of several copies may have ended it before the one that was told "already".
            before = came_before(act)
            if act.verb in _END_A_CALL and act.notice in REFUSED and not before:
                continue
            if act.verb in _END_A_CALL and act.reach.began <= last:
                doubt = again or (before and act.verb == Verb.OVER)
                clear = act.reach.answered and act.reach.until < lapse and not doubt
                return cls(act.reach.began, act.reach.until, known=clear)
        return cls(lapse, last, lapsed=True)


def _is_desks_care(duty: DutyName) -> bool:
    """Care that the desk gives itself begins anew as a whole once it turns out not to be given."""
    return duty.kind == "care" and duty.owner == "desk"


def _lapse(times: Times, began: float) -> float:
    """When a call that began then ends by itself."""
    for seconds in UNENDED:
        began = times.when(times.wall(began) + seconds, began)
    return began


class CaseModel:
    """One case of a world that has ended."""

    def __init__(
        self,
        company: Company,
        policy: Policy,
        times: Times,
        begun: Begun,
        opened: Birth,
        urgency: Urgency | None,
    ) -> None:
        site = company.site(begun.site_id)
        assert site is not None
        self._site: Site = site
        self._crowd = Crowd(company)
        self._desk_channel = company.desk.channel
        self._policy = policy
        self._times = times
        self._begun = begun
        self._opened = opened
        self._urgency = urgency
        self._desk = Openings.of(policy.desk_hours)
        self._given_up: list[float] = []
        """Each time when nobody at the site was left to ask, or may have been."""
        self._uncared: list[float] = []
        """The same of care alone."""
        self._alone: set[str] = set()
        """The duties that nobody is left alone with the customer."""

    def play(self, duties: list[DutyName], acts: list[Act], end: float) -> Iterator[Played]:
        """Each duty that somebody is chased for and whose birth is known."""
        call = CallEnd.of(self._times, self._opened, acts) if self._begun.kind == "help" else None
        self._alone = {duty.id for duty in duties if duty.kind == "second_person"}
        exhausted = NEVER
        order = sorted(duties, key=lambda duty: duty.kind in ("take", "follow_up"))
        for duty in order:
            if duty.kind in ASKED or (self._urgency is None and duty.kind in URGENT):
                continue
            birth = self._birth(duty, acts, exhausted, call)
            if birth is None or birth.since > end:
                continue
            outcome = self._chased(duty, birth, acts, call, end)
            if duty.kind in ("second_person", "care"):
                given_up = min(exhausted, outcome.exhausted)
                exhausted = given_up if given_up < outcome.unsure else UNKNOWN
                self._given_up += outcome.given_up
            if duty.kind == "care":
                self._uncared += outcome.given_up
            channel = self._site.channel if duty.owner == "site" else self._desk_channel
            readers = self._crowd.readers(channel.partition(":")[2])
            danger, spared = not self._ladder(duty).quiet_hours, self._spared(duty, acts)
            yield Played(duty, outcome, birth, danger, readers, spared)

    def _spared(self, duty: DutyName, acts: list[Act]) -> float:
        """An unnamed reporter took it back, or says that care happened: the desk alone knows."""
        if not self._begun.hidden or duty.owner != "site":
            return NEVER
        own = (Verb.WITHDRAW, Verb.CARE_HAPPENED)
        return min((act.reach.began for act in acts if act.verb in own), default=NEVER)

    def _chased(
        self, duty: DutyName, birth: Birth, acts: list[Act], call: CallEnd | None, end: float
    ) -> Outcome:
        hidden = self._begun.hidden
        done = [deed for act in acts for deed in deeds(act, duty, hidden=hidden)]
        if call is not None and duty.kind == "take":
            done += self._still_asked(acts)
        if call is not None and duty.kind == "second_person" and call.lapsed:
            done = [deed for deed in done if deed.since < call.since]
            ends = Deed.ENDS if call.known else Deed.UNKNOWN
            done.append(Done(ends, call.since, call.until))
        if call is not None and duty.kind == "second_person":
            done += self._called_again(acts)
        if duty.kind == "follow_up":
            # Where nobody at the site is left to ask, another one may take its place.
            done += [Done(Deed.UNKNOWN, at, at) for at in self._given_up if at < NEVER]
        if call is not None and duty.kind == "take":
            # Whoever took it is asked anew; whoever was looked after needs nobody there any more.
            later = [at for at in self._given_up if at > birth.until + MINUTE]
            cared = (*COMES, Verb.CARED, Verb.CARE_HAPPENED, Verb.CARE_NOT_YET)
            later += [act.reach.began for act in acts if act.verb in cared]
            later += [self._on_another_day(at) for at in self._uncared if at < NEVER]
            done += [Done(Deed.UNKNOWN, at, at) for at in later if at < NEVER]
        if call is not None and duty.kind == "take" and call.lapsed and birth.since < call.since:
            # Where nobody at the desk had answered before, it is asked anew.
            done.append(Done(Deed.UNKNOWN, call.since, call.until))
        done = [deed for deed in done if deed.until >= birth.since]
        first, last = (self._due(duty, self._times.wall(at)) for at in (birth.since, birth.until))
        took = birth.until - birth.since + MINUTE
        if not -MINUTE < last - first <= took:  # another day, perhaps, or a clock set back
            done.append(Done(Deed.UNKNOWN, birth.since, birth.since))
        return Chase(self._times, self._promise(duty, birth)).play(done, end)

    def _on_another_day(self, at: float) -> float:
        """When the desk opens next, and is asked again for care that nobody gave."""
        opens = self._times.when(self._desk.opens_after(self._times.wall(at)), at)
        return opens - MINUTE

    def _still_asked(self, acts: list[Act]) -> Iterator[Done]:
        """The desk that is asked to care is not called off by a caller who is fine now."""
        for act in acts:
            if act.verb == Verb.FINE_NOW and any(at <= act.reach.until for at in self._uncared):
                yield Done(Deed.UNKNOWN, act.reach.began, act.reach.began)

    def _called_again(self, acts: list[Act]) -> Iterator[Done]:
        """A call that was called again has its own end, and lapses if nobody ends it."""
        for act in acts:
            if act.verb == Verb.STILL_NEEDED and act.reach.began < NEVER:
                began = act.reach.began
                lapse = _lapse(self._times.never_back(began), began)
                yield Done(Deed.UNKNOWN, lapse, lapse)

    # --- births ---------------------------------------------------------------------------------

    def _birth(
        self, duty: DutyName, acts: list[Act], exhausted: float, call: CallEnd | None
    ) -> Birth | None:
        if call is not None:
            if duty.kind == "take" and any(act.verb == Verb.CARE_NOT_YET for act in acts):
                return None  # asked for, too, where somebody says that they gave care
            return self._birth_in_call(duty, exhausted, call)
        if duty.kind in ("reply", "outcome", "follow_up", "physician") and duty.part > 0:
            return None
        if duty.kind == "physician" or (duty.kind == "follow_up" and not self._begun.hint):
            return None
        over = self._said_over(acts)
        if duty.kind == "next_contact" and self._may_end_later(acts):
            return None
        if duty.kind == "next_contact" and self._ongoing_at_site() and over is not None:
            if any(a.verb == Verb.RESUME and a.reach.until > over.reach.began for a in acts):
                return None  # planned as it was sent after all, where it had been taken back
            if came_before(over) and over.verb in MAY_HAVE_BEEN_REFUSED:
                return None  # and planned when somebody next said so
            return Birth(over.reach.began, over.reach.until)
        resumed = any(act.verb == Verb.RESUME for act in acts)
        if duty.kind == "next_contact" and self._ongoing_at_site() and resumed:
            return None  # planned as it was sent after all, where that was long after
        return self._opened

    def _said_over(self, acts: list[Act]) -> Act | None:
        """Who came says that it is over, or the reporter, or the desk once nobody else will."""
        over = (Verb.OVER, Verb.SAFE_NOW)
        said = [
            act
            for act in acts
            if act.verb in over or (act.verb == Verb.DUTY_DONE and act.subject in self._alone)
        ]
        return next((act for act in said if act.recorded or came_before(act)), None)

    def _may_end_later(self, acts: list[Act]) -> bool:
        """The reporter said that it is over, and the site ends a random while after that."""
        said = any(a.verb == Verb.SAFE_NOW and a.reach.began < NEVER for a in acts)
        return said and self._begun.hidden

    def _birth_in_call(self, duty: DutyName, exhausted: float, call: CallEnd) -> Birth | None:
        if duty.kind == "second_person":
            return self._opened
        if exhausted == UNKNOWN or not call.known:
            return None
        if duty.kind == "care":
            return Birth(call.since, call.until)
        told = min(exhausted, call.since if call.lapsed else NEVER)
        return Birth(told, self._times.deadline(told)) if told < NEVER else None

    def _ongoing_at_site(self) -> bool:
        return self._begun.chosen.get("safe") == ["o"]

    # --- promises -------------------------------------------------------------------------------

    def _promise(self, duty: DutyName, birth: Birth) -> Promise:
        wall = self._times.wall(birth.since)
        ladder = self._ladder(duty)
        return Promise(
            ladder=ladder,
            born=birth.since,
            born_by=birth.until,
            due=self._due(duty, wall),
            due_anew=partial(self._due, duty) if _is_desks_care(duty) else None,
            takes=self._takes(duty),
            people=partial(self._people, self._left_out(duty)),
            begins=partial(self._begins, self._left_out(duty)),
            hours=self._hours(),
            kept_out=frozenset(map(Role, self._begun.chosen.get("excluded", []))),
            silent_first=duty.owner == "desk" and duty.kind not in ("take", "follow_up"),
            card_first=duty.kind != "follow_up",
            needs_quorum=duty.kind != "take",
            renewed_once=duty.kind == "care",
            asks_desk_at_end=duty.owner == "site",
        )

    def _left_out(self, duty: DutyName) -> str | None:
        """Whoever sent it is not asked about it, but where that would tell the site who it was."""
        tells = self._begun.hidden and duty.owner == "site"
        return None if tells else self._begun.person_id

    def _people(
        self, left_out: str | None, role: Role, wall: float
    ) -> tuple[frozenset[str], frozenset[str]]:
        return self._crowd.holders(role, self._site, wall, left_out)

    def _begins(self, left_out: str | None, role: Role, wall: float) -> dict[str, list[float]]:
        return self._crowd.begins(role, self._site, wall, left_out)

    def _hours(self) -> dict[Side, Openings]:
        hours = {Side.DESK: self._desk}
        if self._site.hours is not None:
            hours[Side.SITE] = Openings.of(self._site.hours)
        return hours

    def _ladder(self, duty: DutyName) -> Ladder:
        ladders = self._policy.ladders
        if duty.kind == "second_person":
            chosen = ladders.help if self._begun.kind == "help" else ladders.second_person
        elif duty.kind == "take":
            chosen = ladders.take
        elif duty.kind == "follow_up":
            chosen = ladders.follow_up
        elif duty.kind == "care":
            chosen = ladders.care if duty.owner == "site" else ladders.desk_care
        else:
            chosen = ladders.desk
        if duty.kind == "follow_up" or (duty.kind == "take" and self._urgency is Urgency.U0):
            chosen = chosen.model_copy(update={"quiet_hours": False})
        return chosen

    def _span(self, duty: DutyName) -> Span:
        """How long it was promised to take."""
        clocks = self._policy.clocks
        if duty.kind in URGENT:
            assert self._urgency is not None
            return (clocks.take if duty.kind == "take" else clocks.answer)[self._urgency]
        return clocks.span(DutyKind(duty.kind))

    def _takes(self, duty: DutyName) -> float:
        """The same in seconds, night and day."""
        span = self._span(duty)
        return span.minutes * MINUTE or max(1, span.working_days) * DAY

    def _due(self, duty: DutyName, wall: float) -> float:
        """By when it was promised, on the wall's clock."""
        span = self._span(duty)
        at_once = duty.kind == "take" and self._urgency is Urgency.U0
        if at_once or duty.kind in ("second_person", "follow_up"):
            return wall + span.minutes * 60
        if duty.kind == "care" and duty.owner == "site":
            hours = self._hours().get(Side.SITE)
            return hours.due(wall, span) if hours else wall + span.minutes * 60
        return self._desk.due(wall, span)

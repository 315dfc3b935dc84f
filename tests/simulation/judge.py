"""Judges a world that has ended, from what people saw, did and were told."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from bot.packs import builtin_pack
from flows.clocks import Urgency
from flows.phrases import Say
from flows.presses import Verb
from tests.simulation.alerts import Alerts
from tests.simulation.answered import Answered
from tests.simulation.arrivals import SHORTEST_WAIT, Arrivals, Seen, seen_at_desk
from tests.simulation.cases import Birth, CaseModel
from tests.simulation.chased import Chased
from tests.simulation.heard import Heard
from tests.simulation.ledger import NEVER, Act, Begun
from tests.simulation.listed import Lists, reminded_truly
from tests.simulation.openings import Openings
from tests.simulation.owed import owed_at_all
from tests.simulation.pages import Pages
from tests.simulation.platform import Channel, Shown
from tests.simulation.promise import Outcome
from tests.simulation.reading import is_list
from tests.simulation.reading import leaves_by as _leaves_by
from tests.simulation.reminders import Reminders
from tests.simulation.standing import Standing, helped_at_once
from tests.simulation.times import AGAIN, PARKED, REBORN, Times
from tests.simulation.truth import Truth
from tests.simulation.verdict import Verdict
from tests.simulation.world import World

_HIDES_HINT = (Verb.DUTY_DONE, Verb.WITHDRAW)
CALLED = "second_person"
_PARKS = ("broken", "slow", "database")


SAME_THUMB = 10.0
"""A press for help that comes again later calls anew, where nobody is left to ask."""


def _called_late(begun: Begun) -> Act:
    """A copy of the press came so late that everybody may have been asked anew by it."""
    maybe = replace(begun.reach, answered=False)
    return Act("", Verb.STILL_NEEDED, begun.case_id or "", reach=maybe)


def troubles(world: World, *, danger: bool = False) -> list[tuple[float, float]]:
    """Since when and until when something may have been put off; in danger, or not."""
    found = [(since, until + REBORN) for since, until in world.down]
    for why, moments in world.troubles.items():
        wait = PARKED if why in _PARKS else AGAIN
        found += [(at, at + wait) for at in moments]
    offsets = world.weather.offsets
    for (_, before), (at, after) in pairwise(offsets):
        back = max(0.0, (before - after).total_seconds())
        # Set back, a clock takes so much longer to come to what was put off before. What nobody in
        # danger may wait for is brought forward.
        longer = 0.0 if danger else back
        found.append((at, at + longer + (PARKED if back else REBORN)))
    return found + busy(world.platform.channels.values())


BUSY = 10
"""So many messages of one channel, one soon after the other, and it had no rest."""
IN_TURN = 2.0
"""Seconds from one to the next where several channels of a platform are written to in turn: it
takes one message a second for each, and is written to with one call at a time."""


def busy(channels: Iterable[Channel]) -> list[tuple[float, float]]:
    """When a channel took messages as fast as it could: what waits there waits its turn."""
    found = []
    for channel in channels:
        moments = sorted(v.at for message in channel.messages for v in message.versions)
        for first, last in zip(moments, moments[BUSY:], strict=False):
            if last - first < BUSY * IN_TURN:
                found.append((last, last + 2 * BUSY))
    return found


class Judge:
    """One world's case, with everything that was seen."""

    def __init__(self, world: World) -> None:
        assert world.identity is not None
        self._world = world
        self._identity = world.identity
        self.verdict = Verdict()
        weather = world.weather
        self._end = world.loop.time()
        self._times = Times(
            weather.began, weather.offsets, troubles(world), troubles(world, danger=True)
        )
        self._messages = world.platform.messages()
        self._seen = seen_at_desk(self._messages)
        self._roots = self._by_case()
        self._acts = self._acts_by_case()
        self._alerts = Alerts(self._messages, self._identity)
        self._lists = Lists(self._alerts, self._identity, self._lists_of())

    def judge(self) -> Verdict:
        """Every oracle, over everything."""
        self._nothing_broke()
        arrivals = Arrivals(
            self._times,
            self._seen,
            self.verdict,
            self._end,
            reads_back=self._world.plan.reads_back,
            goes=bool(self._world.weather.faults["gone"]),
        )
        desk = Openings.of(builtin_pack(self._world.company.policy).desk_hours)
        heard = Heard(self.verdict, self._alerts, self._lists, self._times, desk, self._end)
        for begun in self._world.ledger.acknowledged():
            acts = self._acts.get(begun.case_id or "", [])
            if begun.kind == "report":
                self.verdict.count("reports_acknowledged")
                arrivals.judge_report(begun, acts)
            else:
                self.verdict.count("calls_acknowledged")
                roots = self._roots.get((begun.case_id or "", "second_person"), [])
                listed, directly = self._in_flood(begun), self._asked_directly(begun)
                arrivals.judge_call(begun, roots, listed=listed, directly=directly)
                Pages(self._times, self.verdict).called_again(begun, acts)
            self._chases(begun, acts)
            truth = Truth(self.verdict)
            truth.care_on_page(begun, acts)
            truth.nothing_twice(begun)
            if begun.kind == "report":
                self._asked_how_they_are(begun, acts)
                self._stands(begun, acts)
                duties = self._identity.of_case(begun.case_id or "")
                heard.judge(begun, acts, duties, goes=self._lost_channel(begun))
        self._nobody_unknown()
        self._answered()
        self._reminded()
        self._said()
        for duty in self._identity.duties.values():
            self.verdict.count(f"duty_{duty.kind}")
        for act in self._world.ledger.acts:
            if act.recorded:
                self.verdict.count(f"pressed_{act.verb}")
        return self.verdict

    # --- what belongs together ------------------------------------------------------------------

    def _by_case(self) -> dict[tuple[str, str], list[Shown]]:
        roots: dict[tuple[str, str], list[Shown]] = defaultdict(list)
        for message in self._messages:
            about = self._identity.card_of.get(message.key)
            if about is not None:
                roots[about].append(message)
        return roots

    def _lists_of(self) -> dict[str, set[str]]:
        begun = self._world.ledger.acknowledged()
        return {b.case_id or "": self._seen.get(b.public_id or "", Seen()).lists for b in begun}

    def _acts_by_case(self) -> dict[str, list[Act]]:
        acts: dict[str, list[Act]] = defaultdict(list)
        for act in self._world.ledger.acts:
            duty = self._identity.duties.get(act.subject)
            acts[duty.case_id if duty else act.subject].append(act)
        for begun in self._world.ledger.acknowledged():
            if begun.kind == "help" and begun.reach.until - begun.reach.began >= SAME_THUMB:
                acts[begun.case_id or ""].append(_called_late(begun))
        for each in acts.values():
            each.sort(key=lambda act: act.reach.began)
        return acts

    def _asked_directly(self, begun: Begun) -> float:
        """When the first person was asked to come by a message of their own."""
        called = [d for d in self._identity.of_case(begun.case_id or "") if d.kind == CALLED]
        alerts = (alert for duty in called for alert in self._alerts.about(duty.id))
        return min((alert.at for alert in alerts if alert.directly), default=NEVER)

    def _in_flood(self, begun: Begun) -> bool:
        """Whether a running list of calls stood in the site's channel about then."""
        site = self._world.company.site(begun.site_id)
        assert site is not None
        channel = site.channel.partition(":")[2]
        return any(
            is_list(message.first.card)
            for message in self._messages
            if message.channel == channel and message.versions[-1].at >= begun.reach.began
        )

    # --- the oracles ----------------------------------------------------------------------------

    def _nothing_broke(self) -> None:
        for problem in self._world.problems:
            self.verdict.complain("broke", problem)
        for failure in self._world.loop.failures:
            self.verdict.complain("broke", f"{type(failure).__name__}: {failure}")
        audit = self._world.audit
        if audit is None or not audit.clean:
            counts = audit.findings() if audit else {}
            if not self._excused(counts):
                self.verdict.complain("audit", f"the service's own audit says {counts}")

    def _excused(self, counts: dict[str, int]) -> bool:
        """A channel that was gone, and duties that people left undone, are no fault of ours."""
        left = {name for name, count in counts.items() if count}
        return left <= {"failed_cards", "exhausted"} and "gone" in self._world.weather.faults

    def _chases(self, begun: Begun, acts: list[Act]) -> None:
        case_id = begun.case_id or ""
        opened = self._opened(begun)
        if opened is None:
            return
        world, duties = self._world, self._identity.of_case(case_id)
        owed_at_all(self.verdict, begun, acts, duties)
        if self._lost_channel(begun):
            return
        model = CaseModel(
            world.company,
            builtin_pack(world.company.policy),
            self._times,
            begun,
            opened,
            self._urgency(begun),
        )
        seen = self._seen.get(begun.public_id or "", Seen())
        listed = seen.listed_at < NEVER or (begun.kind == "help" and self._in_flood(begun))
        for played in model.play(duties, acts, self._end):
            if world.plan.reads_back:
                past = Reminders(self._times, self.verdict)
                past.anew(played.duty, played.outcome, self._alerts.about(played.duty.id))
            times = self._times.in_danger if played.danger else self._times
            chased = Chased(times, self._alerts, self.verdict, self._end)
            told = self._lists.told(played.duty) if listed and not played.danger else ()
            chased.judge(played, listed=listed, may_be_lost=not world.plan.reads_back, told=told)
            if begun.kind == "help" and played.duty.kind == "second_person":
                Pages(self._times, self.verdict).nobody_comes(begun, acts, played.outcome)
                self._desk_hears(begun, played.outcome, seen)

    def _desk_hears(self, begun: Begun, outcome: Outcome, seen: Seen) -> None:
        """A call that nobody is left to answer reaches the desk."""
        latest = self._times.deadline(outcome.exhausted_by)
        if latest < min(outcome.unsure, self._end):
            self.verdict.count("calls_passed_to_the_desk")
            if seen.first > latest:
                self.verdict.complain("missed", f"{begun.public_id} was not passed to the desk")

    def _asked_how_they_are(self, begun: Begun, acts: list[Act]) -> None:
        opened, site = self._opened(begun), self._world.company.site(begun.site_id)
        if opened is not None and site is not None:
            Pages(self._times, self.verdict).questions(begun, acts, opened.until, site.zone)

    def _stands(self, begun: Begun, acts: list[Act]) -> None:
        standing, case_id = Standing(self.verdict), begun.case_id or ""
        cards = self._seen.get(begun.public_id or "", Seen()).cards
        if cards and not any(act.verb in _HIDES_HINT for act in acts):
            helped_at_once(self.verdict, begun, cards[0].first.card)
        standing.closed_when_done(begun, acts, self._identity.of_case(case_id))
        opened = self._world.opened.get(case_id)
        if opened is not None:
            standing.judge(begun, acts, opened, cards[-1].now if cards else None)

    def _answered(self) -> None:
        if self._world.weather.faults["gone"]:
            return
        answered = Answered(self._times, self.verdict)
        for begun in self._world.ledger.acknowledged():
            case_id = begun.case_id or ""
            cards = self._seen.get(begun.public_id or "", Seen()).cards
            if begun.kind == "help":
                cards = self._roots.get((case_id, "second_person"), [])
            if cards:
                answered.ends(self._acts.get(case_id, []), cards[-1])
        for duty in self._identity.duties.values():
            cards = self._roots.get((duty.case_id, duty.kind), [])
            if cards and duty.owner == "site":
                # Of a card that a lost answer doubled, the last is the one kept up to date.
                answered.judge(duty, self._acts.get(duty.case_id, []), cards[-1])

    def _reminded(self) -> None:
        if self._world.weather.faults["gone"] or not self._world.plan.reads_back:
            return
        reminded_truly(self.verdict, self._messages)
        reminders = Reminders(self._times, self.verdict)
        for duty in self._identity.duties.values():
            acts = self._acts.get(duty.case_id, [])
            reminders.over(duty, acts, self._alerts.about(duty.id))

    def _opened(self, begun: Begun) -> Birth | None:
        """Between when and when the case's duties were born."""
        if not begun.waits:
            return Birth(begun.reach.began, begun.reach.until)
        seen = self._seen.get(begun.public_id or "", Seen())
        if seen.first == NEVER:
            return None
        if self._may_be_held_after_danger(begun, seen.first):
            return None
        began = begun.reach.began + SHORTEST_WAIT
        told = [at for visit in begun.visits if (at := _leaves_by(visit.card)) is not None]
        moved = self._may_have_moved(begun, seen.first)
        if told and not moved:
            left = self._times.when(told[0].timestamp(), begun.reach.began)
            by = min(seen.first, self._times.deadline(left))  # its clock is seen in its time
            return Birth(left, max(left + 1, by))
        began = min([began, seen.first, *moved])
        return Birth(self._times.soonest(seen.first, began), seen.first)

    def _may_have_moved(self, begun: Begun, moment: float) -> list[float]:
        """When it was withdrawn to be sent anew, or its sender may have written of self-harm."""
        acts = self._acts.get(begun.case_id or "", [])
        moving = (Verb.WITHDRAW, Verb.WRITE)
        starts = (act.reach.began for act in acts if act.verb in moving)
        return [at for at in starts if at <= moment]

    def _may_be_held_after_danger(self, begun: Begun, moment: float) -> bool:
        """Whether its sender wrote of danger on what they had taken back: the desk has its card to
        speak with them, and owes nothing else until it is sent after all."""
        acts = self._acts.get(begun.case_id or "", [])
        back = [a.reach.began for a in acts if a.verb == Verb.WITHDRAW and a.reach.began <= moment]
        return bool(back) and any(act.danger and act.reach.until >= min(back) for act in acts)

    def _lost_channel(self, begun: Begun) -> bool:
        """A channel that is gone passes people on at once; nobody can foresee when."""
        return bool(self._world.weather.faults["gone"])

    def _urgency(self, begun: Begun) -> Urgency | None:
        """As the desk's first card says it; None where there was none."""
        seen = self._seen.get(begun.public_id or "", Seen())
        for card in seen.cards:
            title = card.first.card.title
            said = title.values.get("urgency") if isinstance(title, Say) else None
            if isinstance(said, Say) and said.key.startswith("urgency."):
                return Urgency(said.key.removeprefix("urgency."))
        return Urgency.U0 if begun.kind == "help" else None

    def _nobody_unknown(self) -> None:
        """No card stands for a case that nobody began."""
        known = {name for begun in self._world.ledger.begun for name in begun.answers}
        unanswered = any(not begun.reach.answered for begun in self._world.ledger.begun)
        for public_id in self._seen:
            if not (public_id in known or unanswered or self._is_called_anew(public_id)):
                self.verdict.complain("doubled", f"{public_id} was begun by nobody")

    def _is_called_anew(self, public_id: str) -> bool:
        """Whether it may be a call whose answer was lost, and that was over by then.

        The desk had heard of it before the same press came once more: then that is a new call.
        """
        told = self._seen[public_id].first
        presses = [begun for begun in self._world.ledger.begun if begun.kind == "help"]
        return any(b.reach.copies > 1 and b.reach.began < told < b.reach.until for b in presses)

    def _said(self) -> None:
        Reminders(self._times, self.verdict).born(self._messages)
        truth = Truth(self.verdict)
        truth.keeps_secrets(self._messages, self._may_be_named())
        if self._world.plan.reads_back:
            truth.each_once(self._messages)
        for (case_id, kind), messages in self._roots.items():
            # Of a card that a lost answer doubled, the last is the one that is kept up to date.
            for message in {message.key: message for message in messages}.values():
                name = f"{kind} of {case_id[:8]}"
                truth.seats(name, message.now)
                truth.ended(name, message.now, self._acts.get(case_id, []))

    def _may_be_named(self) -> frozenset[str]:
        return frozenset(
            begun.name
            for begun in self._world.ledger.begun
            if begun.chosen.get("visibility") == ["n"]
            and begun.chosen.get("site_may_know") == ["y"]
        )


def judge(world: World) -> Verdict:
    """What the oracles say of a world."""
    return Judge(world).judge()

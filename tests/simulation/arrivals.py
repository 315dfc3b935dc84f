"""The oracle of arrival: what was acknowledged reaches people, once, and is not said to before."""

from collections import defaultdict
from dataclasses import dataclass, field

from flows.presses import Verb
from tests.simulation.ledger import NEVER, Act, Begun, Reach
from tests.simulation.platform import Shown
from tests.simulation.reading import Read, case_in_title, is_list, listed_in
from tests.simulation.times import Times
from tests.simulation.verdict import Verdict

MINUTE = 60.0
SHORTEST_WAIT, LONGEST_WAIT = 10 * MINUTE, 90 * MINUTE
"""How long an unnamed report waits before it leaves."""
SAME_THUMB = 10.0
"""Seconds in which the same press of Help is one call, whatever became of it."""


@dataclass
class Seen:
    """Where and when people saw one case."""

    cards: list[Shown] = field(default_factory=list)
    listed_at: float = NEVER
    lists: set[str] = field(default_factory=set)
    """The running lists that named it, by the keys they were posted under."""

    @property
    def first(self) -> float:
        return min([self.listed_at, *(card.first.at for card in self.cards)])


def seen_at_desk(messages: list[Shown]) -> dict[str, Seen]:
    """By public id, the cards and lines that the desk's channel showed."""
    seen: dict[str, Seen] = defaultdict(Seen)
    for message in messages:
        if message.channel != "desk" or message.thread is not None:
            continue
        if is_list(message.first.card):
            for version in message.versions:
                for public_id in listed_in(version.card):
                    each = seen[public_id]
                    each.listed_at = min(each.listed_at, version.at)
                    each.lists.add(message.key)
        elif (public_id := case_in_title(message.first.card)) is not None:
            seen[public_id].cards.append(message)
    return seen


class Arrivals:
    """Judges one report or call after another."""

    def __init__(
        self,
        times: Times,
        seen: dict[str, Seen],
        verdict: Verdict,
        end: float,
        *,
        reads_back: bool,
        goes: bool,
    ) -> None:
        """`goes`: a site's channel was gone for a time."""
        self._times = times
        self._seen = seen
        self._verdict = verdict
        self._end = end
        self._reads_back = reads_back
        self._goes = goes

    def judge_report(self, begun: Begun, acts: list[Act]) -> None:
        """A report that its sender was told is received."""
        assert begun.public_id is not None
        if len(begun.answers) > 1:
            self._verdict.complain("doubled", f"one sending became {len(begun.answers)} cases")
        elif begun.reach.copies > 1:
            self._verdict.count("sent_again_one_case")
        seen = self._seen.get(begun.public_id, Seen())
        if seen.listed_at < NEVER:
            self._verdict.count("folded_into_a_list")
        self._not_before_it_was(begun, seen)
        self._once(begun.public_id, seen.cards)
        if any(act.verb in (Verb.WITHDRAW, Verb.RESUME) for act in acts):
            return
        soonest, latest = self._window(begun, acts)
        if seen.first == NEVER and latest < self._end:
            self._verdict.complain("lost", f"{begun.public_id} never reached the desk")
        elif seen.first < soonest:
            self._verdict.complain("early", f"{begun.public_id} left the wait too soon")
        elif latest < seen.first < NEVER:
            late = seen.first - latest
            self._verdict.complain("late", f"{begun.public_id} reached the desk {late:.0f} s late")

    def _window(self, begun: Begun, acts: list[Act]) -> tuple[float, float]:
        """From when to when the desk may see it first."""
        now = self._times.deadline(begun.reach.until)
        if not begun.waits:
            return begun.reach.began, now
        wait_ends = begun.reach.until + LONGEST_WAIT
        wrote = [act.reach.began for act in acts if act.verb == Verb.WRITE]
        hinted = min([begun.reach.began + SHORTEST_WAIT, *wrote])
        by = self._times.when(self._times.wall(begun.reach.until) + LONGEST_WAIT, wait_ends)
        soonest = self._times.when(
            self._times.wall(begun.reach.began) + SHORTEST_WAIT, begun.reach.began
        )
        return min(hinted, soonest), self._times.deadline(max(by, wait_ends))

    def _not_before_it_was(self, begun: Begun, seen: Seen) -> None:
        """ "Delivered" stands on the sender's page only once the desk could see it."""
        for visit in begun.visits:
            if "sent.delivered" in Read(visit.card).keys and seen.first > visit.at:
                self._verdict.complain("untrue", f"{begun.public_id} was called delivered before")
                return

    def _once(self, name: str, cards: list[Shown]) -> None:
        """One card a case. A second only where a lost create could not be looked up."""
        if len(cards) < 2:
            return
        if self._reads_back or len({card.key for card in cards}) > 1:
            self._verdict.complain(
                "doubled", f"{name} stands {len(cards)} times in {cards[0].channel}"
            )
        else:
            self._verdict.count("doubled_where_nobody_can_look", len(cards) - 1)

    def _pressed_again(self, reach: Reach) -> bool:
        """Whether a copy came so late that it may be a wish for help of its own: the call may have
        ended since."""
        lasted = self._times.wall(reach.until) - self._times.wall(reach.began)
        return max(reach.until - reach.began, abs(lasted)) > SAME_THUMB

    def judge_call(
        self, begun: Begun, cards: list[Shown], *, listed: bool, directly: float
    ) -> None:
        """A call for help whose caller was told that it is out.

        `directly`: when the first person was asked by a message of their own.
        """
        if len(begun.answers) > 1 and not self._pressed_again(begun.reach):
            self._verdict.complain("doubled", f"one press became {len(begun.answers)} calls")
        self._once(f"call {begun.public_id}", cards)
        if listed:
            return
        latest = self._times.in_danger.deadline(begun.reach.until)
        told = self._seen.get(begun.public_id or "", Seen()).first
        first = min((card.first.at for card in cards), default=told)
        if self._goes:
            # Where the site's channel is gone people are asked directly, and the desk is told.
            first = min(first, directly, told)
        if first == NEVER and latest < self._end:
            self._verdict.complain("lost", f"call {begun.public_id} never reached the site")
        elif latest < first < NEVER:
            late = first - latest
            self._verdict.complain("late", f"call {begun.public_id} was {late:.0f} s late")

"""The oracle of those who need somebody to speak with them: the desk is asked to until it has,
whatever else becomes of their report."""

from collections.abc import Iterator
from itertools import pairwise

from flows.aftercare import Word
from flows.presses import Verb
from tests.simulation.alerts import Alerts
from tests.simulation.identity import DutyName
from tests.simulation.ledger import Act, Begun, Reach
from tests.simulation.listed import Lists
from tests.simulation.openings import Openings
from tests.simulation.times import Times
from tests.simulation.verdict import Verdict

DAY = 86_400.0
ASKED_BY = {Verb.WRITE: DAY, Verb.WISH_TO_TALK: 10 * DAY}
"""Until when somebody at the desk has been asked for sure: in danger at any hour; for a wish as
the desk opens, after the longest row of closed days."""
LONGEST_CLOSED = 10 * DAY
ASKED_FOR = 30 * DAY
"""So long at least the desk is asked on each working day, while nobody there answers."""


class Heard:
    """Judges one report after another."""

    def __init__(
        self,
        verdict: Verdict,
        alerts: Alerts,
        lists: Lists,
        times: Times,
        desk: Openings,
        end: float,
    ) -> None:
        self._verdict = verdict
        self._alerts = alerts
        self._lists = lists
        self._times = times
        self._desk = desk
        self._end = end

    def judge(self, begun: Begun, acts: list[Act], duties: list[DutyName], *, goes: bool) -> None:
        """`goes`: channels go in this world, and nobody can foresee who is asked instead."""
        talks = [duty for duty in duties if duty.kind == "follow_up"]
        rung = sorted(alert.at for duty in talks for alert in self._alerts.about(duty.id))
        # In danger each is asked about by itself; a wish also by a reminder of the whole list.
        listed = any(self._lists.told(duty) for duty in talks)
        for verb, sent in _signs(begun, acts):
            # A press of the desk's while it was on its way may be the answer to it.
            since, at = sent.began, sent.until
            self._verdict.count("asked_to_be_spoken_with")
            name = f"{begun.public_id}, {verb.value} at {at:.0f}"
            asked = bool(rung) or (listed and verb is not Verb.WRITE)
            if not talks:
                self._verdict.complain("unheard", f"{name}: nobody is to speak with them")
            elif not asked and at + ASKED_BY[verb] < self._end:
                # Whoever spoke with them before the question had to be seen had to be asked for
                # nothing; and a wish goes with a report that they took back before that.
                opens = self._times.when(self._desk.next(self._times.wall(at)), at)
                seen = self._times.deadline(opens)
                spoken = _is_answered(acts, talks, since, by=seen)
                gone = spoken or _is_taken_back(acts, at, by=seen)
                if verb is Verb.WRITE or not gone:
                    self._verdict.complain("unheard", f"{name}: nobody was asked to")
            elif verb is Verb.WRITE and not goes and not _is_answered(acts, talks, since):
                self._daily(name, at, rung)
        if not goes:
            self._hard_since(begun, acts, talks, rung)

    def _hard_since(
        self, begun: Begun, acts: list[Act], talks: list[DutyName], rung: list[float]
    ) -> None:
        """Danger was spoken about, and now it is hard: that is no first sign, and asks anew."""
        for act in acts:
            hard = act.verb == Verb.CHECKED_IN and act.detail == Word.HARD and act.recorded
            if not hard or not _is_spoken_about(begun, acts, talks, act):
                continue
            self._verdict.count("hard_after_danger")
            name = f"{begun.public_id} at {act.reach.began:.0f}"
            by = act.reach.until + LONGEST_CLOSED
            asked = any(act.reach.began <= at <= by for at in rung)
            last = max(talks, key=lambda duty: duty.part)
            if any(each.subject == last.id and each.reach.until < act.reach.began for each in acts):
                self._verdict.complain("unheard", f"{name}: hard after danger, no talk is owed")
            elif not asked and by < self._end and not _is_answered(acts, talks, act.reach.until):
                self._verdict.complain("unheard", f"{name}: hard after danger, nobody asked")

    def _daily(self, name: str, at: float, rung: list[float]) -> None:
        """Nobody at the desk has answered: no ten days go by without anybody being asked."""
        until = min(self._end, at + ASKED_FOR)
        moments = [at, *(moment for moment in rung if at < moment < until), until]
        longest = max(later - before for before, later in pairwise(moments))
        if until > at:
            self._verdict.count("asked_for_daily")
        if longest > LONGEST_CLOSED:
            self._verdict.complain("unheard", f"{name}: for {longest / DAY:.0f} days nobody asked")


def _signs(begun: Begun, acts: list[Act]) -> Iterator[tuple[Verb, Reach]]:
    """When somebody hinted at self-harm, or said that they would like to talk."""
    if begun.hint:
        yield Verb.WRITE, begun.reach
    for act in acts:
        verb = Verb(act.verb)
        if act.recorded and (act.danger or verb is Verb.WISH_TO_TALK):
            yield verb, act.reach


def _is_spoken_about(begun: Begun, acts: list[Act], talks: list[DutyName], hard: Act) -> bool:
    """Whether the desk had said for sure that it had spoken about danger, and was asked for no
    other talk since, when they answered that it is hard."""
    before = [act for act in acts if act.reach.began < hard.reach.until and act is not hard]
    asked = {duty.id for duty in talks}
    done = [
        act.reach
        for act in before
        if act.subject in asked and act.verb == Verb.DUTY_DONE and act.recorded
    ]
    signs = [sent.until for _, sent in _signs(begun, before)]
    gone = any(act.verb == Verb.WITHDRAW for act in acts)
    if not done or not signs or gone:
        return False
    last = max(done, key=lambda reach: reach.began)
    return max(signs) < last.began and last.until < hard.reach.began


def _is_taken_back(acts: list[Act], at: float, by: float) -> bool:
    """Whether the report was taken back since, and by when."""
    back = (act.reach for act in acts if act.verb == Verb.WITHDRAW)
    return any(reach.until >= at and reach.began <= by for reach in back)


def _is_answered(
    acts: list[Act], talks: list[DutyName], at: float, by: float = float("inf")
) -> bool:
    """Whether somebody at the desk pressed anything about a talk since, and by when."""
    asked = {duty.id for duty in talks}
    pressed = (act.reach for act in acts if act.subject in asked)
    return any(reach.until >= at and reach.began <= by for reach in pressed)

"""The oracle of alerts: who had to be asked was, nobody too early, and nobody without need."""

from collections import Counter
from collections.abc import Sequence

from tests.simulation.alerts import Alert, Alerts
from tests.simulation.cases import Played
from tests.simulation.ledger import NEVER
from tests.simulation.promise import Ask
from tests.simulation.times import PROMPT, Times
from tests.simulation.verdict import Verdict

MOMENT = 2.0
"""The service's clock is read a little before the message is seen."""
LISTED = 600.0
"""Who was asked about a whole list so lately is not asked about its next report."""
LOOKED_FOR = 3_600.0
"""So long a message whose answer was lost may wait for the try that finds it: one whose adapter
raises is tried again a quarter of an hour later, and again."""
LONG_AGO = 60.0
"""Enough people came so long before that nobody may be asked any more."""


class Chased:
    """Judges the alerts about one duty after another."""

    def __init__(self, times: Times, alerts: Alerts, verdict: Verdict, end: float) -> None:
        self._times = times
        self._alerts = alerts
        self._verdict = verdict
        self._end = end

    def judge(
        self, played: Played, *, listed: bool, may_be_lost: bool, told: Sequence[Alert] = ()
    ) -> None:
        """`listed`: a running list stands for the card, and alerts nobody by itself.

        `told`: who was asked about the whole list, by a message about any of its reports.

        `may_be_lost`: a reminder whose answer was lost is not said twice here.
        """
        alerts = self._alerts.about(played.duty.id)
        last_sure = played.outcome.unsure
        for ask in played.outcome.asks:
            if ask.sure and not (listed and ask.by_card):
                lately = [a for a in told if a.at >= ask.at - LISTED]
                since = [a for a in alerts if a.at >= ask.at - MOMENT]
                self._owed(played, ask, [*since, *lately], may_be_lost=may_be_lost)
            if ask.sure and played.danger and not listed:
                self._both_ways(played, ask, alerts, may_be_lost=may_be_lost)
        for alert in alerts:
            if alert.at < last_sure:
                self._justified(played, alert)
        if not may_be_lost:
            for directly in (False, True):
                self._too_often(played, alerts, directly=directly)
        self._verdict.count("duties_chased")

    def _too_often(self, played: Played, alerts: list[Alert], *, directly: bool) -> None:
        """Nobody's phone rings more often in one way than a rung asked them.

        A message in the channel may name once more whom the one just before it asked: whether
        that arrived nobody knew yet.
        """
        count: Counter[str] = Counter()
        last: dict[str, float] = {}
        for alert in alerts:
            if alert.directly is not directly or alert.at >= played.outcome.unsure:
                continue
            before, last[alert.person] = last.get(alert.person, -NEVER), alert.at
            if not directly and self._may_not_be_known(before, alert.at):
                continue
            count[alert.person] += 1
            asked = [ask for ask in played.outcome.asks if alert.person in ask.may]
            if count[alert.person] > sum(ask.at <= alert.at + MOMENT for ask in asked):
                what = f"{alert.person} was asked {count[alert.person]} times"
                self._complain("too_often", played, what)
                return

    def _may_not_be_known(self, before: float, at: float) -> bool:
        """Whether at a moment nobody knew yet that a message from before had arrived.

        Where its answer came, the next message of its channel was made after that.
        """
        lost = self._times.troubled(before - MOMENT, before + MOMENT)
        return lost and at - before < LOOKED_FOR

    def _owed(self, played: Played, ask: Ask, alerts: list[Alert], *, may_be_lost: bool) -> None:
        latest = self._latest(ask)
        if latest > self._end or self._not_needed(played, ask.at, latest):
            return
        for person in sorted(ask.must):
            if played.spared <= latest and person not in played.readers:
                continue
            self._verdict.count("nudges_due")
            seen = [a.at for a in alerts if a.person == person]
            if seen and min(seen) <= latest:
                continue
            if may_be_lost and self._times.troubled(ask.at, latest):
                self._verdict.count("nudges_unsure")
            elif not seen:
                self._complain("missed", played, f"{person} was to be asked at {ask.at:.0f}")
            else:
                late = min(seen) - ask.latest
                what = f"{person} was asked {late:.0f} s after {ask.at:.0f}"
                self._complain("late", played, what)

    def _both_ways(
        self, played: Played, ask: Ask, alerts: list[Alert], *, may_be_lost: bool
    ) -> None:
        """In danger everybody asked is named in the channel and written to directly."""
        latest = self._latest(ask)
        if latest > self._end or self._not_needed(played, ask.at, latest):
            return
        if may_be_lost and self._times.troubled(ask.at, latest):
            return
        seen = {(a.person, a.directly) for a in alerts if ask.at - MOMENT <= a.at <= latest}
        for person in sorted(ask.must):
            for directly, how in ((False, "by name in the channel"), (True, "directly")):
                # A name in a channel that they do not read calls nobody.
                heard = directly or person in played.readers
                if heard and (person, directly) not in seen:
                    self._complain("missed", played, f"{person} was not asked {how}")

    def _latest(self, ask: Ask) -> float:
        latest = self._times.deadline(ask.latest)
        if latest > ask.latest + PROMPT:
            latest = max(latest, self._times.deadline(ask.or_later))
        return latest

    def _not_needed(self, played: Played, at: float, latest: float) -> bool:
        """Enough had come before the message had to be seen, or nothing is known any more."""
        if played.outcome.unsure <= latest:
            return True
        return any(since <= latest and until > at for since, until in played.outcome.enough)

    def _justified(self, played: Played, alert: Alert) -> None:
        asks = [ask for ask in played.outcome.asks if alert.person in ask.may]
        if not asks:
            self._complain("unasked", played, f"{alert.person} was never to be asked")
        elif min(ask.at for ask in asks) > alert.at + MOMENT:
            early = min(ask.at for ask in asks) - alert.at
            self._complain("early", played, f"{alert.person} was asked {early:.0f} s too soon")
        elif not alert.by_card and self._needless(played, alert.at):
            self._complain("needless", played, f"{alert.person} was asked although enough came")
        elif alert.directly and not played.danger and alert.person in played.readers:
            self._complain("needless", played, f"{alert.person} reads the channel already")

    def _needless(self, played: Played, at: float) -> bool:
        return any(
            since + LONG_AGO < at < until and at < NEVER for since, until in played.outcome.enough
        )

    def _complain(self, oracle: str, played: Played, what: str) -> None:
        duty = played.duty
        self._verdict.complain(oracle, f"{duty.kind}.{duty.part} of {duty.case_id[:8]}: {what}")

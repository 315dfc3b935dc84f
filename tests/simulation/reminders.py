"""The oracle of reminders: what was asked in vain, or is over, asks nobody any more."""

from collections.abc import Iterable

from flows.phrases import Say
from flows.presses import Verb
from flows.screens import Card
from tests.simulation.alerts import Alert
from tests.simulation.case_deeds import COMES
from tests.simulation.identity import DutyName
from tests.simulation.ledger import Act
from tests.simulation.platform import Shown
from tests.simulation.promise import Outcome
from tests.simulation.times import Times
from tests.simulation.verdict import Verdict

_ENDS = (Verb.FINE_NOW, Verb.MISTAKE)
_QUIET = (
    *("nudge.past", "nudge.ended", "nudge.again", "nudge.not_needed", "nudge.lapsed"),
    *("nudge.done", "nudge.dropped", "nudge.list_done"),
)


class Reminders:
    """Judges the messages about one duty, where each can be found again and edited."""

    def __init__(self, times: Times, verdict: Verdict) -> None:
        self._times = times
        self._verdict = verdict

    def over(self, duty: DutyName, acts: list[Act], alerts: list[Alert]) -> None:
        """A call that its caller ended calls nobody; `acts`: all of the case."""
        over = duty.kind == "second_person" and any(a.verb in _ENDS and a.recorded for a in acts)
        if over and not any(act.verb == Verb.STILL_NEEDED for act in acts):
            self._none_asks(duty, (message.now for message in _reminders(alerts)))

    def born(self, messages: list[Shown]) -> None:
        """No message comes only to say that nobody is needed: a phone would ring for nothing."""
        for message in messages:
            if _title(message.first.card) in _QUIET:
                self._verdict.complain("needless", f"{message.channel} was told of nothing")
                return

    def anew(self, duty: DutyName, outcome: Outcome, alerts: list[Alert]) -> None:
        """Asked anew, people read the new message; the old ones say that they are past.

        Whoever had said that they come keeps the message of their own: they answer there.
        """
        for anew in outcome.anew:
            latest = self._times.deadline(anew.latest)
            if latest >= outcome.unsure:
                return
            since = [person for at, person in outcome.comes if anew.at <= at <= latest]
            kept = {f"@{person}" for person in (*anew.came, *since)}
            old = [m for m in _reminders(alerts) if m.first.at < anew.at and m.channel not in kept]
            before = [message.said(latest) for message in old]
            self._none_asks(duty, (card for card in before if card is not None))

    def _none_asks(self, duty: DutyName, cards: Iterable[Card]) -> None:
        for card in cards:
            self._verdict.count("reminders_looked_at")
            if _asks(card):
                what = f"{duty.kind} of {duty.case_id[:8]}: an old message still asks"
                self._verdict.complain("stale", what)
                return


def _reminders(alerts: list[Alert]) -> list[Shown]:
    """Each message once that asks people, other than the duty's card."""
    return list({a.message.key: a.message for a in alerts if not a.by_card}.values())


def _asks(card: Card) -> bool:
    title = _title(card)
    pressed = any(button.press.verb in COMES for button in card.buttons)
    return pressed or (title.startswith("nudge.") and title not in _QUIET)


def _title(card: Card) -> str:
    return card.title.key if isinstance(card.title, Say) else ""

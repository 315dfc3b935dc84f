"""The oracle of reminders: what was asked in vain, or is over, asks nobody any more."""

from collections.abc import Iterable

from flows.phrases import Say
from flows.presses import Verb
from flows.screens import Card
from tests.simulation.answered import ANSWERS
from tests.simulation.identity import DutyName
from tests.simulation.ledger import Act
from tests.simulation.platform import Shown
from tests.simulation.times import Times
from tests.simulation.verdict import Verdict

_BEGINS_ANEW = (Verb.CARE_NOT_YET, Verb.STILL_NEEDED)
_ENDS = (Verb.FINE_NOW, Verb.MISTAKE)
_QUIET = ("nudge.past", "nudge.not_needed")


class Reminders:
    """Judges the messages about one duty, where each can be found again and edited."""

    def __init__(self, times: Times, verdict: Verdict) -> None:
        self._times = times
        self._verdict = verdict

    def judge(self, duty: DutyName, acts: list[Act], messages: list[Shown]) -> None:
        """`acts`: all of the case; `messages`: those that ask people, other than its card."""
        for act in acts:
            if act.verb in _BEGINS_ANEW and act.recorded and _is_about(act, duty):
                self._all_past(duty, act, acts, messages)
        over = duty.kind == "second_person" and any(a.verb in _ENDS and a.recorded for a in acts)
        if over and not any(act.verb == Verb.STILL_NEEDED for act in acts):
            self._none_asks(duty, (message.now for message in messages))

    def _all_past(self, duty: DutyName, act: Act, acts: list[Act], messages: list[Shown]) -> None:
        """Asked anew, people read the new message; the old ones say that they are past."""
        since, latest = act.reach.began, self._times.deadline(act.reach.until)
        if any(a is not act and since <= a.reach.until and a.reach.began <= latest for a in acts):
            return
        before = [message for message in messages if message.first.at < since]
        self._none_asks(duty, (card for m in before if (card := m.said(latest)) is not None))

    def _none_asks(self, duty: DutyName, cards: Iterable[Card]) -> None:
        for card in cards:
            self._verdict.count("reminders_looked_at")
            if _asks(card):
                what = f"{duty.kind} of {duty.case_id[:8]}: an old message still asks"
                self._verdict.complain("stale", what)
                return


def _is_about(act: Act, duty: DutyName) -> bool:
    called = act.verb == Verb.STILL_NEEDED and duty.kind == "second_person"
    return called or act.subject == duty.id


def _asks(card: Card) -> bool:
    title = card.title.key if isinstance(card.title, Say) else ""
    pressed = any(button.press.verb in ANSWERS for button in card.buttons)
    return pressed or (title.startswith("nudge.") and title not in _QUIET)

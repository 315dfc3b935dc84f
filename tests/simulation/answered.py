"""The oracle of answers: what somebody was told is recorded stands on the card within a minute."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from flows.phrases import At, Say
from flows.presses import Verb
from flows.screens import Card, Timeline
from tests.simulation.case_deeds import ANSWERS
from tests.simulation.identity import DutyName
from tests.simulation.ledger import Act
from tests.simulation.platform import Shown
from tests.simulation.times import Times
from tests.simulation.verdict import Verdict

ENDINGS = {
    Verb.CLOSE: ("desk.closed",),
    Verb.WITHDRAW: ("desk.withdrawn",),
    Verb.FINE_NOW: ("help.card.over", "help.card.over_alone"),
    Verb.MISTAKE: ("help.card.mistake",),
}
"""What a card says once this was pressed, one of these; nobody is thanked who did not come."""

LONGEST = 600.0
"""Seconds: an answer that was put off longer may have run out meanwhile."""
_NOT_COMING = ("cannot", "cannot_take_on", "ran_out", "was_there", "here")
SEATS = 3
"""So many may come: a crowd inflames what it should calm. Who is there says so all the same, and
who should be there and is not keeps nobody from setting out."""
_MINUTES = 5
"""How long somebody may take who named no time."""
_LOOKS_AROUND = 1
"""Minutes: whoever arrives presses nothing before."""


class Coming(NamedTuple):
    """Somebody who comes, by the line of a card."""

    who: str
    since: datetime
    late: datetime


class Answered:
    """Judges the answers on one case after another."""

    def __init__(self, times: Times, verdict: Verdict) -> None:
        self._times = times
        self._verdict = verdict

    def judge(self, duty: DutyName, acts: list[Act], card: Shown) -> None:
        """`acts`: all of the case; `card`: the one of this duty."""
        for act in acts:
            if act.subject == duty.id and act.verb in ANSWERS and act.notice == "press.recorded":
                self._stands(duty, act, acts, card)
        self._no_crowd(duty, card)

    def ends(self, acts: list[Act], card: Shown) -> None:
        """`card`: the desk's of a report, or the site's of a call; it soon says that it is over."""
        for act in acts:
            keys = ENDINGS.get(Verb(act.verb))
            if keys is None or not act.recorded:
                continue
            shown = self._soon(act, acts, card)
            if shown and not any(f'"key":"{key}"' in text for text in shown for key in keys):
                what = f"{act.verb} of {act.subject[:8]} was recorded, and no card says so"
                self._verdict.complain("stale", what)

    def _stands(self, duty: DutyName, act: Act, acts: list[Act], card: Shown) -> None:
        shown = self._soon(act, acts, card)
        if shown and not any(_names(text, act.who) for text in shown):
            what = f"{duty.kind} of {duty.case_id[:8]}: {act.who} answered, and no card says so"
            self._verdict.complain("stale", what)

    def _soon(self, act: Act, acts: list[Act], card: Shown) -> list[str]:
        """What a card said from an act on and a minute later, if nothing else happened then."""
        since, latest = act.reach.began, self._times.deadline(act.reach.until)
        alone = not any(
            other is not act and other.reach.began <= latest and other.reach.until >= since
            for other in acts
        )
        lasted = self._times.wall(latest) - self._times.wall(since)
        if not alone or card.first.at > since or max(latest - since, lasted) > LONGEST:
            return []
        self._verdict.count("answers_looked_for")
        shown = [v.card for v in card.versions if since <= v.at <= latest]
        shown += [standing] if (standing := card.said(latest)) else []
        return [each.model_dump_json() for each in shown]

    def _no_crowd(self, duty: DutyName, card: Shown) -> None:
        before: set[str] = set()
        for version in card.versions:
            come = list(_who_comes(version.card))
            for last in come:
                # Whoever set out before is held up, and may say so.
                others = [each for each in come if each.who != last.who]
                if last.who not in before and _are_enough(duty, others, last.since):
                    what = f"{duty.kind} of {duty.case_id[:8]}: {len(come)} people come"
                    self._verdict.complain("seats", what)
                    return
            before = {each.who for each in come}


def _are_enough(duty: DutyName, others: list[Coming], moment: datetime) -> bool:
    """Whether nobody else need set out at this moment; care is given whenever it is."""
    if duty.kind != "second_person":
        return len(others) >= SEATS
    return sum(each.since <= moment < each.late for each in others) >= SEATS


def _who_comes(card: Card) -> Iterator[Coming]:
    for element in card.body:
        for line in element.items if isinstance(element, Timeline) else ():
            said, what = line.when, line.what
            if not (isinstance(said, At) and isinstance(what, Say)):
                continue
            of, _, answer = what.key.partition(".")
            if of == "seat" and answer not in _NOT_COMING:
                minutes = int(str(what.values.get("minutes", _MINUTES)))
                late = said.moment + timedelta(minutes=minutes + _LOOKS_AROUND)
                yield Coming(str(what.values["who"]), said.moment, late)


def _names(text: str, person: str) -> bool:
    """Whether a line of answers names this person."""
    return any(f'"{person.title()}"' in part[:400] for part in text.split('"key":"seat.')[1:])

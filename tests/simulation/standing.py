"""The oracle of the end: what channels show agrees with what the desk reads in private, and both
with what people were told."""

from collections import Counter
from collections.abc import Iterator

from bot.desk import OpenedCase, OwedLine
from flows.phrases import Listed, Phrase, Say
from flows.presses import Verb
from flows.screens import Card, Paragraph, Timeline
from tests.simulation.identity import DutyName
from tests.simulation.ledger import NEVER, Act, Begun
from tests.simulation.verdict import Verdict

FACTS = {
    "opened": (Verb.DETAILS,),
    "taken": (Verb.TAKE,),
    "duty_done": (Verb.DUTY_DONE,),
    "not_needed": (Verb.NOT_NEEDED,),
    "not_done": (Verb.NOT_DONE,),
    "measure_noted": (Verb.MEASURE,),
    "responded": (Verb.RESPOND,),
    "closed": (Verb.CLOSE,),
    "answered": (Verb.COMING,),
    "answered_take_over": (Verb.TAKE_OVER,),
    "answered_arranges": (Verb.ARRANGES,),
    "answered_here": (Verb.HERE,),
    "declined": (Verb.CANNOT,),
    "cared": (Verb.CARED,),
    "withdrawn": (Verb.WITHDRAW,),
    "resumed": (Verb.RESUME,),
    "checked_in": (Verb.CHECKED_IN,),
    "wished_to_talk": (Verb.WISH_TO_TALK,),
    "care_confirmed": (Verb.CARE_HAPPENED,),
    "care_not_yet": (Verb.CARE_NOT_YET,),
}
"""Lines of the history, and the presses that leave one each, whoever pressed."""

BEFORE_CLOSING = {
    "outcome": Verb.TELL_OUTCOME,
    "recurrence": Verb.MEASURE,
    "external_response": Verb.RESPOND,
    "fact_check": Verb.DUTY_DONE,
}
"""What the desk must have done, where it was promised, before it may close a case."""

CARE_GIVEN = frozenset({Verb.DUTY_DONE, Verb.CARE_HAPPENED})
"""Where the desk is to care itself: it says so, or whoever was cared for does."""

_OVER = (
    *("duty.done_at", "duty.not_needed", "duty.asked_again"),
    *("duty.unconfirmed", "duty.unconfirmed.denied"),
)
_BESIDE = ("duty.on_day", "duty.follow_up")
"""Duties that the desk's card does not count: questions, and what has a line of its own."""


class Standing:
    """Judges one report after another, once all is quiet."""

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict

    def judge(self, begun: Begun, acts: list[Act], opened: OpenedCase, card: Card | None) -> None:
        """`opened`: its details in the end; `card`: its own card at the desk, if it has one."""
        self._verdict.count("cases_opened_in_the_end")
        self._written_down(begun, acts, opened)
        self._owed_again(begun, acts, opened)
        if card is not None:
            self._same_as_card(begun, opened, card)

    def closed_when_done(self, begun: Begun, acts: list[Act], duties: list[DutyName]) -> None:
        """No case was closed over something that the desk had promised."""
        kinds = {duty.kind: duty for duty in reversed(duties) if duty.part == 0}
        for closing in acts:
            if closing.verb != Verb.CLOSE or not closing.recorded:
                continue
            self._verdict.count("cases_closed")
            before = {Verb(a.verb) for a in acts if a.reach.began <= closing.reach.until}
            for kind, verb in BEFORE_CLOSING.items():
                if kind in kinds and verb not in before:
                    self._complain("untrue", begun, f"was closed although {kind} was owed")
            care = kinds.get("care")
            if care is not None and care.owner == "desk" and not _given(care, closing, acts):
                self._complain("untrue", begun, "was closed although the desk gave no care")

    def _written_down(self, begun: Begun, acts: list[Act], opened: OpenedCase) -> None:
        """Each press that counted is a line of the history, and none is two."""
        facts = Counter(_facts(opened))
        for fact, verbs in FACTS.items():
            mine = [act for act in acts if act.verb in verbs]
            told = sum(act.recorded for act in mine)
            arrived = sum(act.reach.began < NEVER for act in mine)
            if facts[fact] < told:
                self._complain("unwritten", begun, f"{told} times {fact}, {facts[fact]} written")
            elif facts[fact] > arrived:
                self._complain("doubled", begun, f"{arrived} times {fact}, {facts[fact]} written")

    def _owed_again(self, begun: Begun, acts: list[Act], opened: OpenedCase) -> None:
        """A report that was taken back and sent after all waits for the desk like any other."""
        moves = [act for act in acts if act.verb in (Verb.WITHDRAW, Verb.RESUME)]
        taken = any(act.verb == Verb.TAKE for act in acts)
        sure = all(act.reach.answered and act.reach.copies == 1 for act in moves)
        if not moves or taken or not sure or moves[-1].verb != Verb.RESUME:
            return
        self._verdict.count("sent_after_all")
        owed = [_key(line.name) for line in _owed(opened)]
        if moves[-1].recorded and opened.duties and "duty.take" not in owed:
            self._complain("lost", begun, "sent after all, and nobody is to take it")

    def _same_as_card(self, begun: Begun, opened: OpenedCase, card: Card) -> None:
        offered = {button.press.verb for button in opened.ending}
        state = "open" if Verb.CLOSE in offered else "closed" if offered else "withdrawn"
        said = _state(card)
        if said != state:
            self._complain("stale", begun, f"its card says {said}, and it is {state}")
        elif state == "open":
            owed = [line for line in _owed(opened) if _key(line.name) not in _BESIDE]
            most = len(owed)
            # The unnamed reporter's word about care settles it on the card alone.
            least = most - (1 if begun.unnamed else 0)
            shown = _count(card)
            if not least <= shown <= most:
                self._complain("stale", begun, f"its card counts {shown} owed of {most}")

    def _complain(self, oracle: str, begun: Begun, what: str) -> None:
        self._verdict.complain(oracle, f"{begun.public_id}: {what}")


def helped_at_once(verdict: Verdict, begun: Begun, first: Card) -> None:
    """Words that hint at self-harm: the desk's first card says so, and that it is to speak now."""
    if not begun.hint:
        return
    verdict.count("hints")
    keys = {_key(each.text) for each in first.body if isinstance(each, Paragraph)}
    if not {"desk.self_harm", "desk.speak_now"} <= keys:
        verdict.complain("silent", f"{begun.public_id}: the desk is not told to speak with them")


def _given(care: DutyName, closing: Act, acts: list[Act]) -> bool:
    """Whether somebody may have said, before a case was closed, that care was given."""
    said = (act for act in acts if act.subject == care.id and Verb(act.verb) in CARE_GIVEN)
    return any(act.reach.began <= closing.reach.until for act in said)


def _key(phrase: Phrase) -> str:
    return phrase.key if isinstance(phrase, Say) else ""


def _owed(opened: OpenedCase) -> list[OwedLine]:
    return [line for line in opened.duties if _key(line.due) not in _OVER]


def _facts(opened: OpenedCase) -> Iterator[str]:
    for element in (*opened.elements, *opened.since):
        for line in element.items if isinstance(element, Timeline) else ():
            what = line.what
            while isinstance(what, Say) and what.key in ("fact.by", "fact.on_duty"):
                what = what.values["what"]
            # Of care the same press has words of its own.
            yield _key(what).removeprefix("fact.").replace("gives_care", "take_over")


def _state(card: Card) -> str:
    urgency = card.title.values.get("urgency") if isinstance(card.title, Say) else None
    key = _key(urgency) if isinstance(urgency, Say) else ""
    return key.removeprefix("desk.") if key.startswith("desk.") else "open"


def _count(card: Card) -> int:
    """How many duties the desk's card counts as owed."""
    found = 0
    for element in card.body:
        text = element.text if isinstance(element, Paragraph) else None
        for item in text.items if isinstance(text, Listed) else ():
            if isinstance(item, Say) and item.key == "desk.owed.one":
                found += 1
            elif isinstance(item, Say) and item.key == "desk.owed.more":
                more = item.values["count"]
                found += more if isinstance(more, int) else 0
    return found

"""Which answers ask the desk to speak with somebody: how they are, or how they are treated since.

Possible reprisal is other work than health, so the two are told apart; never which of the answers
it was.
"""

from zoneinfo import ZoneInfo

from flows.aftercare import Word
from flows.case_view import CaseView, opened
from flows.commitments import DutyKind
from flows.phrases import say
from flows.screens import Paragraph


def signs(view: CaseView) -> tuple[Paragraph, ...]:
    """A line for each question that was answered so; of possible reprisal first, and in bold.

    Nothing where nobody answered so: of a hint of self-harm the card speaks by itself.
    """
    asked = _asked_since(view)
    reprisal, health = DutyKind.NO_REPRISAL_CHECK, DutyKind.CHECK_IN
    return tuple(
        Paragraph(text=say(f"desk.speak_now.{kind.value}"), strong=kind is reprisal)
        for kind in (reprisal, health)
        if kind in asked
    )


def _asked_since(view: CaseView) -> frozenset[DutyKind]:
    """The questions so answered since the desk last spoke with them; where none was, ever.

    A wish to talk that no question brought is about how they are.
    """
    answers = opened(view.health).check_ins
    said = [(kind, day) for kind, day, word in answers if word is not Word.WELL]
    since = [each for each in said if not _is_spoken_about(view, *each)]
    wished = {DutyKind.CHECK_IN} if opened(view.health).wishes_to_talk else set()
    return frozenset(kind for kind, _ in since or said) | wished


def _is_spoken_about(view: CaseView, kind: DutyKind, day: int) -> bool:
    """Whether the desk has spoken with them on a later day: of an answer only its day is sure."""
    zone = ZoneInfo(view.zone)
    asked = [duty for duty in view.duties if (duty.kind, duty.part) == (kind, day)]
    talks = [duty for duty in view.duties if duty.kind is DutyKind.FOLLOW_UP]
    answered = [duty.ended_at.astimezone(zone).date() for duty in asked if duty.ended_at]
    spoken = [t.ended_at.astimezone(zone).date() for t in talks if t.state == "done" and t.ended_at]
    return any(day < talk for day in answered for talk in spoken)

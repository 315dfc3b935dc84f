"""The words between the reporter and the desk, for the two places that may show them."""

from flows.case_view import CaseView, MessageView, opened
from flows.commitments import DutyKind
from flows.danger_words import calls_out, says_danger
from flows.duties import ASKED_KINDS
from flows.phrases import Phrase, Verbatim, on_day_at, say
from flows.presses import Press, Verb
from flows.report import MAX_WORDS
from flows.screens import Button, Compose, Element, Heading, Said, Style, TextField
from flows.spoken_with import talk_owed_since

WORDS = "words"


def messages(view: CaseView) -> tuple[Element, ...]:
    """Every message so far, for the reporter. Those of an unnamed one carry no time."""
    return _titled(tuple(_said(view, one, for_desk=False) for one in view.messages))


def letters_first(view: CaseView) -> tuple[Element, ...]:
    """What the desk reads before anything else: the reporter's letter that waits for an answer,
    and the one for which the case is marked."""
    return _titled(tuple(_said(view, one, for_desk=True) for one in _first(view)))


def other_letters(view: CaseView) -> tuple[Element, ...]:
    """Every other message, on the same page."""
    first = _first(view)
    others = [one for one in view.messages if not any(one is each for each in first)]
    return _titled(tuple(_said(view, one, for_desk=True) for one in others))


def _first(view: CaseView) -> tuple[MessageView, ...]:
    """Two at the most: what is owed must not go out of sight."""
    marked = opened(view.health).self_harm_hint or in_danger_from_others(view)
    of_danger = [one for one in view.messages if not one.by_desk and says_danger(one.text)]
    waits = view.messages[-1:] if view.desk_owes_reply else ()
    first = of_danger[-1:] if marked else []
    return (*waits, *(one for one in first if not any(one is each for each in waits)))


def newest_answer(view: CaseView) -> tuple[Said, ...]:
    """What the desk wrote last, until its reader writes or answers anything: what they look for."""
    return (_said(view, view.messages[-1], for_desk=False),) if is_answered(view) else ()


def earlier_messages(view: CaseView) -> tuple[Element, ...]:
    """Every other message, on the same page."""
    others = view.messages[:-1] if is_answered(view) else view.messages
    return _titled(tuple(_said(view, one, for_desk=False) for one in others))


def is_answered(view: CaseView) -> bool:
    """Whether the desk wrote last, and since then the reporter has answered nothing they were
    asked, and brought no talk."""
    if not view.messages or not view.messages[-1].by_desk:
        return False
    own = (*ASKED_KINDS, DutyKind.CARE)
    said = [duty.ended_at for duty in view.duties if duty.kind in own and duty.state == "done"]
    return all(at is None or at <= view.messages[-1].at for at in (*said, talk_owed_since(view)))


def _titled(lines: tuple[Said, ...]) -> tuple[Element, ...]:
    return (Heading(text=say("talk.title")), *lines) if lines else ()


def _said(view: CaseView, message: MessageView, *, for_desk: bool) -> Said:
    unnamed = view.report is not None and view.report.unnamed
    return Said(
        who=_who("desk" if for_desk else "own", by_desk=message.by_desk),
        when=None if unnamed and not message.by_desk else on_day_at(message.at, view.zone),
        text=Verbatim(text=message.text),
    )


def _who(side: str, *, by_desk: bool) -> Phrase:
    return say(f"talk.{side}.desk") if by_desk else say(f"talk.{side}.reporter")


def compose(view: CaseView, *, for_desk: bool) -> Compose:
    """Where the next message is written."""
    side = "desk" if for_desk else "own"
    return Compose(
        field=TextField(
            id=WORDS,
            label=say(f"talk.{side}.label"),
            hint=say(f"talk.{side}.hint"),
            max_characters=MAX_WORDS,
            rows=3,
        ),
        button=Button(
            label=say("talk.send"),
            press=Press(verb=Verb.REPLY if for_desk else Verb.WRITE, subject=view.id),
            style=Style.PRIMARY,
        ),
    )


def in_danger_from_others(view: CaseView) -> bool:
    """Whether the reporter's last letter of danger says that others threaten them, and the desk
    has not spoken with them since."""
    follow_up = view.duty(DutyKind.FOLLOW_UP)
    if follow_up is None or follow_up.over:
        return False
    written = (each.text for each in reversed(view.messages) if not each.by_desk)
    last = next((text for text in written if says_danger(text)), "")
    return calls_out(last)


def is_listened_to(view: CaseView) -> bool:
    """Whether what the reporter writes reaches the desk though they took the report back: it was
    asked to speak with them, for danger, or is to do so still."""
    talks = (duty for duty in view.duties if duty.kind is DutyKind.FOLLOW_UP)
    return any(not (talk.over and talk.ladder.quiet_hours) for talk in talks)

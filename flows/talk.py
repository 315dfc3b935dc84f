"""The words between the reporter and the desk, for the two places that may show them."""

from flows.case_view import CaseView
from flows.commitments import DutyKind
from flows.danger_words import calls_out, says_danger
from flows.phrases import Phrase, Verbatim, on_day_at, say
from flows.presses import Press, Verb
from flows.report import MAX_WORDS
from flows.screens import Button, Compose, Element, Heading, Said, Style, TextField

WORDS = "words"


def messages(view: CaseView, *, for_desk: bool) -> tuple[Element, ...]:
    """Every message so far. An unnamed reporter's carry no time."""
    if not view.messages:
        return ()
    unnamed = view.report is not None and view.report.unnamed
    side = "desk" if for_desk else "own"
    lines = tuple(
        Said(
            who=_who(side, by_desk=message.by_desk),
            when=None if unnamed and not message.by_desk else on_day_at(message.at, view.zone),
            text=Verbatim(text=message.text),
        )
        for message in view.messages
    )
    return (Heading(text=say("talk.title")), *lines)


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

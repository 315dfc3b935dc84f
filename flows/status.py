"""A report on the page of the person who sent it: what happened, what comes next, by when.

"Delivered" stands here only once the desk's channel has it.
"""

from datetime import datetime

from flows.aftercare import STILL_AFTER_DAYS, Word
from flows.assessment import Safety
from flows.case_view import CaseView, DutyView
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.files import add_button
from flows.first_lines import (
    ASKED_AFTER,
    before_all,
    hard_times,
    numbers_first,
    numbers_last,
    speaks,
)
from flows.own_care import care_asked, care_lines, care_question, care_undo
from flows.own_desk import own_desk
from flows.phrases import Phrase, Verbatim, listed, on_day, on_day_at, say
from flows.policy import Policy
from flows.presses import Press, Verb
from flows.rung_lines import rung_lines
from flows.screens import (
    Button,
    CallLine,
    Card,
    Confirm,
    Element,
    Heading,
    Paragraph,
    Style,
    Timeline,
)
from flows.sorry import sorry
from flows.spoken_with import answer_by, desk_is_to_speak, talk_is_owed
from flows.steps import steps
from flows.talk import (
    compose,
    earlier_messages,
    in_danger_from_others,
    is_listened_to,
    messages,
)


def reporter_card(policy: Policy, view: CaseView) -> Card:
    """A report, as its sender sees it."""
    assert view.report is not None
    if view.state == "withdrawn":
        return _withdrawn(policy, view)
    care = view.duty(DutyKind.CARE)
    lines = numbers_last(policy, view)
    lines_first = view.unread_at_desk and not hard_times(view)
    first = before_all(policy, view)
    rest = (
        *own_desk(view),
        *(lines if lines_first else ()),
        *_thanks(view),
        *_injury(view),
        *answer_by(view),
        Heading(text=say("sent.steps")),
        Timeline(items=steps(view)),
        *earlier_messages(view),
        *_files(view),
        *_second_person(view),
        *care_lines(view, care, rung_lines(view, care) if care else ()),
        Paragraph(text=say("review.no_reprisal")),
        # Last, so that a question stands directly above its answers.
        *(_question(view) or care_asked(view, care)),
    )
    arrived = Paragraph(text=_arrival(view), strong=True)
    return Card(
        title=say("sent.title"),
        body=(*first, arrived, *sorry((*first, *rest)), *rest),
        after=() if lines_first else lines,
        buttons=_buttons(view, care),
        compose=compose(view, for_desk=False),
    )


def own_line(view: CaseView, sent_at: datetime) -> Phrase:
    """A report as a line of its sender's own list: its name, the day, and how it stands."""
    state = view.state
    if state == "open" and view.delivered_at is None:
        state = "kept"
    day = on_day(sent_at, view.zone)
    return listed([Verbatim(text=view.public_id), day, say(f"own.list.{state}")])


def call_line(public_id: str, day: Phrase) -> Phrase:
    """A call for help as a line among what its caller sent."""
    return listed([Verbatim(text=public_id), day, say("list.call")])


def _withdrawn(policy: Policy, view: CaseView) -> Card:
    """Taken back, and as easily sent after all. Help stays in reach.

    Whoever may be in danger reads first whom to call, that the desk would speak with them all the
    same, and can answer it.
    """
    resume = Button(
        label=say("own.resume"),
        press=Press(verb=Verb.RESUME, subject=view.id),
        style=Style.PRIMARY,
    )
    danger = hard_times(view) or in_danger_from_others(view)
    return Card(
        title=say("own.withdrawn.title"),
        body=(
            *(numbers_first(policy, view) if danger else ()),
            *_stopped(policy, view),
            Paragraph(text=say("own.withdrawn.kept")),
            *messages(view),
        ),
        buttons=(resume, *_stop_writing(view)),
        compose=compose(view, for_desk=False) if is_listened_to(view) else None,
        after=numbers_last(policy, view),
    )


def _stopped(policy: Policy, view: CaseView) -> tuple[Element, ...]:
    """That the desk works on it no more; but for a talk, which it would still have."""
    if not talk_is_owed(view) or view.nowhere:
        seen = view.had_by_desk or view.delivered_at is not None
        text = say("own.withdrawn" if seen else "own.withdrawn.unseen")
        return (Paragraph(text=text, strong=True),)
    told = speaks(policy, view)
    return (Paragraph(text=say("own.withdrawn.talk"), strong=True), *told, *sorry(told))


def _question(view: CaseView) -> tuple[Element, ...]:
    """How are you: one question at a time, and no answer is an answer too."""
    if not view.questions:
        return ()
    asked = view.questions[0]
    return (
        Heading(text=say("ask.title")),
        Paragraph(text=say(_question_key(asked)), strong=True),
        Paragraph(text=say("ask.optional")),
    )


def _thanks(view: CaseView) -> tuple[Element, ...]:
    """Until somebody at the desk speaks with them, this page is what answers."""
    take = view.duty(DutyKind.TAKE)
    spoken = take is not None and take.over and not talk_is_owed(view)
    return () if spoken else (Paragraph(text=say("sent.thanks")),)


_SOON_DAYS = 7
"""Until when a check-in asks about sleep; then about work, and later whether it is hard still."""


def _question_key(asked: DutyView) -> str:
    if asked.kind is DutyKind.NO_REPRISAL_CHECK:
        return "ask.no_reprisal"
    if asked.part <= _SOON_DAYS:
        return "ask.sleep"
    return "ask.work" if asked.part <= STILL_AFTER_DAYS else "ask.still"


def _buttons(view: CaseView, care: DutyView | None) -> tuple[Button, ...]:
    withdraw = Button(
        label=say("own.withdraw"),
        press=Press(verb=Verb.WITHDRAW, subject=view.id),
        style=Style.QUIET,
        confirm=WITHDRAWS,
    )
    asked = _answers(view.questions[0]) if view.questions else ()
    ongoing = view.report is not None and view.report.safety is Safety.ONGOING
    sooner = Button(
        label=say("own.send_now"),
        press=Press(verb=Verb.SEND_NOW, subject=view.id),
        style=Style.PRIMARY if ongoing else Style.PLAIN,
    )
    ask_care = care_question(view, care, apart=bool(asked)) if care else ()
    talk = () if asked else _may_talk(view)
    waits = (sooner,) if view.state == "kept" else ()
    ends = () if view.state == "closed" else (withdraw,)
    questions = (*asked, *ask_care, *_over(view))
    added = add_button(view)
    about = [*talk, *waits, added, *care_undo(care), *_stop_writing(view), *ends]
    if questions:  # what stops the desk stands in no row of answers
        about[0] = about[0].model_copy(update={"under": say("own.about")})
    return (*questions, *about)


WITHDRAWS = Confirm(
    question=say("own.withdraw.question"),
    text=say("own.withdraw.text"),
    yes=say("own.withdraw.yes"),
    back=say("own.withdraw.back"),
)


def _stop_writing(view: CaseView) -> tuple[Button, ...]:
    """Who let the bot write to them can change their mind at any time."""
    if view.report is None or not view.report.may_write:
        return ()
    press = Press(verb=Verb.STOP_WRITING, subject=view.id)
    return (Button(label=say("own.stop_writing"), press=press, style=Style.QUIET),)


def _answers(asked: DutyView) -> tuple[Button, ...]:
    return tuple(
        Button(
            label=say(f"ask.{asked.kind.value}.{word.value}"),
            press=Press(verb=Verb.CHECKED_IN, subject=asked.id, detail=word.value),
        )
        for word in Word
    )


def _may_talk(view: CaseView) -> tuple[Button, ...]:
    """Whoever would like to talk need not wait until they are asked. Not while the desk is to speak
    with them anyway, has no report of theirs yet, or can read of it nowhere."""
    if view.state == "kept" or view.unread_at_desk or desk_is_to_speak(view):
        return ()
    press = Press(verb=Verb.WISH_TO_TALK, subject=view.id)
    return (Button(label=say("ask.check_in.talk"), press=press),)


def _files(view: CaseView) -> tuple[Element, ...]:
    if not view.files:
        return ()
    return (Paragraph(text=say("file.yours", count=len(view.files))),)


def _injury(view: CaseView) -> tuple[Element, ...]:
    """Somebody who is hurt reads first where to go."""
    if view.report is None or not view.report.facts().hurt:
        return ()
    return (
        Paragraph(text=say("injury.first"), strong=True),
        CallLine(label=say("injury.ambulance"), phone="119"),
    )


def _arrival(view: CaseView) -> Phrase:
    """ "Delivered" only when it was; before that, what is being done, and by when."""
    if view.nowhere:
        return say("sent.not_shown")
    if view.delivered_at is not None:
        return say("sent.delivered", at=on_day_at(view.delivered_at, view.zone))
    if view.leaves_by is not None:
        return say("sent.kept", by=on_day_at(view.leaves_by, view.zone))
    return say("sent.sending")


def _second_person(view: CaseView) -> tuple[Element, ...]:
    duty = view.duty(DutyKind.SECOND_PERSON)
    if duty is None or duty.owner is not Owner.SITE or duty.state == "closed":
        return ()
    title = Heading(text=say("sent.not_alone"))
    if view.over_said:
        return (title, Paragraph(text=say("sent.over_said")))
    lines = Timeline(items=rung_lines(view, duty))
    if not duty.over and view.now >= duty.due_at + ASKED_AFTER:
        return (title, lines, Paragraph(text=say("sent.still_on"), strong=True))
    nobody = duty.state == "exhausted" and not duty.taken
    return (title, lines, *((Paragraph(text=say("help.nobody"), strong=True),) if nobody else ()))


def _over(view: CaseView) -> tuple[Button, ...]:
    """One tap ends what was going on. It stands under a question of its own."""
    duty = view.duty(DutyKind.SECOND_PERSON)
    if duty is None or duty.owner is not Owner.SITE or duty.over or view.over_said:
        return ()
    press = Press(verb=Verb.SAFE_NOW, subject=duty.id)
    return (Button(label=say("own.over.button"), press=press, under=say("own.over.question")),)

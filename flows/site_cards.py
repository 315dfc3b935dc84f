"""The cards of a site's managers: care first, not alone, help. They say what, never who or why."""

from flows.cards import called_again, progress, roles, spot
from flows.case_view import CaseView, DutyView, opened
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.ladders import AnswerKind, Role, missing_seats
from flows.phrases import Listed, Phrase, Verbatim, at, say
from flows.policy import Policy
from flows.presses import Press, Verb
from flows.screens import Bullets, Button, Card, Element, Fact, Facts, Paragraph, Style, Timeline

ARRIVAL_MINUTES = (2, 5)
"""The choices of "on my way"."""


def site_card(policy: Policy, view: CaseView, kind: DutyKind) -> Card:
    """A manager's nudge: care first, or not alone. It says what, never who or why."""
    duty = view.duty(kind)
    assert duty is not None
    if view.report is None and kind is DutyKind.SECOND_PERSON:
        return _help_card(policy, view, duty)
    return _care_card(view, duty) if kind is DutyKind.CARE else _second_card(view, duty)


def _care_card(view: CaseView, duty: DutyView) -> Card:
    unnamed = view.report is not None and view.report.unnamed
    if duty.state == "closed":
        return Card(title=say("care.title"), body=(Paragraph(text=say("care.not_needed")),))
    if duty.over or duty.state == "said_done":
        return Card(title=say("care.title"), body=(Paragraph(text=say("care.recorded")),))
    return Card(
        title=say("care.title"),
        body=(
            Paragraph(
                text=say("care.text_shift" if unnamed else "care.text", site=view.site.name),
                strong=True,
            ),
            Bullets(
                items=(say("care.step.1"), say("care.step.2"), say("care.step.3")),
                numbered=True,
            ),
            *_by_name(view),
            *progress(view, duty),
        ),
        buttons=(*_answers(duty), _cared(duty)),
        footer=_chase(view, duty),
    )


def _by_name(view: CaseView) -> tuple[Element, ...]:
    """The reporter's name, where they chose to send with it."""
    typed = opened(view.sender).reporter_name
    if not typed:
        return ()
    name = say("care.who.typed", name=Verbatim(text=typed))
    return (Facts(items=(Fact(label=say("care.who"), value=name),)),)


def _cared(duty: DutyView) -> Button:
    return Button(label=say("care.done"), press=Press(verb=Verb.CARED, subject=duty.id))


def _second_card(view: CaseView, duty: DutyView) -> Card:
    return Card(
        title=_seats_title("second.title", duty),
        body=(
            *(() if duty.over else (Paragraph(text=_second_text(view), strong=True),)),
            *progress(view, duty),
        ),
        buttons=_seat_buttons(duty),
        footer=None if duty.over else _chase(view, duty),
    )


def _second_text(view: CaseView) -> Phrase:
    return say("second.text", site=view.site.name)


def _help_card(policy: Policy, view: CaseView, duty: DutyView) -> Card:
    if view.mistaken:
        return Card(title=say("help.card.mistake"), body=progress(view, duty))
    if duty.lapsed:
        return Card(title=say("help.card.lapsed"), body=progress(view, duty))
    if duty.over:
        return Card(title=say("help.card.over"), body=progress(view, duty))
    return Card(
        title=_seats_title("help.card.title", duty),
        body=(
            Facts(items=(Fact(label=say("help.card.where"), value=spot(policy, view)),)),
            *_caller(view),
            *called_again(view),
            *progress(view, duty),
        ),
        buttons=_seat_buttons(duty),
        footer=_chase(view, duty),
    )


def _caller(view: CaseView) -> tuple[Element, ...]:
    """Whom to look for, for as long as somebody is asked to come; a poster's page knows nobody."""
    sender = opened(view.sender)
    if sender.caller is not None:
        return (Facts(items=(Fact(label=say("help.card.who"), value=sender.caller),)),)
    return (Paragraph(text=say("help.card.poster")),) if sender.from_page else ()


def _seats_title(key: str, duty: DutyView) -> Phrase:
    needed = duty.ladder.quorum
    taken = len(duty.taken)
    if duty.over:
        return say(f"{key}.over")
    if taken >= needed:
        return say(f"{key}.full", taken=taken, needed=needed)
    return say(key, taken=taken, needed=needed)


def _seat_buttons(duty: DutyView) -> tuple[Button, ...]:
    if duty.over:
        return ()
    full = len(duty.taken) >= duty.ladder.quorum
    over = _over(duty)
    if not duty.taken:
        return _answers(duty)
    here = Button(
        label=say("answer.here"),
        press=Press(verb=Verb.HERE, subject=duty.id),
        style=Style.PRIMARY if full else Style.PLAIN,
    )
    if not full:
        return (*_answers(duty), here, over)
    # Nobody more is needed, but whoever comes may be held up, and must be able to say so.
    return (here, _cannot(duty, say("answer.cannot_after_all")), over)


def _answers(duty: DutyView) -> tuple[Button, ...]:
    """On my way, I take over, cannot. "Seen" is not among them: it closes nothing."""
    coming = [
        Button(
            label=say("answer.coming", minutes=minutes),
            press=Press(verb=Verb.COMING, subject=duty.id, detail=str(minutes)),
            style=Style.PRIMARY,
        )
        for minutes in ARRIVAL_MINUTES
    ]
    return (
        *coming,
        Button(
            label=say("answer.take_over"),
            press=Press(verb=Verb.TAKE_OVER, subject=duty.id),
        ),
        _cannot(duty, say("answer.cannot")),
    )


def _over(duty: DutyView) -> Button:
    press = Press(verb=Verb.OVER, subject=duty.id)
    return Button(label=say("second.over"), press=press, style=Style.QUIET)


def _cannot(duty: DutyView, label: Phrase) -> Button:
    press = Press(verb=Verb.CANNOT, subject=duty.id)
    return Button(label=label, press=press, style=Style.QUIET)


def _chase(view: CaseView, duty: DutyView) -> Phrase | None:
    """What happens if nobody answers, by when, and the rule that protects the reporter."""
    lines = tuple(each for each in (_what_next(view, duty), _no_hunting(view, duty)) if each)
    return Listed(items=lines, joined="lines") if lines else None


def _what_next(view: CaseView, duty: DutyView) -> Phrase | None:
    """Care is one person's: there nobody can be too few, only nobody yet."""
    key = "chase.care" if duty.kind is DutyKind.CARE else "chase"
    if duty.state == "exhausted":
        return say(f"{key}.exhausted")
    if duty.next_at is None or not missing_seats(duty.ladder, [s.seat for s in duty.seats]):
        return None
    when = at(duty.next_at, view.zone)
    if duty.next_roles:
        return say(f"{key}.next", at=when, roles=roles(duty.next_roles))
    asked_desk = any(Role.DESK in rung.roles for rung in duty.rungs)
    return None if asked_desk else say(f"{key}.desk_next", at=when)


def _no_hunting(view: CaseView, duty: DutyView) -> Phrase | None:
    """The rule that protects who reported; not where the card says who it was.

    Of a call for help everybody knows.
    """
    named = duty.kind is DutyKind.CARE and bool(_by_name(view))
    return None if view.report is None or named else say("chase.no_hunting")


def nudge_card(
    policy: Policy,
    view: CaseView,
    duty: DutyView,
    asked: tuple[Role, ...],
    mentions: tuple[str, ...],
) -> Card:
    """The message in the thread when a rung is asked: short, and naming only who still owes.

    A phone opens this message and not the card above it, so a site's can be answered here. Once
    nobody is needed any more it says so, so that no one sets out for nothing.
    """
    missing = missing_seats(duty.ladder, [s.seat for s in duty.seats])
    if duty.over or duty.state == "said_done" or not (missing or duty.kind is DutyKind.TAKE):
        return Card(title=_settled(view, duty, asked))
    return Card(
        title=_nudge_title(policy, view, duty, roles(asked), missing),
        buttons=_answers(duty) if duty.owner is Owner.SITE else (),
        mentions=mentions,
    )


def _settled(view: CaseView, duty: DutyView, asked: tuple[Role, ...]) -> Phrase:
    """Nobody need set out any more; or what the desk owed is done, or no longer owed."""
    if duty.lapsed:
        return say("nudge.lapsed", roles=roles(asked))
    if duty.owner is not Owner.DESK:
        return say("nudge.not_needed", roles=roles(asked))
    what, id = say(f"duty.{duty.kind.value}"), Verbatim(text=view.public_id)
    if duty.state == "done":
        return say("nudge.done", id=id, duty=what)
    return say("nudge.dropped", id=id, duty=what)


def past_card(asked: tuple[Role, ...]) -> Card:
    """What a message says once the same people may be asked anew by a later one."""
    return Card(title=say("nudge.past", roles=roles(asked)))


def direct_card(
    policy: Policy, view: CaseView, duty: DutyView, asked: tuple[Role, ...], person: str
) -> Card:
    """The message to one person directly: the site's card with its answers, or the desk's ask.

    Who answered when, and who is asked next, stands on the channel's card alone: here it would
    be an edit to each person at each step, and a phone that lights up for nothing. That card is
    everybody's and asks whoever is still missing; this one asks nobody who is there already.
    """
    if duty.owner is not Owner.SITE:
        return nudge_card(policy, view, duty, asked, ())
    card = site_card(policy, view, duty.kind)
    body = tuple(each for each in card.body if not isinstance(each, Timeline))
    buttons = _from_there(duty) if not duty.over and _is_there(duty, person) else card.buttons
    return card.model_copy(
        update={"body": body, "buttons": buttons, "footer": _no_hunting(view, duty)}
    )


def _is_there(duty: DutyView, person: str) -> bool:
    seats = [view.seat for view in duty.seats]
    return any((seat.person_id, seat.answer) == (person, AnswerKind.HERE) for seat in seats)


def _from_there(duty: DutyView) -> tuple[Button, ...]:
    """Whoever is there is not on their way there: it is over, or they have to leave."""
    return (_over(duty), _cannot(duty, say("answer.cannot_after_all")))


def _nudge_title(
    policy: Policy, view: CaseView, duty: DutyView, asked: Phrase, missing: int
) -> Phrase:
    if view.report is None and duty.kind is DutyKind.SECOND_PERSON:
        return say(
            "nudge.help" if view.again_at is None else "nudge.help_again",
            roles=asked,
            missing=missing,
            site=spot(policy, view),
        )
    id, place = Verbatim(text=view.public_id), _nudge_place(view)
    if duty.kind is DutyKind.FOLLOW_UP:
        return say("nudge.follow_up", roles=asked, id=id)
    if duty.owner is Owner.DESK and duty.kind is not DutyKind.TAKE:
        return say("nudge.due", roles=asked, duty=say(f"duty.{duty.kind.value}"), id=id)
    if duty.kind is DutyKind.TAKE:
        return say(
            "nudge.take_call" if view.report is None else "nudge.take",
            roles=asked,
            site=place,
            id=id,
        )
    return say(f"nudge.{duty.kind.value}", roles=asked, missing=missing, site=place)


def _nudge_place(view: CaseView) -> Phrase:
    if view.report is not None and not view.report.name_site:
        return view.site.area
    return view.site.name

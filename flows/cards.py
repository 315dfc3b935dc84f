"""The cards of the desk's and the sites' channels, made anew from the case each time.

No card holds a word that a reporter wrote, and none says who reported: the desk reads that
in private, each opening written to the history.
"""

from flows.case_view import CaseView, DutyView, SeatView
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.ladders import AnswerKind, Role, missing_seats
from flows.outcomes import When
from flows.phrases import Listed, Phrase, Verbatim, at, listed, on_day_at, say
from flows.policy import Policy
from flows.presses import Press, Verb
from flows.screens import (
    Bullets,
    Button,
    Card,
    Element,
    Fact,
    Facts,
    Happening,
    Paragraph,
    Style,
    Timeline,
)

ARRIVAL_MINUTES = (2, 5)
"""The choices of "on my way"."""


def desk_card(policy: Policy, view: CaseView) -> Card:
    """What the desk needs without spelling the report out."""
    if view.report is None:
        return _desk_help_card(view)
    take = view.duty(DutyKind.TAKE)
    taken = take is not None and take.over
    return Card(
        title=say("desk.title", id=_id(view), urgency=say(f"urgency.{view.urgency.value}")),
        body=(
            Facts(items=_desk_facts(policy, view)),
            *(_taken_by(take, view.zone) if taken and take else ()),
            Paragraph(text=_still_owed(view)),
            *_self_harm(view),
            *_own_word(view),
            *_unanswered(view),
        ),
        buttons=_desk_buttons(view, taken),
        footer=say("desk.footer"),
    )


def _desk_facts(policy: Policy, view: CaseView) -> tuple[Fact, ...]:
    assert view.report is not None and view.assessment is not None
    chips = listed([say(f"chip.short.{chip.value}") for chip in view.report.chips])
    return (
        Fact(label=say("desk.where"), value=_where(view)),
        Fact(label=say("desk.acts"), value=chips),
        Fact(
            label=say("desk.result"),
            value=say(f"desk.verdict.{view.assessment.verdict.value}"),
        ),
        Fact(
            label=say("desk.reporter"),
            value=say(f"desk.who.{view.report.visibility.value}"),
        ),
    )


def _where(view: CaseView) -> Phrase:
    """Site or area, and the part of the day: as much as the reporter agreed to show."""
    assert view.report is not None
    place = view.site.name if view.report.name_site else view.site.area
    when = view.report.when
    # "Just now" would be wrong an hour later, and wrong again tomorrow.
    moment = say(f"day.{view.day_part.value}") if when is When.NOW else say(f"when.{when.value}")
    return listed([place, moment])


def _taken_by(take: DutyView, zone: str) -> tuple[Element, ...]:
    name = take.done_by
    when = take.ended_at
    if name is None or when is None:
        return ()
    return (Paragraph(text=say("desk.taken_by", name=name, at=on_day_at(when, zone))),)


def _still_owed(view: CaseView) -> Phrase:
    owed = [
        say("desk.owed.one", duty=say(f"duty.{duty.kind.value}"), by=_due(view, duty))
        for duty in view.duties
        if not duty.over
    ]
    if not owed:
        return say("desk.owed.nothing")
    return Listed(items=(say("desk.owed"), *owed[:3], *_more(len(owed) - 3)), joined="lines")


def _more(count: int) -> tuple[Phrase, ...]:
    return (say("desk.owed.more", count=count),) if count > 0 else ()


def _due(view: CaseView, duty: DutyView) -> Phrase:
    """By when; passed over or given up is said as such, never hidden."""
    if duty.state == "exhausted":
        return say("duty.nobody_answered")
    if duty.owner is Owner.SITE and duty.taken:
        return say("duty.answered")
    return on_day_at(duty.due_at, view.zone)


def _self_harm(view: CaseView) -> tuple[Element, ...]:
    return (Paragraph(text=say("desk.self_harm"), strong=True),) if view.self_harm_hint else ()


def _own_word(view: CaseView) -> tuple[Element, ...]:
    """The unnamed reporter's word about care goes to the desk alone, never to the site."""
    if not view.reporter_said_not_yet:
        return ()
    return (Paragraph(text=say("desk.care_not_yet"), strong=True),)


def _unanswered(view: CaseView) -> tuple[Element, ...]:
    """That the reporter wrote, never what."""
    return (Paragraph(text=say("desk.wrote"), strong=True),) if view.desk_owes_reply else ()


def _desk_buttons(view: CaseView, taken: bool) -> tuple[Button, ...]:
    details = Button(label=say("desk.details"), press=Press(verb=Verb.DETAILS, subject=view.id))
    if taken:
        return (details,)
    take = Button(
        label=say("desk.take"),
        press=Press(verb=Verb.TAKE, subject=view.id),
        style=Style.PRIMARY,
    )
    return (take, details)


def _desk_help_card(view: CaseView) -> Card:
    """A call for help that nobody answered: the desk is told."""
    return Card(
        title=say("desk.help.title", id=_id(view)),
        body=(
            Paragraph(text=say("desk.help.text", site=view.site.name), strong=True),
            *_progress(view, view.duty(DutyKind.SECOND_PERSON)),
        ),
    )


def site_card(policy: Policy, view: CaseView, kind: DutyKind) -> Card:
    """A manager's nudge: care first, or not alone. It says what, never who or why."""
    duty = view.duty(kind)
    assert duty is not None
    if view.report is None and kind is DutyKind.SECOND_PERSON:
        return _help_card(policy, view, duty)
    return _care_card(view, duty) if kind is DutyKind.CARE else _second_card(view, duty)


def _care_card(view: CaseView, duty: DutyView) -> Card:
    unnamed = view.report is not None and view.report.unnamed
    if duty.over or duty.state == "said_done":
        return Card(
            title=say("care.title"),
            body=(Paragraph(text=say("care.recorded")), *_progress(view, duty)),
        )
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
            *_progress(view, duty),
        ),
        buttons=(*_answers(duty), _cared(duty)),
        footer=_chase(view, duty),
    )


def _by_name(view: CaseView) -> tuple[Element, ...]:
    """The reporter's name, where they chose to send with it."""
    if not view.reporter_name:
        return ()
    name = say("care.who.typed", name=Verbatim(text=view.reporter_name))
    return (Facts(items=(Fact(label=say("care.who"), value=name),)),)


def _cared(duty: DutyView) -> Button:
    return Button(label=say("care.done"), press=Press(verb=Verb.CARED, subject=duty.id))


def _second_card(view: CaseView, duty: DutyView) -> Card:
    return Card(
        title=_seats_title("second.title", duty),
        body=(
            *(() if duty.over else (Paragraph(text=_second_text(view), strong=True),)),
            *_progress(view, duty),
        ),
        buttons=_seat_buttons(duty),
        footer=None if duty.over else _chase(view, duty),
    )


def _second_text(view: CaseView) -> Phrase:
    return say("second.text", site=view.site.name)


def _help_card(policy: Policy, view: CaseView, duty: DutyView) -> Card:
    if view.mistaken:
        return Card(title=say("help.card.mistake"), body=_progress(view, duty))
    if duty.over:
        return Card(title=say("help.card.over"), body=_progress(view, duty))
    return Card(
        title=_seats_title("help.card.title", duty),
        body=(
            Facts(items=(Fact(label=say("help.card.where"), value=_spot(policy, view)),)),
            Paragraph(text=say("help.card.poster"), strong=False),
            *_progress(view, duty),
        ),
        buttons=_seat_buttons(duty),
        footer=_chase(view, duty),
    )


def _spot(policy: Policy, view: CaseView) -> Phrase:
    location = policy.locations.get(view.site.location)
    spots = location.spots if location else ()
    name = next((spot.name for spot in spots if spot.id == view.spot), None)
    return listed([view.site.name, name]) if name else view.site.name


def _seats_title(key: str, duty: DutyView) -> Phrase:
    needed = duty.ladder.quorum if duty.ladder else 1
    taken = len(duty.taken)
    if duty.over:
        return say(f"{key}.over")
    if taken >= needed:
        return say(f"{key}.full", taken=taken, needed=needed)
    return say(key, taken=taken, needed=needed)


def _seat_buttons(duty: DutyView) -> tuple[Button, ...]:
    if duty.over:
        return ()
    full = duty.ladder is not None and len(duty.taken) >= duty.ladder.quorum
    over = Button(
        label=say("second.over"),
        press=Press(verb=Verb.OVER, subject=duty.id),
        style=Style.QUIET,
    )
    return (over,) if full else (*_answers(duty), *((over,) if duty.taken else ()))


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
        Button(
            label=say("answer.cannot"),
            press=Press(verb=Verb.CANNOT, subject=duty.id),
            style=Style.QUIET,
        ),
    )


def _progress(view: CaseView, duty: DutyView | None) -> tuple[Element, ...]:
    """Who answered what, and when, in order."""
    if duty is None or not duty.seats:
        return ()
    lines = tuple(
        Happening(when=at(seat.seat.at, view.zone), what=seat_line(seat)) for seat in duty.seats
    )
    return (Timeline(items=lines),)


def seat_line(view: SeatView, who: Phrase | None = None) -> Phrase:
    """One answer as a line; `who` stands for the name where a stranger reads it."""
    name = who or view.name
    if view.seat.answer is AnswerKind.COMING and view.seat.minutes is not None:
        return say("seat.coming", who=name, minutes=view.seat.minutes)
    return say(f"seat.{view.seat.answer.value}", who=name)


def _chase(view: CaseView, duty: DutyView) -> Phrase | None:
    """What happens if nobody answers, by when, and the rule that protects the reporter."""
    lines: list[Phrase] = []
    missing = missing_seats(duty.ladder, [s.seat for s in duty.seats]) if duty.ladder else 0
    if duty.state == "exhausted":
        lines.append(say("chase.exhausted"))
    elif missing and duty.next_at is not None:
        when = at(duty.next_at, view.zone)
        if duty.next_roles:
            lines.append(say("chase.next", at=when, roles=roles(duty.next_roles)))
        else:
            lines.append(say("chase.desk_next", at=when))
    if view.report is not None:
        lines.append(say("chase.no_hunting"))
    return Listed(items=tuple(lines), joined="lines") if lines else None


def roles(of: tuple[Role, ...]) -> Phrase:
    """Role names in a row."""
    return listed([say(f"role.{role.value}") for role in of])


def nudge_card(
    view: CaseView, duty: DutyView, asked: tuple[Role, ...], mentions: tuple[str, ...]
) -> Card:
    """The message in the thread when a rung is asked: short, and naming only who still owes."""
    missing = missing_seats(duty.ladder, [s.seat for s in duty.seats]) if duty.ladder else 1
    key = "help" if view.report is None and duty.kind is DutyKind.SECOND_PERSON else duty.kind.value
    return Card(
        title=say(f"nudge.{key}", roles=roles(asked), missing=missing, site=_nudge_place(view)),
        mentions=mentions,
    )


def _nudge_place(view: CaseView) -> Phrase:
    if view.report is not None and not view.report.name_site:
        return view.site.area
    return view.site.name


def _id(view: CaseView) -> Phrase:
    return Verbatim(text=view.public_id)

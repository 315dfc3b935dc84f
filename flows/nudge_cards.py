"""Messages about a duty: beside its card in the channel, and directly to one person."""

from flows.answers import own_answers, seat_buttons
from flows.arrivals import AWAITED, Arrival, arrival, too_few
from flows.card_parts import colleagues_phones, desk_buttons, place, roles, spot, urgent_number
from flows.care_cards import care_answers, care_from_afar
from flows.case_view import CaseView, DutyView
from flows.chase import no_hunting
from flows.commitments import DutyKind
from flows.desk_work import desk_act
from flows.duties import Owner
from flows.ladders import AT_DESK, Role, missing_seats
from flows.phrases import Phrase, Verbatim, dated, say
from flows.policy import Policy
from flows.screens import Button, Card, Element, Fact, Facts, Paragraph
from flows.signs import signs
from flows.site_cards import site_card


def nudge_card(
    policy: Policy,
    view: CaseView,
    duty: DutyView,
    asked: tuple[Role, ...],
    mentions: tuple[str, ...],
) -> Card:
    """The message in the thread when a rung is asked: short, and naming only who still owes.

    A phone opens this message and not the card above it, so a site's can be answered here, and
    the desk's opens the case. Once nobody is needed any more it says so, so that no one sets out
    for nothing.
    """
    missing = missing_seats(duty.ladder, [s.seat for s in duty.seats])
    near = arrival(duty, view.now)
    if not missing and near in AWAITED and duty.kind is DutyKind.SECOND_PERSON and not duty.over:
        # Enough people said that they come, and nobody that they are there, when they should be.
        to = _speaks_to(view, duty, asked)
        first = near is Arrival.OVERDUE
        title = say("nudge.overdue" if first else "nudge.was_there", roles=to)
        return Card(title=title, buttons=seat_buttons(duty, near))
    if duty.over or duty.state == "said_done" or not (missing or duty.kind is DutyKind.TAKE):
        return Card(title=_settled(view, duty, asked))
    return Card(
        title=_nudge_title(policy, view, duty, asked, missing),
        body=(*desk_act(duty), *_about_what(view, duty, asked), *_which_call(view, duty)),
        buttons=_nudge_buttons(view, duty),
        mentions=mentions,
    )


def _about_what(view: CaseView, duty: DutyView, asked: tuple[Role, ...]) -> tuple[Element, ...]:
    """Which answers it is to speak about. What somebody answered is for the desk alone."""
    talk = duty.kind is DutyKind.FOLLOW_UP and AT_DESK.issuperset(asked)
    return signs(view) if talk else ()


def _which_call(view: CaseView, duty: DutyView) -> tuple[Element, ...]:
    """Of two calls at once people know which they answer. Of a report the site has no number."""
    call = view.report is None and duty.owner is Owner.SITE
    number = Fact(label=say("help.card.number"), value=Verbatim(text=view.public_id))
    return (Facts(items=(number,)),) if call else ()


def _nudge_buttons(view: CaseView, duty: DutyView) -> tuple[Button, ...]:
    """What its card has: whoever reads the message on a phone looks for no other."""
    if duty.owner is not Owner.SITE:
        return desk_buttons(view)
    if duty.kind is DutyKind.CARE:
        return care_answers(view, duty)
    return seat_buttons(duty, Arrival.NOBODY)


def _settled(view: CaseView, duty: DutyView, asked: tuple[Role, ...]) -> Phrase:
    """Nobody need set out any more; or what the desk owed is done, or no longer owed."""
    if duty.lapsed:
        return say("nudge.lapsed", roles=roles(asked))
    if duty.owner is not Owner.DESK:
        # After a report was taken back nobody knows whether there is still a need to come.
        ended = duty.dropped and view.report is not None
        to = _speaks_to(view, duty, asked)
        return say("nudge.ended" if ended else "nudge.not_needed", roles=to)
    which = _which(view, duty)
    if duty.state in ("done", "said_done", "unconfirmed"):  # care was given, whoever confirms it
        return say("nudge.done", **which)
    return say("nudge.again" if view.asked_again(duty) else "nudge.dropped", **which)


def _which(view: CaseView, duty: DutyView) -> dict[str, Phrase | int]:
    return {"id": Verbatim(text=view.public_id), "duty": say(f"duty.{duty.kind.value}")}


def _speaks_to(view: CaseView, duty: DutyView, asked: tuple[Role, ...]) -> Phrase:
    """Whom a message names that anybody at the site may read.

    Never the desk where the site may not know who reported: of a report that was taken back
    nobody there is asked, and one that is reads alike.
    """
    if not _desk_unnamed(view, duty):
        return roles(asked)
    here = tuple(role for role in asked if role not in AT_DESK)
    return roles(here) if here else say("role.all_here")


def _desk_unnamed(view: CaseView, duty: DutyView) -> bool:
    return view.hidden_from_site and duty.owner is Owner.SITE


def past_card(view: CaseView, duty: DutyView, asked: tuple[Role, ...], *, direct: bool) -> Card:
    """What a message says once the same people may be asked anew by a later one.

    Whoever reads it walks away from what has ended, and from nothing that has not, nor from what a
    later one of its kind asks for: the desk reads so. Whether anybody else is asked by that one is
    not known.
    """
    own = direct and AT_DESK.issuperset(asked)
    to = roles(asked) if own else _speaks_to(view, duty, asked)
    again = view.asked_again(duty)
    if again and duty.owner is Owner.DESK and (own or not direct):
        return Card(title=say("nudge.again", **_which(view, duty)))
    return Card(title=say("nudge.ended" if duty.over and not again else "nudge.past", roles=to))


def direct_card(
    policy: Policy,
    view: CaseView,
    duty: DutyView,
    asked: tuple[Role, ...],
    person: str,
    *,
    shut: bool = False,
) -> Card:
    """The message to one person directly: the site's card with its answers, or the desk's ask.

    Who is asked next, and when, stands on the channel's card alone: here it would be an edit to
    each person at each step. That card is everybody's and asks whoever is still missing; this one
    says who answered what, and offers what is left to say for its one reader. `shut`: the channel
    of the desk takes nothing.
    """
    if duty.owner is not Owner.SITE:
        # The desk's presses count in its channel alone.
        here = nudge_card(policy, view, duty, asked, ())
        where = _where_it_goes_on(view, duty, asked, shut=shut) if here.buttons else ()
        here = here.model_copy(update={"body": (*here.body, *where), "buttons": ()})
        return _from_outside(view, duty, asked) or here
    if duty.kind is DutyKind.CARE and AT_DESK.issuperset(asked):
        return care_from_afar(view, duty, person)
    card = site_card(policy, view, duty.kind)
    buttons = card.buttons
    if duty.kind is DutyKind.SECOND_PERSON and buttons:
        buttons = own_answers(duty, arrival(duty, view.now), person)
    return card.model_copy(update={"buttons": buttons, "footer": no_hunting(view, duty)})


def _where_it_goes_on(
    view: CaseView, duty: DutyView, asked: tuple[Role, ...], *, shut: bool
) -> tuple[Element, ...]:
    """The desk goes on in its channel. Who reads none of it reaches whoever was asked before.

    Only those: a case with another desk has its own people. Nobody is sent to a card that stands
    nowhere, or in a channel that takes nothing.
    """
    if view.nowhere:
        return (Paragraph(text=say("nudge.nowhere")),)
    if AT_DESK.issuperset(asked):
        return (Paragraph(text=say("nudge.shut" if shut else "nudge.in_channel")),)
    numbers = colleagues_phones(duty, but=asked)
    if shut:
        return (Paragraph(text=say("nudge.reach_them.shut")), *numbers)
    reach = say("nudge.reach_them.phone" if numbers else "nudge.reach_them")
    return (Paragraph(text=reach), *numbers)


def _from_outside(view: CaseView, duty: DutyView, asked: tuple[Role, ...]) -> Card | None:
    """What somebody outside the desk reads once it is over: never whether it was done.

    They may read the site's channel, too, where nobody may notice that a report was taken back.
    """
    outside = view.hidden_from_site and not AT_DESK.issuperset(asked)
    return past_card(view, duty, asked, direct=True) if outside and duty.over else None


def _nudge_title(
    policy: Policy, view: CaseView, duty: DutyView, of: tuple[Role, ...], missing: int
) -> Phrase:
    asked = _speaks_to(view, duty, of)
    if view.report is None and duty.kind is DutyKind.SECOND_PERSON:
        return say(
            "nudge.help" if view.again_at is None else "nudge.help_again",
            roles=asked,
            missing=missing,
            site=spot(policy, view),
        )
    id, site = urgent_number(view), place(view)
    if (alone := _alone_key(view, duty, of)) is not None:
        return say(alone, roles=asked, site=site, id=id)
    if duty.kind is DutyKind.FOLLOW_UP:
        return say("nudge.follow_up", roles=asked, id=id)
    if duty.kind is DutyKind.REPLY and view.now < duty.due_at:
        by = dated(duty.due_at, view.zone)
        return say("nudge.reply", roles=asked, id=id, by=by)
    if duty.owner is Owner.DESK and duty.kind is not DutyKind.TAKE:
        return say("nudge.due", roles=asked, duty=say(f"duty.{duty.kind.value}"), id=id)
    if duty.kind is DutyKind.TAKE:
        return say(_take_key(view, duty, of), roles=asked, site=site, id=id)
    desk_asked = AT_DESK.issuperset(of)
    if duty.kind is DutyKind.CARE and desk_asked and not _desk_unnamed(view, duty):
        return say("nudge.care_desk", site=site)
    if duty.kind is DutyKind.CARE and (duty.anew or desk_asked):
        return say("nudge.care_again", roles=asked, site=site)
    return say(f"nudge.{duty.kind.value}", roles=asked, missing=missing, site=site)


def _alone_key(view: CaseView, duty: DutyView, of: tuple[Role, ...]) -> str | None:
    """The desk is asked about a report that goes on: first that nobody comes, or too few.

    The desk alone: it changes as the reporter says that it is over, which the site may not notice.
    """
    alone = too_few(view) if AT_DESK.issuperset(of) else None
    if alone is None or duty.kind not in (DutyKind.TAKE, DutyKind.FOLLOW_UP):
        return None
    few = bool(alone.taken)
    if duty.kind is DutyKind.TAKE:
        return "nudge.take.few" if few else "nudge.take.nobody"
    return "nudge.follow_up.few" if few else "nudge.follow_up.nobody"


def _take_key(view: CaseView, take: DutyView, of: tuple[Role, ...]) -> str:
    """The desk takes a report, or takes it over from whoever left; or looks after a call, or after
    care that nobody gave after one. Who is asked outside the desk can only see to it that it does.
    """
    if view.report is not None:
        if not AT_DESK.issuperset(of):
            return "nudge.take.outside"
        return "nudge.take_over" if take.left else "nudge.take"
    care = view.duty(DutyKind.CARE)
    nobody = care is not None and care.state == "exhausted"
    return "nudge.take_care" if nobody else "nudge.take_call"

"""The foot of a site's card: what happens if nobody answers, and what protects the reporter."""

from flows.card_parts import roles
from flows.case_view import CaseView, DutyView, opened
from flows.commitments import DutyKind
from flows.ladders import AT_DESK, Role, missing_seats
from flows.phrases import Listed, Phrase, at, dated, say


def chase(view: CaseView, duty: DutyView) -> Phrase | None:
    """What happens if nobody answers, by when, and the rule that protects the reporter."""
    lines = tuple(each for each in (_what_next(view, duty), no_hunting(view, duty)) if each)
    return Listed(items=lines, joined="lines") if lines else None


def _what_next(view: CaseView, duty: DutyView) -> Phrase | None:
    """Care is one person's: there nobody can be too few, only nobody yet.

    Once the desk was asked for it, it says so: nobody at the site waits for the desk to be told.
    Not where the site may not know who reported: whether the desk is told depends on whether the
    report was taken back, so there the desk is never spoken of.
    """
    care = duty.kind is DutyKind.CARE
    key = "chase.care" if care else "chase"
    if duty.state == "exhausted":
        return say(f"{key}.needed" if view.hidden_from_site else f"{key}.exhausted")
    if duty.next_at is None or not missing_seats(duty.ladder, [s.seat for s in duty.seats]):
        until = duty.asked_anew_after(view.now) if care and duty.state == "answered" else None
        return say("chase.care.anew", at=dated(until, view.zone)) if until else None
    # In danger it is minutes away, whatever the hour; else the night or a holiday may lie between.
    minutes = duty.kind is DutyKind.SECOND_PERSON
    when = at(duty.next_at, view.zone) if minutes else dated(duty.next_at, view.zone)
    unspoken = AT_DESK if view.hidden_from_site else frozenset[Role]()
    following = tuple(role for role in duty.next_roles if role not in unspoken)
    if following:
        return say(f"{key}.next", at=when, roles=roles(following))
    if view.hidden_from_site:
        return say(f"{key}.needed")
    asked_desk = any(Role.DESK in rung.roles for rung in duty.rungs)
    told = view.report is None and not care and view.delivered_at is not None
    if not (asked_desk or told):
        return say(f"{key}.desk_next", at=when)
    return say("chase.care.exhausted") if care else None


def no_hunting(view: CaseView, duty: DutyView) -> Phrase | None:
    """The rule that protects who reported; not where the card says who it was.

    Of a call for help everybody knows.
    """
    named = duty.kind is DutyKind.CARE and bool(opened(view.sender).reporter_name)
    return None if view.report is None or named else say("chase.no_hunting")

"""What each message about a case says now: cards, and what is said about a duty."""

from bot.case_work import CardKind, Work, beside
from bot.exclusions import exclusion_of
from bot.heard import speaks_for, who_read
from bot.list_deliveries import Present
from bot.rights import Reader
from bot.rows import ENDED, asks_for, seat_of
from bot.views import reached
from bot.whole_case import WholeCase
from bot.work_records import CardRow, CardState, Duty, NudgeRow, NudgeState
from flows.burst_cards import reminder_card
from flows.cards import desk_card
from flows.case_view import CaseView
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.ladders import AnswerKind, Role
from flows.nudge_cards import direct_card, nudge_card, past_card
from flows.screens import Card
from flows.site_cards import site_card


def reader_of(row: CardRow) -> Reader:
    """What of a case is opened to draw this card."""
    return Reader.DESK_CARD if row.kind == CardKind.DESK else Reader.SITE_MESSAGE


def message_reader_of(duty: Duty) -> Reader:
    """What of a case is opened to write about this duty. The desk's duties are named, no more;
    of a talk it is said which answers it is about."""
    if duty.kind == DutyKind.FOLLOW_UP:
        return Reader.DESK_TALK
    return Reader.SITE_MESSAGE if duty.owner == Owner.SITE else Reader.CONTENT


def card_of(work: Work, row: CardRow, view: CaseView, whole: WholeCase) -> Card:
    """A case's card in one channel."""
    if row.kind == CardKind.DESK:
        card = desk_card(work.policy, view)
    else:
        card = site_card(work.policy, view, DutyKind(row.kind))
    if row.ref is not None:
        return card
    # The first message is the first rung of what it stands for: it alerts whom that asks.
    mentions = who_read(work, _asked_by(row, whole), row.address)
    return card.model_copy(update={"mentions": mentions})


def _asked_by(row: CardRow, whole: WholeCase) -> tuple[str, ...]:
    people = [
        person
        for duty in whole.duties
        if asks_for(row, duty) and duty.state not in ENDED
        for nudge in whole.nudges.get(duty.id, ())
        if nudge.state is NudgeState.BY_CARD
        for person in nudge.people
    ]
    return tuple(dict.fromkeys(people))


def is_past(work: Work, nudge: NudgeRow, duty: Duty, whole: WholeCase) -> bool:
    """Whether a message that stands there was overtaken: by a later message that has reached the
    same person, or by a later climb of the ladder.

    Whoever has said that they come is not asked by that: the message of their own stays theirs,
    also once their answer has run out, until the next one is there.
    """
    if nudge.ref is None:
        return False
    if any(overtakes(row, nudge) for row in whole.nudges.get(duty.id, ())):
        return True
    return nudge.climb != duty.climb and not _comes(work, nudge, duty, whole)


def _comes(work: Work, nudge: NudgeRow, duty: Duty, whole: WholeCase) -> bool:
    """Whether it is the own message of somebody who comes, is there, or fell silent since."""
    if not nudge.direct:
        return False
    answers = [seat_of(row, work.directory) for row in whole.seats.get(duty.id, ())]
    reader = work.directory.id_now(nudge.people[0])
    return any(
        each.person_id == reader and each.answer is not AnswerKind.CANNOT for each in answers
    )


def overtakes(later: NudgeRow, nudge: NudgeRow) -> bool:
    """Whether one person reads a later message in place of this one."""
    return nudge.direct and later.ref is not None and speaks_for(later, nudge)


def message_of(
    work: Work,
    nudge: NudgeRow,
    duty: Duty,
    view: CaseView,
    whole: WholeCase,
    listed: Present | None = None,
) -> Card:
    """A message about a duty, in the thread or to one person: there, as its channel speaks."""
    card = _message(work, nudge, duty, view, whole, listed)
    channel = beside(whole.cards, duty.id)
    if not nudge.direct or channel is None:
        return card
    return card.model_copy(update={"language": work.company.language_of(channel.address)})


def _message(
    work: Work,
    nudge: NudgeRow,
    duty: Duty,
    view: CaseView,
    whole: WholeCase,
    listed: Present | None,
) -> Card:
    """What it says.

    Only those of the present climb say "please come": of a later one nobody is sure any more
    whom the earlier asked. `listed`: the running list about which it asks as a whole.
    """
    asked, out = _asked_with(whole, nudge), exclusion_of(whole.content)
    cards, rows = whole.cards, whole.nudges.get(duty.id, ())
    told = [role for row in asked for role in reached(work, out, row, rows, cards)]
    roles = tuple(dict.fromkeys(told or [role for row in asked for role in out.asked_by(row)]))
    people = tuple(dict.fromkeys(person for row in asked for person in row.people))
    if (channel := beside(cards, duty.id)) is not None and not nudge.direct:
        people = who_read(work, people, channel.address)
    seen = next(each for each in view.duties if each.id == duty.id)
    if is_past(work, nudge, duty, whole):
        return past_card(view, seen, roles, direct=nudge.direct)
    if listed is not None and listed.views:
        return _about_list(listed, duty, roles, () if nudge.direct else people, nudge)
    if nudge.direct:
        person = work.directory.id_now(nudge.people[0])
        shut = channel is not None and channel.state is CardState.FAILED
        return direct_card(work.policy, view, seen, roles, person, shut=shut)
    return nudge_card(work.policy, view, seen, roles, people)


def _about_list(
    present: Present, duty: Duty, roles: tuple[Role, ...], people: tuple[str, ...], nudge: NudgeRow
) -> Card:
    """Where the list stands its next cases can be asked for; elsewhere it is named only."""
    opens = not nudge.direct and any(row.ref is None for row in present.named)
    return reminder_card(present.as_list, DutyKind(duty.kind), roles, people, opens=opens)


_UNSPOKEN = (NudgeState.OWED, NudgeState.MERGED)
"""Nothing was posted for these: a later rung's message in the channel speaks for them."""


def _asked_with(whole: WholeCase, nudge: NudgeRow) -> tuple[NudgeRow, ...]:
    """The rungs that this message speaks for, its own last: whom they asked, and in which roles.

    Also those that are owed still, and only wait: once this message is out, none of theirs
    follows. An edit that named them would ring nobody's phone.
    """
    if nudge.direct:
        return (nudge,)
    mine = (nudge.climb, nudge.step)
    rows = [row for row in whole.nudges.get(nudge.duty_id, ()) if not row.direct]
    earlier = [row for row in rows if (row.climb, row.step) < mine]
    spoken = max(((row.climb, row.step) for row in earlier if row.ref is not None), default=(0, -1))
    unspoken = [row for row in earlier if row.state in _UNSPOKEN]
    return (*(row for row in unspoken if (row.climb, row.step) > spoken), nudge)

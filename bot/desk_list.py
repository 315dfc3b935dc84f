"""The desk's list of open cases, for one person of the desk at one moment."""

from dataclasses import dataclass

from bot.case_work import CardKind, Work
from bot.company import Person
from bot.crowds import crowd_of
from bot.exclusions import desk_of, exclusion_of, keeps_out
from bot.ports import Transaction
from bot.rights import OPENS, Reader
from bot.views import view_of
from bot.whole_case import WholeCase
from flows.desk_list import DeskLine, desk_line, stands_with_desk, urgency_of

MOST_READ = 100
"""So many are read of each kind, the most urgent first; a list of more helps nobody."""
MOST_SHOWN = 15


@dataclass(frozen=True)
class DeskList:
    """The most pressing cases, and how many more there are."""

    lines: tuple[DeskLine, ...]
    more: int


async def list_for_desk(work: Work, person: Person) -> DeskList:
    """What this person of the desk may see of the cases that need it, most pressing first.

    Whoever a case keeps out, and whoever sent it, sees nothing of it: not even in the count.
    """
    opens = OPENS[Reader.DESK_LIST]
    async with work.storage.read() as tx:
        ids = await _ids(work, tx, person)
        read = [whole for id in ids if (whole := await tx.cases.whole(id, opens)) is not None]
        mine = [whole for whole in read if _may_see(work, whole, person)]
        seen = [view_of(await crowd_of(work, tx, whole), whole) for whole in mine]
    views = sorted((view for view in seen if stands_with_desk(view)), key=urgency_of)
    lines = tuple(desk_line(view) for view in views[:MOST_SHOWN])
    return DeskList(lines, len(views) - len(lines))


async def _ids(work: Work, tx: Transaction, person: Person) -> tuple[str, ...]:
    """Whom to speak with though they took it back, as their cards say; then the most urgent cases
    whose card is at this person's desk, then the most urgent of all.

    One desk's cases never hide another's. Whose card stands elsewhere, as when the desk moved
    to another channel, is found among all.
    """
    members = work.directory.members
    found = list(await tx.cases.taken_back_at(CardKind.DESK, MOST_READ))
    for desk in work.company.desk_channels:
        if any(each.id == person.id for each in members(desk)):
            found += await tx.cases.to_do_at(CardKind.DESK, MOST_READ, desk)
    return tuple(dict.fromkeys([*found, *await tx.cases.to_do_at(CardKind.DESK, MOST_READ)]))


def _may_see(work: Work, whole: WholeCase, person: Person) -> bool:
    """Whether a case is at this person's desk, and keeps them not out."""
    body = whole.content
    desk = desk_of(work, exclusion_of(body, whole.cards))
    if desk is None or keeps_out(work, body, person):
        return False
    return any(each.id == person.id for each in work.directory.members(desk))

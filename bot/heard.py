"""Who hears of a message: those who read the channel it stands in, and whom it goes to directly."""

from collections.abc import Sequence

from bot.case_work import Work, direct_address
from bot.work_records import NudgeRow, NudgeState


def who_read(work: Work, people: Sequence[str], address: str) -> tuple[str, ...]:
    """Those of them who read a channel: a name in it calls nobody else, who could not press there.

    The others get messages of their own.
    """
    readers = {person.id for person in work.directory.members(address)}
    return tuple(person for person in people if work.directory.id_now(person) in readers)


def is_heard(work: Work, asked: Sequence[str], address: str) -> bool:
    """Whether anybody who is asked can hear of it: in messages of their own, or in the channel."""
    own = any(direct_address(work, id, address) is not None for id in asked)
    return own or bool(_who_hear(work, asked, address))


def _who_hear(work: Work, asked: Sequence[str], address: str) -> tuple[str, ...]:
    """Whoever has no account on a channel's platform reads no channel there either. Where a roster
    names nobody's account, those of the channel are in it all the same."""
    there = who_read(work, asked, address)
    able = tuple(id for id in there if direct_address(work, id, address) is not None)
    members = work.directory.members(address)
    named = any(direct_address(work, each.id, address) is not None for each in members)
    return able if named else there


def speaks_for(later: NudgeRow, row: NudgeRow) -> bool:
    """Whether the same reader has a later message about a duty in place of this one."""
    same = later.direct == row.direct and (not row.direct or later.people == row.people)
    return same and (later.climb, later.step) > (row.climb, row.step)


def of_rung(row: NudgeRow, rows: Sequence[NudgeRow]) -> list[NudgeRow]:
    """The messages of one rung, as it was asked in one climb: to the channel, and directly."""
    return [each for each in rows if (each.climb, each.step) == (row.climb, row.step)]


def may_tell(work: Work, row: NudgeRow, rows: Sequence[NudgeRow], address: str) -> bool:
    """Whether a message, once it is there, tells anybody whom it asks.

    One in a channel that none of them reads does not: the desk is asked for a site's care beside
    the site's card, and hears of it in messages of its own alone. Who left the company since and
    had none of their own read the channel; and before it is known who works here, or where the
    channel is none of the company's any more, nobody can say that nobody did.
    """
    channels = (*work.company.desk_channels, *(site.channel for site in work.company.sites))
    if row.direct or not work.directory.known or address not in channels:
        return True
    if _who_hear(work, row.people, address):
        return True
    own = {id for each in of_rung(row, rows) if each.direct for id in each.people}
    return any(work.directory.person(id) is None for id in row.people if id not in own)


def unheard(work: Work, row: NudgeRow, rows: Sequence[NudgeRow], address: str) -> set[str]:
    """Whom a rung asks in vain: no platform took their own message, and they read no other."""
    mine = of_rung(row, rows)
    lost = {id for each in mine if each.direct and _failed(each) for id in each.people}
    shown = any(not (each.direct or _failed(each)) for each in mine)
    return lost - set(_who_hear(work, row.people, address) if shown else ())


def _failed(row: NudgeRow) -> bool:
    return row.state is NudgeState.FAILED

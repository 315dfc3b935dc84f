"""One file before the eyes of one person of the desk, by a link that is good once.

The right is looked up when the link is made and again whenever it is used: still at the desk,
by the company's list and by the channel's own members, and not kept out of the case.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.bodies import KeptFile
from bot.case_records import CaseState
from bot.case_work import Work, report_of
from bot.company import Person
from bot.deliveries import Messengers
from bot.evidence import Evidence
from bot.exclusions import keeps_out
from bot.links import Errand, For, new_link, use_link
from bot.messengers import KnowsMembers
from bot.ports import Transaction
from bot.pressed import UNKNOWN, Pressed
from bot.rights import Reader
from flows.phrases import say

OUR_OWN = "web"
"""The demo's platform, which has no members but the company's list."""


@dataclass(frozen=True)
class SeenFile:
    """A file that somebody may see now."""

    errand: Errand
    public_id: str
    file: KeptFile


async def link_to_file(
    work: Work, tx: Transaction, case_id: str, number: str, person: Person, address: str
) -> Pressed:
    """A link to one file, for one person of the desk who may see the case now."""
    body = await report_of(tx, case_id)
    if body is None or not number.isdigit() or int(number) >= len(body.files):
        return UNKNOWN
    desk = work.company.desk_channels.index(address)
    errand = Errand(For.SEE, case_id, int(number), person.id, desk)
    return Pressed(say("file.link"), True, await new_link(work, tx, errand))


class DeskFiles:
    """Opens files for the desk."""

    def __init__(self, work: Work, evidence: Evidence, messengers: Messengers) -> None:
        self._work = work
        self._evidence = evidence
        self._messengers = messengers

    async def open(self, token: str) -> SeenFile | None:
        """The file behind a link; the opening is written to the case's history."""
        async with self._work.storage.write() as tx:
            errand = await use_link(self._work, tx, For.SEE, token)
        return None if errand is None else await self.look(errand, "file_opened")

    async def look(self, errand: Errand, fact: str) -> SeenFile | None:
        """The file of an errand, for whoever still may see it; `fact` goes into the history."""
        work = self._work
        person = await self._at_the_desk(errand)
        if person is None or errand.purpose is not For.SEE:
            return None
        async with work.storage.write() as tx:
            case = await tx.cases.lock(errand.case_id)
            body = await report_of(tx, errand.case_id, Reader.DESK_GATE)
            if case is None or body is None or keeps_out(work, body, person):
                return None
            if case.state is CaseState.KEPT:  # it has not left for the desk
                return None
            if errand.file >= len(body.files):
                return None
            detail = {"person": person.id, "file": str(errand.file + 1)}
            await tx.history.append(case.id, work.clock.now(), "desk", fact, detail)
        return SeenFile(errand, case.public_id, body.files[errand.file])

    async def _at_the_desk(self, errand: Errand) -> Person | None:
        """The person, if they read that desk's channel now. Nobody, where nobody can tell."""
        work, desks = self._work, self._work.company.desk_channels
        if errand.desk >= len(desks):
            return None
        address = desks[errand.desk]
        person = work.directory.reader(address, errand.person_id)
        platform, _, channel = address.partition(":")
        messenger = self._messengers.get(platform)
        if person is None or platform == OUR_OWN or not isinstance(messenger, KnowsMembers):
            return person
        accounts = await messenger.members(channel)
        present = (work.directory.by_account(platform, account) for account in accounts or ())
        return person if any(each is person for each in present) else None

    async def picture(self, seen: SeenFile) -> bytes | None:
        """What may be looked at."""
        return await self._evidence.shown(seen.errand.case_id, seen.file)

    def original(self, seen: SeenFile) -> AsyncIterator[bytes]:
        """The file as it came."""
        return self._evidence.original(seen.errand.case_id, seen.file)

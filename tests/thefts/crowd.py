"""Who reports in the thefts, how, and what each of them would lose."""

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from aiohttp.test_utils import TestServer

from bot.wiring import Service
from bot.worker import run_one_due
from flows.outcomes import Visibility
from tests.adapters.slack.office import TEAM, Office, an_office, said
from tests.adapters.slack.walks import answers_the_checklist, chooses_the_site, receipt_of
from tests.adapters.teams.conftest import a_connector
from tests.adapters.teams.play import joined
from tests.adapters.teams.walks import receipt_on, reports
from tests.fake_slack import Person as SlackPerson
from tests.fake_slack import User
from tests.fake_teams.client import Teams
from tests.fake_teams.connector import running
from tests.support.browser_free import Person as WebPerson
from tests.support.pictures import pdf, photo

KNOWN_IDS, KNOWN_IN_TEAMS = 5_000, 1_000
"""People of the workspace, and of the tenant, whose accounts a thief knows."""
BATCH = 250
"""So many report before time passes: a burst, and then another."""
APART_SECONDS = 20
"""Between two reports: Slack takes only so many calls a minute."""
MOST_STEPS = 200_000


@dataclass(frozen=True)
class Victim:
    """One report, as its sender knows it."""

    number: int
    platform: str
    kind: str
    """"only" (only I come back), "write" (the bot may write to me), or "named"."""
    account: str
    """Their account in Slack or Teams; empty on the web, which knows nobody."""

    @property
    def words(self) -> str:
        """Words that stand nowhere else."""
        return f"canary-words-{self.number:05d}-ほげ"

    @property
    def has_files(self) -> bool:
        """A few on the web add a photo and a PDF: to look through files takes long."""
        return self.number % 150 == 1

    @property
    def file(self) -> bytes:
        """What stands in their files: in the PDF, and beside the pixels of the photo."""
        return f"canary-file-{self.number:05d}".encode()

    @property
    def file_name(self) -> str:
        """What their files are called on their phone."""
        return f"canary-called-{self.number:05d}.jpg"

    @property
    def name(self) -> str:
        """The name they type, where they give one."""
        return f"canary-name-{self.number:05d}"


@dataclass
class Town:
    """The office with everybody in it, and everything that was sent."""

    office: Office
    teams: Teams
    web: str
    folder: Path
    database: str
    victims: list[Victim] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)

    @property
    def service(self) -> Service:
        return self.office.service

    @property
    def ids(self) -> list[str]:
        """Every account that a thief knows."""
        in_teams = [entra_id(number) for number in range(KNOWN_IN_TEAMS)]
        return [*(account(number) for number in range(KNOWN_IDS)), *in_teams]

    def of(self, *kinds: str) -> list[Victim]:
        """Those who reported in one of these ways."""
        return [victim for victim in self.victims if victim.kind in kinds]


def account(number: int) -> str:
    """The account of one employee."""
    return f"U0E{number:06d}"


def entra_id(number: int) -> str:
    """The account of one employee in Teams."""
    return f"00000000-0000-0000-0001-{number:012d}"


@asynccontextmanager
async def a_town(folder: Path, database: str | None = None) -> AsyncIterator[Town]:
    """An office with five thousand employees, and Teams and the web page beside it."""
    async with AsyncExitStack() as stack:
        office = await stack.enter_async_context(an_office(folder, database=database))
        for number in range(KNOWN_IDS):
            office.slack.space.add_user(
                User(account(number), f"Staff{number}", TEAM, locale="en-US")
            )
        connector = a_connector(office.clock)
        for number in range(KNOWN_IN_TEAMS):
            connector.tenant.user(entra_id(number), f"Staff{number}", locale="en-US")
        await stack.enter_async_context(running(connector))
        work = office.service.work
        teams, site = await stack.enter_async_context(joined(work, connector))
        office.beside["teams"] = site.messenger
        server = TestServer(office.service.app)
        await server.start_server()
        stack.push_async_callback(server.close)
        url = str(server.make_url("")).rstrip("/")
        yield Town(office, teams, url, folder, database or f"sqlite:///{folder / 'mamori.db'}")


async def fill(town: Town, unnamed: int, named: int) -> None:
    """So many reports of each kind, through every adapter in turn."""
    for victim in _victims(unnamed, named):
        receipt = await _BY[victim.platform](town, victim)
        town.office.clock.passes(seconds=APART_SECONDS)
        town.victims.append(victim)
        town.receipts.append(receipt)
        if len(town.victims) % BATCH == 0:
            await _later(town)
    await _later(town)


def _victims(unnamed: int, named: int) -> Iterable[Victim]:
    # Every seventh account, so that those who report are no row of neighbours.
    for number in range(unnamed + named):
        platform = ("slack", "web", "teams")[number % 3]
        unnamed_kind = "write" if platform != "web" and number % 5 == 0 else "only"
        kind = unnamed_kind if number < unnamed else "named"
        yield Victim(number, platform, kind, _account_of(platform, number))


def _account_of(platform: str, number: int) -> str:
    if platform == "web":
        return ""
    if platform == "teams":
        return entra_id(number * 7 % KNOWN_IN_TEAMS)
    return account(number * 7 % KNOWN_IDS)


async def _later(town: Town) -> None:
    """The desk and the sites get what is due; the random wait of the unnamed passes."""
    office = town.office
    office.clock.passes(minutes=95)
    for _ in range(MOST_STEPS):
        await office.site.watch.check()
        if await run_one_due(office.service.work, {"slack": office.site.messenger}):
            continue
        async with office.service.work.storage.read() as tx:
            due = await tx.jobs.next_due()
        if due is None or due > office.clock.now() + timedelta(seconds=10):
            return
        office.clock.present = max(due, office.clock.present + timedelta(seconds=1))
    raise AssertionError("the same rows come back for ever")


async def _by_slack(town: Town, victim: Victim) -> str:
    person = SlackPerson(town.office.slack, victim.account)
    await person.commands("/mamori")
    await answers_the_checklist(person, "en")
    await person.taps(said("en", "result.send"))
    await chooses_the_site(person, "en")
    if victim.kind == "named":
        await person.picks(said("en", "who.n"))
    await person.picks(said("en", "who.site.y"))
    await person.submits()
    if victim.kind == "write":
        await person.picks(said("en", "back.w"))
    if victim.kind == "named":
        person.types(said("en", "review.name"), victim.name)
    person.types(said("en", "review.words"), victim.words)
    await person.submits()
    receipt = receipt_of(person)
    person.closes()
    return "".join(receipt.split())


async def _by_teams(town: Town, victim: Victim) -> str:
    visibility = Visibility.NAMED if victim.kind == "named" else Visibility.UNNAMED
    back = "back.w" if victim.kind == "write" else ""
    person = town.teams.person(victim.account)
    dialog = await reports(
        person, "en", victim.words, visibility, victim.name, now="safe.v", back=back
    )
    return receipt_on(dialog)


async def _by_web(town: Town, victim: Victim) -> str:
    index, company = town.service.work.index, town.service.work.company
    site = company.sites[0]
    link = f"/s/{index.site_token(site.id, site.link_version)}"
    named = victim.kind == "named"
    async with WebPerson(town.web, "en") as person:
        await person.opens(link)
        await person.presses_button(value="check")
        await person.presses_button(value="v")
        await person.presses_button(value="next", change={"g.acts": "c"})
        await person.presses_button(value="next", change={"g.effects": "f"})
        await _to_the_result(person)
        await person.presses_button(value="send")
        who = {"g.visibility": "n" if named else "u", "g.site_may_know": "y"}
        await person.presses_button(value="next", change=who)
        typed: dict[str, str | list[str]] = {"t.words": victim.words}
        if named:
            typed["t.name"] = victim.name
        await person.presses_button(value="send", change=typed)
        found = re.search(r"(?:\d{5}[ -]?){4}\d{5}", person.page.text)
        assert found, person.page.text
        if victim.has_files:
            await person.presses_button(text=said("en", "file.add"))
            files = photo(mark=victim.file), pdf(victim.file)
            page = await person.adds(*files, name=victim.file_name)
            assert said("en", "file.page.held", count=2) in page.text
        return re.sub(r"\D", "", found[0])


async def _to_the_result(person: WebPerson) -> None:
    for _ in range(5):
        values = [button.get("value", "") for button in person.page.buttons]
        if "send" in values:
            return
        await person.presses_button(value=next(v for v in ("q", "r", "c") if v in values))
    raise AssertionError(person.page.text)


_BY = {"slack": _by_slack, "web": _by_web, "teams": _by_teams}

"""People who call and report through the real pages, whatever happens to the processes."""

import asyncio
import random
import re
from dataclasses import dataclass, field
from typing import Self

from aiohttp import ClientError, ClientSession, ClientTimeout, CookieJar
from yarl import URL

from bot.keys import IndexKey
from tests.support.browser_free import Page, Person

INDEX = IndexKey(b"\x22" * 32)
THINKS_SECONDS = 0.2
"""At most, before each press: many people at once, but not a machine that does nothing else."""
WAIT_SECONDS = 0.3
PATIENCE_SECONDS = 180.0
"""A reporter who cannot get through for this long is a failure of the service."""


@dataclass(frozen=True)
class Acknowledged:
    """What a page called received."""

    public_id: str
    receipt: str
    """Empty for a call for help."""
    site: str
    site_may_know: bool


@dataclass
class Ledger:
    """What the service promised, and what people saw that they never should."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    tries: int = 0
    """Requests that a kill answered with nothing, and that were sent again."""


class Reporter(Person):
    """Somebody whose browser tries again."""

    def __init__(self, base: str, ledger: Ledger, chance: random.Random) -> None:
        super().__init__(base, "en")
        self._ledger = ledger
        self._chance = chance

    async def __aenter__(self) -> Self:
        # Outside the demo the cookie is for HTTPS; a company's balancer is left out here.
        jar = CookieJar(unsafe=True, treat_as_secure_origin=[URL(self._base)])
        self._session = ClientSession(
            cookie_jar=jar,
            headers={"Accept-Language": self._language},
            timeout=ClientTimeout(total=10),
        )
        return self

    async def opens(self, path: str) -> Page:
        return await self._again_and_again(super().opens, path)

    async def posts(self, path: str, fields: list[tuple[str, str]]) -> Page:
        await asyncio.sleep(self._chance.uniform(0, THINKS_SECONDS))
        return await self._again_and_again(super().posts, path, fields)

    async def _again_and_again(self, step, *arguments) -> Page:  # type: ignore[no-untyped-def]
        before = self.page
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    page: Page = await step(*arguments)
                except (ClientError, TimeoutError):
                    pass
                else:
                    if page.status < 500:
                        return page
                self.page = before
                self._ledger.tries += 1
                await asyncio.sleep(WAIT_SECONDS)


async def calls_for_help(base: str, ledger: Ledger, chance: random.Random) -> None:
    """One tap, tapped twice."""
    async with Reporter(base, ledger, chance) as caller:
        site = chance.choice(("shinjuku", "yotsuya"))
        await caller.opens(f"/s/{INDEX.site_token(site, 1)}")
        await _sends(caller, site, site_may_know=True, value="help")


async def reports(base: str, ledger: Ledger, chance: random.Random) -> None:
    """The checklist and a report, with or without a name, sent twice."""
    async with Reporter(base, ledger, chance) as reporter:
        site = chance.choice(("shinjuku", "yotsuya", "callcentre"))
        await reporter.opens(f"/s/{INDEX.site_token(site, 1)}")
        await reporter.presses_button(value="check")
        await reporter.presses_button(value="o")
        await reporter.presses_button(value="next", change={"g.acts": "c"})
        await reporter.presses_button(value="next", change={"g.effects": "f"})
        await reporter.presses_button(value="r")
        await reporter.presses_button(value="send")
        visibility = chance.choice(("u", "n"))
        may_know = chance.choice(("y", "n"))
        change: dict[str, str | list[str]] = {
            "g.visibility": visibility,
            "g.site_may_know": may_know,
        }
        await reporter.presses_button(value="next", change=change)
        typed: dict[str, str | list[str]] = {"t.words": "He shouted."}
        if visibility == "u":
            typed["g.leaving"] = chance.choice(("now", "later"))
        else:
            typed["t.name"] = "Hanako"
        await _sends(reporter, site, site_may_know=may_know == "y", value="send", change=typed)


async def _sends(
    person: Reporter,
    site: str,
    *,
    site_may_know: bool,
    value: str,
    change: dict[str, str | list[str]] | None = None,
) -> None:
    """Sends, and sends the same page again, as an impatient thumb does."""
    screen = person.page
    await person.presses_button(value=value, change=change)
    received = Acknowledged(_public_id(person), _receipt(person), site, site_may_know)
    person._ledger.acknowledged.append(received)
    if person._chance.random() < 0.5:
        person.page = screen
        await person.presses_button(value=value, change=change)
        again = Acknowledged(_public_id(person), _receipt(person), site, site_may_know)
        if again != received:
            person._ledger.broken.append(f"{received.public_id} became {again.public_id}")


def _public_id(person: Person) -> str:
    found = re.search(r'class="letters">(.*?)<', person.page.body)
    if found is None:
        raise LookupError(f"nothing was acknowledged: {person.page.text[:300]}")
    return found[1]


def _receipt(person: Person) -> str:
    found = re.search(r'class="code">(.*?)</p>', person.page.body, re.S)
    return "".join(re.findall(r"\d", re.sub(r"<[^>]+>", "", found[1]))) if found else ""

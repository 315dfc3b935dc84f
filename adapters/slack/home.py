"""What App Home shows beyond the first card: the desk's list, and where a manager is on duty.

Rights are looked up at each look, as for a press: what somebody may not see is not there.
"""

from dataclasses import dataclass

from adapters.slack.blocks import (
    OPTION,
    PLACEHOLDER,
    SELECT_OPTIONS,
    Block,
    Blocks,
    actions,
    button,
    context,
    cut,
    header,
    inline,
    option,
    plain,
    rich,
)
from adapters.slack.inbound import Source
from adapters.slack.people import People
from adapters.slack.places import Places
from adapters.slack.watch import DeskWatch
from adapters.slack.words import Words
from bot.case_work import Work
from bot.company import Person, Site
from bot.company_records import OnDuty
from bot.desk_list import DeskList, list_for_desk
from bot.on_duty import go_off_duty, go_on_duty, on_duty_now
from flows.desk_list import DeskLine
from flows.ladders import AT_DESK, Role
from flows.phrases import on_day_at, say
from flows.screens import Style

DUTY_ROLES = (Role.MANAGER, Role.DEPUTY, Role.AREA, Role.HQ)
"""Who is asked about a site, and so can say where they are."""
MOST_BUTTONS = 4
MOST_SITES = 3 * SELECT_OPTIONS
"""A view takes about as many; who is asked for more is told that they are not all there."""
OFF = "off"


@dataclass(frozen=True)
class HomeTab:
    """The parts of App Home that depend on who looks."""

    work: Work
    people: People
    watch: DeskWatch

    async def blocks(self, source: Source, words: Words) -> Blocks:
        """What this person may see beyond the first card, as of now."""
        person = await self.people.person(source.team, source.user)
        if person is None:
            return []
        at_desk = not AT_DESK.isdisjoint(person.roles)
        found = await self._desk(source, person, words) if at_desk else []
        if await self._is_asked(source, person):
            found += await self._duty(person, words)
        return found

    @property
    def desk_room(self) -> str:
        """Slack's name of the desk's channel."""
        return Places(self.work.company).room(self.work.company.desk.channel.partition(":")[2])[1]

    async def _desk(self, source: Source, person: Person, words: Words) -> Blocks:
        if not await self._is_at_desk(source):
            return []
        title = header(words.text(say("slack.desk.title")))
        if not self.watch.may_show(self.work.company.desk.channel.partition(":")[2]):
            return [*title, *context(words.text(say("slack.desk.held")))]
        return [*title, *self._listed(await list_for_desk(self.work, person), words)]

    async def _is_at_desk(self, source: Source) -> bool:
        """Whether somebody is in the desk's channel now, in full, and in its own workspace."""
        alone = await self.people.alone()
        room = self.desk_room
        address = Places(self.work.company).address(source.team, room, alone=alone)
        if address != self.work.company.desk.channel:
            return False
        return await self.people.is_member(source.team, room, source.user) is True

    def _listed(self, found: DeskList, words: Words) -> Blocks:
        blocks = [
            block
            for number, line in enumerate(found.lines)
            for block in self._line(line, number, words)
        ]
        if not blocks:
            return context(words.text(say("slack.desk.none")))
        more = context(words.text(say("slack.desk.more", count=found.more))) if found.more else []
        return [*blocks, *more]

    def _line(self, line: DeskLine, number: int, words: Words) -> Blocks:
        address = self.work.company.desk.channel
        made = [
            button(
                words.text(one.label),
                f"desk.{number}.{which}",
                self.work.index.seal_press(one.press, address),
                primary=one.style is Style.PRIMARY,
            )
            for which, one in enumerate(line.buttons)
        ]
        said = [*inline(words.runs(line.title), bold=True), *inline(["\n", *words.runs(line.owed)])]
        return [rich(said), *actions(made, f"desk.{number}")]

    async def _is_asked(self, source: Source, person: Person) -> bool:
        """Whether somebody is asked about sites, and belongs to the workspace in full."""
        if person.role not in DUTY_ROLES or not self._sites(person):
            return False
        return await self.people.is_full(source.team, source.user) is True

    def _sites(self, person: Person) -> tuple[Site, ...]:
        sites = self.work.company.sites
        return tuple(site for site in sites if not person.sites or site.id in person.sites)

    async def _duty(self, person: Person, words: Words) -> Blocks:
        sites = self._sites(person)
        said = await on_duty_now(self.work, person.id)
        here = next((site for site in sites if said and site.id == said.site_id), None)
        title = header(words.text(say("slack.duty.title")))
        if said is not None and here is not None:
            off = button(words.text(say("slack.duty.off")), f"duty.{OFF}", OFF)
            return [*title, *_until(words, here, said), *actions([off], "duty")]
        text = context(words.text(say("slack.duty.text")))
        rest = context(words.text(say("slack.left_out"))) if len(sites) > MOST_SITES else []
        return [*title, *text, *actions(_choices(words, sites), "duty"), *rest]

    async def goes_on_or_off(self, source: Source, value: str) -> None:
        """Somebody says where they are on duty, or that they are not; of their own sites only."""
        person = await self.people.person(source.team, source.user)
        if person is None or not await self._is_asked(source, person):
            return
        if value == OFF:
            await go_off_duty(self.work, person.id)
        elif value in {site.id for site in self._sites(person)}:
            await go_on_duty(self.work, person.id, value)


def _until(words: Words, site: Site, row: OnDuty) -> Blocks:
    text = say("slack.duty.until", site=site.name, until=on_day_at(row.until, site.zone))
    return [rich(inline(words.runs(text)))]


def _choices(words: Words, sites: tuple[Site, ...]) -> Blocks:
    """A button for each site; where there are many a list, and another where one is full."""
    if len(sites) <= MOST_BUTTONS:
        return [
            button(words.text(say("slack.duty.on", site=site.name)), f"duty.{site.id}", site.id)
            for site in sites
        ]
    named = [option(cut(words.text(site.name), OPTION), site.id) for site in sites[:MOST_SITES]]
    lists = [named[at : at + SELECT_OPTIONS] for at in range(0, len(named), SELECT_OPTIONS)]
    return [_list(words, number, options) for number, options in enumerate(lists)]


def _list(words: Words, number: int, options: Blocks) -> Block:
    called = say("slack.more_options") if number else say("slack.duty.title")
    return {
        "type": "static_select",
        "action_id": f"duty.site.{number}",
        "placeholder": plain(words.text(called), PLACEHOLDER),
        "options": options,
    }

"""The main job against somebody else's Slack: what it stored is what is judged."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from adapters.slack.paths import PATH
from adapters.slack.surface import scopes
from bot.messengers import Sent
from bot.wiring import build
from tests.adapters.slack.office import Office, said, slack_site
from tests.adapters.slack.walks import (
    answers_the_checklist,
    chooses_the_site,
    files_without_a_name,
    with_button,
)
from tests.e2e.slack.double import BOT, NoNode, asked, installed, running
from tests.e2e.slack.front import FrontedSlack
from tests.fake_slack import Message, Person, User
from tests.fake_slack.entities import in_markup
from tests.support.world import FakeClock, SeededEntropy, settings

COMPANY = """
name: {{ja: ひなた食品館, en: Hinata Foods}}
policy: standard
desk: {{channel: "slack:{desk}", language: ja}}
sites:
  - id: shinjuku
    name: {{ja: 新宿店, en: Shinjuku store}}
    area: {{ja: 新宿エリア, en: Shinjuku area}}
    location: store
    channel: "slack:{shinjuku}"
    on_shift: {{morning: 9, afternoon: 12, evening: 8, night: 2}}
  - id: other
    name: {{ja: 立川店, en: Tachikawa store}}
    area: {{ja: 立川エリア, en: Tachikawa area}}
    location: store
    channel: "slack:{shinjuku}"
people:
  - {{id: tanaka, name: {{ja: 田中, en: Tanaka}}, role: manager, slack_id: {tanaka}}}
  - {{id: sato, name: {{ja: 佐藤, en: Sato}}, role: desk, slack_id: {sato}}}
"""


@dataclass
class Town:
    """The office, and what the Slack behind calls its channels and people."""

    office: Office
    slack: FrontedSlack
    ids: dict[str, str]

    def person(self, name: str) -> Person:
        return Person(self.slack, self.ids[name])

    async def reads(self, channel: str, name: str) -> list[Message]:
        """What somebody reads there."""
        return await self.slack.shown(self.ids[channel], name)


@pytest.fixture(scope="module", autouse=True)
def node() -> None:
    try:
        installed()
    except NoNode:
        if os.environ.get("MAMORI_E2E_SLACK") == "required":
            raise
        pytest.skip("Node or npm is missing: the story against somebody else's Slack is not told")


@pytest.fixture
async def town(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Town]:
    async with running(tmp_path, sorted(scopes())) as url:
        ids = await _named(url)
        company = tmp_path / "company.yaml"
        company.write_text(COMPANY.format(**ids), "utf-8")
        clock = FakeClock()
        service = build(settings(tmp_path, company=company), clock=clock, entropy=SeededEntropy())
        now = lambda: clock.now().timestamp()  # noqa: E731
        async with FrontedSlack(now, url, ids["team"], scopes=scopes()) as slack:
            for name in ("hanako", "sato", "tanaka"):
                locale = getattr(request, "param", "ja-JP") if name == "hanako" else "ja-JP"
                slack.space.add_user(User(ids[name], name.title(), ids["team"], locale=locale))
            site = slack_site(service, slack)
            app = web.Application()
            assert site.gate is not None
            app.router.add_post(PATH, site.gate.handle)
            server = TestServer(app)
            await server.start_server()
            slack.app_url = str(server.make_url(PATH))
            try:
                yield Town(Office(service, site, slack, clock, tmp_path, ""), slack, ids)
            finally:
                await site.stage.close()
                await site.api.close()
                await server.close()
                await service.work.storage.close()


async def _named(url: str) -> dict[str, str]:
    """The ids of the workspace, its people and its channels, with the bot in these."""
    async with ClientSession() as session:
        team = (await asked(session, url, "auth.test", "xoxp-sato"))["team_id"]
        users = (await asked(session, url, "users.list", "xoxp-sato"))["members"]
        rooms = await asked(
            session, url, "conversations.list", "xoxp-sato", types="private_channel"
        )
        for room in rooms["channels"]:
            given = {"channel": room["id"], "users": BOT}
            invited = await asked(session, url, "conversations.invite", "xoxp-sato", **given)
            assert invited["ok"], invited
    named = {each["name"]: each["id"] for each in (*users, *rooms["channels"])}
    return {"team": team, **named}


LANGUAGES = pytest.mark.parametrize(
    ("town", "language"), [("ja-JP", "ja"), ("en-US", "en")], indirect=["town"]
)


@LANGUAGES
async def test_an_unnamed_report_reaches_the_desk_and_its_answer_comes_back(
    town: Town, language: str
) -> None:
    hanako, sato = town.person("hanako"), town.person("sato")
    await hanako.opens_home()
    await hanako.taps_at_home(said(language, "first.check"))
    await answers_the_checklist_from_here(hanako, language)
    receipt = await files_without_a_name(hanako, language, "He shouted <!channel> at me")
    await town.office.settles()

    card = with_button(await town.reads("desk", "sato"), said("ja", "desk.take"))
    assert "shouted" not in card.read and "Hanako" not in card.read
    assert card.metadata is not None and card.metadata["event_payload"].keys() == {"id"}
    await sato.taps_in(card, said("ja", "desk.take"))
    await town.office.settles()
    changed = next(m for m in await town.reads("desk", "sato") if m.ts == card.ts)
    assert said("ja", "desk.take") not in changed.read and "佐藤" in changed.read
    await sato.taps_in(changed, said("ja", "desk.details"))
    assert "He shouted <!channel> at me" in sato.modal.read
    sato.types(said("ja", "talk.desk.label"), "いっしょに考えます")
    await sato.submits()

    hanako.closes()
    await hanako.taps_at_home(said(language, "slack.sent"))
    hanako.types(said(language, "slack.receipt.enter"), receipt)
    await hanako.submits()
    assert "いっしょに考えます" in hanako.modal.read
    for channel in ("desk", "shinjuku"):
        for message in await town.reads(channel, "sato"):
            assert town.ids["hanako"] not in message.text and "shouted" not in message.read
            assert not [e for e in in_markup(message.text) if not e.startswith("<@")]


async def answers_the_checklist_from_here(person: Person, language: str) -> None:
    await person.taps(said(language, "slack.back"))
    await answers_the_checklist(person, language)


@LANGUAGES
async def test_help_reaches_the_shop_and_the_caller_sees_who_comes(
    town: Town, language: str
) -> None:
    hanako, tanaka = town.person("hanako"), town.person("tanaka")
    await hanako.commands("/mamori")
    await hanako.taps(said(language, "first.help"))
    await chooses_the_site(hanako, language)
    await town.office.settles()
    coming = said("ja", "answer.coming", minutes=2)
    card = with_button(await town.reads("shinjuku", "tanaka"), coming)
    assert f"<@{town.ids['tanaka']}>" in card.text and "Hanako" in card.read
    opened = await town.slack.asks("conversations.open", users=town.ids["tanaka"])
    direct = await town.slack.shown(opened["channel"]["id"], "tanaka")
    assert with_button(direct, coming)
    await tanaka.taps_in(card, coming)
    assert tanaka.told_only_me() == [said("ja", "press.recorded")]
    await hanako.taps(said(language, "slack.refresh"))
    assert said(language, "help.coming") in hanako.modal.read


async def test_a_message_whose_answer_was_lost_is_found_in_its_store(town: Town) -> None:
    from flows.phrases import say
    from flows.screens import Card

    messenger, desk = town.office.site.messenger, town.ids["desk"]
    await town.office.site.watch.check()
    sent = await messenger.post(desk, Card(title=say("second.over")), "key", None)
    assert isinstance(sent, Sent)
    assert await messenger.find(desk, "key", None) == Sent(sent.ref)

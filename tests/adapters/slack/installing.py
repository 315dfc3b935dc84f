"""A company in two Slack workspaces, and administrators who install the app and take it out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from aiohttp import ClientSession

from bot.company_records import Install
from tests.adapters.slack.office import DESK, TEAM, Office, an_office
from tests.fake_slack import CLIENT_ID, Channel, Grant, User, Workspace

TOKYO, ORG, STRANGER = "T0TOKYO", "E0HINATA", "T0STRANGER"
SHOP = "C0SHINJUKU"
COMPANY = f"""
name: {{ja: ひなた食品館, en: Hinata Foods}}
policy: standard
desk: {{channel: "slack:{TEAM}.{DESK}", language: ja}}
sites:
  - id: shinjuku
    name: {{ja: 新宿店, en: Shinjuku store}}
    area: {{ja: 新宿エリア, en: Shinjuku area}}
    location: store
    channel: "slack:{TOKYO}.{SHOP}"
    on_shift: {{morning: 9, afternoon: 12, evening: 8, night: 2}}
  - id: callcentre
    name: {{ja: お客様電話センター, en: Call centre}}
    area: {{ja: 立川エリア, en: Tachikawa area}}
    location: call_centre
    channel: "slack:{TOKYO}.{SHOP}2"
people:
  - {{id: tanaka, name: {{ja: 田中, en: Tanaka}}, role: manager, slack_id: {TOKYO}.U0TANAKA}}
  - {{id: sato, name: {{ja: 佐藤, en: Sato}}, role: desk, slack_id: {TEAM}.U0SATO}}
"""
BACK = "/slack/oauth_redirect"


@asynccontextmanager
async def two_places(folder: Path) -> AsyncIterator[Office]:
    """The desk in one workspace, a shop in another: nothing installed yet."""
    company = folder / "company.yaml"
    company.write_text(COMPANY, "utf-8")
    async with an_office(folder, company=company, allowed=frozenset({TEAM, TOKYO, ORG})) as office:
        yield office


def a_workspace(office: Office, team: str, *, enterprise: str = "") -> Workspace:
    """Another workspace, with a shop's channel, its manager and an employee."""
    space = Workspace(office.slack.now, team)
    space.enterprise = enterprise
    for id_ in ("U0TANAKA", "U0KEN", "U0SATO"):
        space.add_user(User(id_, id_[2:].title(), team))
    space.add_channel(Channel(SHOP, "shop", team), ["U0TANAKA"])
    return space


async def start(office: Office, session: ClientSession) -> tuple[str, str]:
    """Opens the page that leads to Slack. Gives the state and the browser's cookie."""
    async with session.get(f"{office.base}/slack/install", allow_redirects=False) as page:
        assert page.status == 302
        asked = parse_qs(urlsplit(page.headers["Location"]).query)
        assert asked["client_id"] == [CLIENT_ID] and "chat:write" in asked["scope"][0]
        cookie = page.headers["Set-Cookie"].partition(";")
        assert "Secure" in cookie[2] and "HttpOnly" in cookie[2]
        return asked["state"][0], cookie[0]


async def come_back(
    office: Office, session: ClientSession, query: dict[str, str], cookie: str
) -> tuple[int, str]:
    headers = {"Cookie": cookie} if cookie else {}
    async with session.get(f"{office.base}{BACK}", params=query, headers=headers) as page:
        return page.status, await page.text()


async def installs(office: Office, grant: Grant) -> tuple[int, str]:
    """An administrator installs the app, from beginning to end."""
    async with ClientSession() as session:
        state, cookie = await start(office, session)
        code = office.slack.oauth.consents(grant)
        return await come_back(office, session, {"code": code, "state": state}, cookie)


async def both(office: Office, **given: object) -> tuple[Grant, Grant]:
    """The app in both workspaces."""
    grants = Grant([office.slack.space], **given), Grant([a_workspace(office, TOKYO)], **given)
    for grant in grants:
        status, text = await installs(office, grant)
        assert status == 200 and "mamori doctor" in text
    return grants


async def kept(office: Office) -> list[Install]:
    async with office.service.work.storage.read() as tx:
        return list(await tx.installs.all())

"""Whether everything that Slack must give is there, each with what to do when it is not."""

from dataclasses import replace
from datetime import datetime

from adapters.slack.api import Answer, Api, Done, No
from adapters.slack.paths import INSTALL_PATH
from adapters.slack.places import PLATFORM, Places, team_of
from adapters.slack.surface import READ_BACK_SCOPES, scopes
from adapters.slack.watch import unfit
from bot.company import Company
from bot.findings import Finding

MOST_SKEW_SECONDS = 60
"""Slack refuses nothing before five minutes; a minute is early enough to say so."""


async def examine(api: Api, company: Company, now: datetime) -> list[Finding]:
    """Looks at token, scopes and clock of every workspace, and at the channels of those that are
    right. Writes nothing."""
    places = Places(company)
    addresses = {*company.desk_channels, *(site.channel for site in company.sites)}
    rooms = sorted(a.partition(":")[2] for a in addresses if a.startswith(f"{PLATFORM}:"))
    named = {places.room(room)[0] for room in rooms}
    findings: list[Finding] = []
    right = set()
    for team in sorted(named | await _others(api, named)):
        found = await _workspace(api, team, now)
        findings += [replace(each, what=f"{team}: {each.what}") if team else each for each in found]
        if all(each.right for each in found):
            right.add(team)
    for room in rooms:
        if places.room(room)[0] in right:
            findings += await _channel(api, places, room, company)
    return findings


async def _others(api: Api, named: set[str]) -> set[str]:
    """Where the app is installed beside the workspaces of the company's channels."""
    known = {team_of(team) for team in named}
    return {place for place in await api.homes.places() if team_of(place) not in known}


async def _workspace(api: Api, team: str, now: datetime) -> list[Finding]:
    answer = await api.call(team, "auth.test")
    if not isinstance(answer, Done):
        if answer == No("not_installed"):
            where = (
                team or "any workspace, or in more than one: write channels with their workspace"
            )
            return [Finding(False, f"the app is not installed in {where}; open {INSTALL_PATH}")]
        return [Finding(False, _no_token(answer))]
    granted = api.scopes.get(team, frozenset())
    missing = sorted(scopes() - READ_BACK_SCOPES - granted)
    skew = abs((api.dates[team] - now).total_seconds()) if team in api.dates else 0
    return [
        Finding(True, f"Slack takes the bot token of {answer.data.get('team', 'the workspace')}"),
        _scopes(missing),
        _read_back(sorted(READ_BACK_SCOPES - granted)),
        Finding(
            skew <= MOST_SKEW_SECONDS,
            f"the clocks are {skew:.0f} seconds apart; more than 300, and Slack is not heard",
        ),
    ]


def _no_token(answer: Answer) -> str:
    if isinstance(answer, No):
        return f"Slack does not take the bot token: {answer.error}"
    return "Slack gives no answer: can this machine reach slack.com over HTTPS? Try again"


def _scopes(missing: list[str]) -> Finding:
    if missing:
        return Finding(False, f"scopes are missing, install the app again: {', '.join(missing)}")
    return Finding(True, "every scope is granted")


def _read_back(missing: list[str]) -> Finding:
    """Nobody needs these; without them a lost answer is repeated or left, by kind."""
    if missing:
        return Finding(True, f"lost answers are not looked for, without: {', '.join(missing)}")
    return Finding(True, "lost answers are looked for before anything is sent again")


async def _channel(api: Api, places: Places, room: str, company: Company) -> list[Finding]:
    team, id_ = places.room(room)
    answer = await api.call(team, "conversations.info", channel=id_)
    if not isinstance(answer, Done):
        return [Finding(False, f"{id_}: invite the bot into this channel: {_why(answer)}")]
    channel = answer.data.get("channel") or {}
    reason = unfit(channel)
    is_desk = f"{PLATFORM}:{room}" in company.desk_channels
    if reason == "archived":
        return [Finding(False, f"{id_}: the channel is archived")]
    if is_desk and reason is not None:
        what = "private and shared with nobody outside"
        return [Finding(False, f"{id_}: the desk's channel must be {what}")]
    kind = "the desk's channel, private and not shared" if is_desk else "a site's channel"
    return [Finding(True, f"{id_}: {kind}, and the bot is in it")]


def _why(answer: Answer) -> str:
    return answer.error if isinstance(answer, No) else "no answer; try again"

"""Slack's people: how each reads, and what each may do in a channel at this moment."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from adapters.slack.api import Api, Done
from adapters.slack.places import PLATFORM, enterprise_of, names, team_of
from adapters.slack.render import Reader
from bot.catalogue import Catalogue
from bot.company import Person
from bot.directory import Directory
from bot.ports import Clock
from flows.report import MAX_NAME

KNOWN_FOR = timedelta(hours=1)
KNOWN_LIMIT = 20_000
PAGES, PAGE = 50, 200
_ZONES = available_timezones()


@dataclass(frozen=True)
class Habits:
    """What somebody has set in Slack: language, zone, and the name that others see."""

    language: str
    zone: str | None
    seen_at: datetime
    name: str = ""


class People:
    """Looks people up, and remembers for an hour how they read: never what they did."""

    def __init__(self, api: Api, catalogue: Catalogue, clock: Clock, directory: Directory) -> None:
        self._api, self._catalogue, self._clock = api, catalogue, clock
        self._directory = directory
        self._habits: dict[tuple[str, str], Habits] = {}
        self._chosen: dict[tuple[str, str], str] = {}
        self._ours: dict[str, bool] = {}

    async def alone(self) -> bool:
        """Whether this service is in one place only, so that an id alone names something."""
        return await self._api.homes.alone()

    async def person(self, team: str, user: str) -> Person | None:
        """Who of the company somebody is, by organisation, workspace and user together."""
        alone = await self.alone()
        found = (
            self._directory.by_account(PLATFORM, name) for name in names(team, user, alone=alone)
        )
        return next((person for person in found if person is not None), None)

    async def habits(self, team: str, user: str) -> Habits:
        """How somebody reads. What Slack does not tell now is the default, not an error."""
        known = self._habits.get((team, user))
        now = self._clock.now()
        if known is not None and now - known.seen_at < KNOWN_FOR:
            return known
        answer = await self._api.call(team, "users.info", user=user, include_locale="true")
        if not isinstance(answer, Done):
            return known or Habits(self._catalogue.best_match(""), None, now)
        profile = answer.data.get("user") or {}
        zone = profile.get("tz")
        language = self._catalogue.best_match(str(profile.get("locale") or ""))
        found = Habits(language, zone if zone in _ZONES else None, now, _name(profile))
        if len(self._habits) >= KNOWN_LIMIT:
            self._habits.clear()
        self._habits[team, user] = found
        return found

    async def language(self, team: str, user: str, asked: str = "") -> str:
        """The language for somebody: what they chose, else what their Slack speaks."""
        if asked in self._catalogue.languages:
            return asked
        return self.chosen(team, user) or (await self.habits(team, user)).language

    def choose(self, team: str, user: str, language: str) -> None:
        """Somebody chose a language; App Home carries the choice over a restart."""
        if language not in self._catalogue.languages:
            return
        if len(self._chosen) >= KNOWN_LIMIT:
            self._chosen.clear()
        self._chosen[team, user] = language

    def chosen(self, team: str, user: str) -> str:
        """The language that somebody chose, as far as this process remembers; "" for none."""
        return self._chosen.get((team, user), "")

    async def reader(self, team: str, user: str) -> Reader:
        """Somebody as a reader of a view."""
        zone = (await self.habits(team, user)).zone
        return Reader(self._clock.now(), zone)

    async def is_member(self, team: str, room: str, user: str) -> bool | None:
        """Whether somebody is in a channel now and belongs to our workspace in full.

        No for guests, strangers, bots and whoever was deactivated. None when Slack does not
        say: whoever asks must then let nothing happen. In direct messages nobody else can be.
        """
        checks = [self._is_ours(team), self.is_full(team, user)]
        if not room.startswith("D"):
            checks.append(self._is_present(team, room, user))
        found = await asyncio.gather(*checks)
        if False in found:
            return False
        return None if None in found else True

    async def _is_ours(self, team: str) -> bool | None:
        """Whether the token belongs to a request's workspace, or to its organisation."""
        if team not in self._ours:
            answer = await self._api.call(team, "auth.test")
            if not isinstance(answer, Done):
                return None
            wide = answer.data.get("is_enterprise_install")
            ours = answer.data.get("enterprise_id" if wide else "team_id")
            self._ours[team] = bool(ours) and ours == (
                enterprise_of(team) if wide else team_of(team)
            )
        return self._ours[team]

    async def is_full(self, team: str, user: str) -> bool | None:
        """Whether somebody belongs to a workspace in full; None when Slack does not say."""
        answer = await self._api.call(team, "users.info", user=user)
        if not isinstance(answer, Done):
            return None
        profile = answer.data.get("user") or {}
        flags = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
        return _belongs(profile, team) and not any(profile.get(flag) for flag in flags)

    async def _is_present(self, team: str, room: str, user: str) -> bool | None:
        given = {"channel": room, "limit": str(PAGE)}
        for _ in range(PAGES):
            answer = await self._api.call(team, "conversations.members", **given)
            if not isinstance(answer, Done):
                return None
            if user in answer.data.get("members", ()):
                return True
            cursor = (answer.data.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return False
            given["cursor"] = cursor
        return None


def _belongs(user: Mapping[str, Any], team: str) -> bool:
    """Whether somebody is of this workspace: by itself, or by its organisation's word."""
    if user.get("team_id") == team_of(team):
        return True
    of_org = user.get("enterprise_user") or {}
    same = bool(enterprise_of(team)) and of_org.get("enterprise_id") == enterprise_of(team)
    return same and team_of(team) in (of_org.get("teams") or ())


def _name(user: Mapping[str, Any]) -> str:
    """The name that colleagues see, cut where nobody's is that long; "" for none."""
    profile = user.get("profile") or {}
    names = (profile.get("real_name"), user.get("real_name"), profile.get("display_name"))
    return next((str(name)[:MAX_NAME] for name in names if name), "")

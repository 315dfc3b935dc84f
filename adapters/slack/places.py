"""Channels as the company wrote them, and as Slack names them.

"slack:C012" is a channel of the only workspace, "slack:T034.C012" one of several, and
"slack:@U056" the direct messages to somebody.
"""

from bot.company import Company

PLATFORM = "slack"


class Places:
    """Looks up the company's channels in both directions."""

    def __init__(self, company: Company) -> None:
        self._company = company
        sites = {site.channel: site.language for site in company.sites}
        desks = [desk for desk in (company.desk, company.second_desk) if desk]
        self._languages = {**sites, **{desk.channel: desk.language for desk in desks}}

    def room(self, channel: str) -> tuple[str, str]:
        """The workspace ("" for the only one) and Slack's name of a channel or person."""
        team, dot, room = channel.removeprefix("@").partition(".")
        return (team, room) if dot else ("", team)

    def channel(self, team: str, room: str) -> str:
        """The channel as the company wrote it; a room the company does not name as it is."""
        named = f"{team}.{room}"
        return named if f"{PLATFORM}:{named}" in self._languages else room

    def address(self, team: str, room: str) -> str | None:
        """The company's address of a room of a workspace; None for a room it does not name."""
        for address in (f"{PLATFORM}:{team}.{room}", f"{PLATFORM}:{room}"):
            if address in self._languages:
                return address
        return None

    def language(self, channel: str) -> str:
        """The language of a channel; direct messages speak the desk's."""
        return self._languages.get(f"{PLATFORM}:{channel}", self._company.desk.language)

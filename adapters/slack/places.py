"""Channels and people as the company wrote them, and as Slack names them.

"slack:C012" is a channel of the only workspace, "slack:T034.C012" one of several,
"slack:E056.T034.C012" one of a workspace of an organisation, and "slack:@U078" or
"slack:@T034.U078" the direct messages to somebody.

A workspace is named by its id, with its organisation's before it where it has one:
"T034", "E056.T034"; an organisation as such is "E056.".
"""

from collections.abc import Iterator

from bot.company import Company

PLATFORM = "slack"


def workspace(enterprise: str | None, team: str | None) -> str:
    """A workspace's or organisation's whole name."""
    return f"{enterprise}.{team or ''}" if enterprise else (team or "")


def team_of(workspace: str) -> str:
    """The workspace's own id; "" for an organisation as such, and for the only one there is."""
    return workspace.rpartition(".")[2]


def enterprise_of(workspace: str) -> str:
    """The organisation's id; "" for a workspace that names none."""
    return workspace.rpartition(".")[0]


def names(workspace: str, id: str, *, alone: bool) -> Iterator[str]:
    """How a company may have written something of a workspace, the fullest name first.

    Without its workspace only where there is no other (`alone`): ids are unique in a workspace.
    """
    for place in dict.fromkeys((workspace, team_of(workspace))):
        if place:
            yield f"{place}.{id}"
    if alone:
        yield id


def same_ids(one: str, other: str) -> bool:
    """Whether an id means the same person in two workspaces: in one, and across an organisation.

    Where a workspace is left out there is no other, so that it does.
    """
    if not one or not other or team_of(one) == team_of(other):
        return True
    return bool(enterprise_of(one)) and enterprise_of(one) == enterprise_of(other)


class Places:
    """Looks up the company's channels in both directions."""

    def __init__(self, company: Company) -> None:
        self._company = company
        sites = (site.channel for site in company.sites)
        self._known = frozenset((*sites, *company.desk_channels))

    def room(self, channel: str) -> tuple[str, str]:
        """The workspace ("" for the only one) and Slack's name of a channel or person."""
        workspace, _, room = channel.removeprefix("@").rpartition(".")
        return workspace, room

    def address(self, workspace: str, room: str, *, alone: bool) -> str | None:
        """The company's address of a room of a workspace; None for a room it does not name."""
        addresses = (f"{PLATFORM}:{name}" for name in names(workspace, room, alone=alone))
        return next((each for each in addresses if each in self._known), None)

    def language(self, channel: str) -> str:
        """The language of a channel."""
        return self._company.language_of(f"{PLATFORM}:{channel}")

"""Who is in a channel now, named as the company wrote them.

Slack names an account by its id alone. With several workspaces the company writes the workspace
before it, and whoever asks for a person of the company would find nobody by the bare id.
"""

from collections.abc import Sequence

from adapters.slack.api import Api, Done
from adapters.slack.places import PLATFORM, enterprise_of, same_ids, team_of, workspace
from bot.directory import Directory

PAGES, PAGE = 50, 200
_OURS = f"{PLATFORM}:"


class Members:
    """Looks up the accounts of a channel."""

    def __init__(self, api: Api, directory: Directory) -> None:
        self._api, self._directory = api, directory

    async def present(self, team: str, room: str) -> frozenset[str] | None:
        """The accounts, by Slack's ids and by the company's; None when Slack does not say."""
        found = await self._ids(team, room)
        if found is None:
            return None
        places = await self._api.homes.places()
        here = _whole(team, places)
        return found | {
            account
            for account in self._directory.accounts(PLATFORM)
            if team_of(account) in found
            and same_ids(here, _whole(account.rpartition(".")[0], places))
        }

    async def alerted(self, team: str, people: Sequence[str]) -> list[str]:
        """Slack's ids of these people in a workspace, for a message that is to alert them.

        Who has none there is left out: the same id may be somebody else's there.
        """
        places = await self._api.homes.places()
        here = _whole(team, places)
        found = []
        for person in filter(None, map(self._directory.person, people)):
            accounts = [a.partition(":")[2] for a in person.all_accounts() if a.startswith(_OURS)]
            ids = (
                team_of(account)
                for account in accounts
                if same_ids(here, _whole(account.rpartition(".")[0], places))
            )
            found += list(ids)[:1]
        return found

    async def _ids(self, team: str, room: str) -> frozenset[str] | None:
        given = {"channel": room, "limit": str(PAGE)}
        found: set[str] = set()
        for _ in range(PAGES):
            answer = await self._api.call(team, "conversations.members", **given)
            if not isinstance(answer, Done):
                return None
            found.update(answer.data.get("members", ()))
            cursor = (answer.data.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return frozenset(found)
            given["cursor"] = cursor
        return None


def _whole(place: str, installed: Sequence[str]) -> str:
    """A workspace with its organisation, where the company left that out and it can be but one."""
    wide = [enterprise_of(each) for each in installed if not team_of(each)]
    own = place in (team_of(each) for each in installed)
    if not place or own or enterprise_of(place) or len(wide) != 1:
        return place
    return workspace(wide[0], place)

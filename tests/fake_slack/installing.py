"""OAuth's side of the server: codes, tokens that end, and the workspaces that they open."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fake_slack.workspace import Refused, Workspace

CLIENT_ID, CLIENT_SECRET = "111.222", "client-secret"
TOKEN_SECONDS = 12 * 3600


@dataclass
class Grant:
    """One installation: in a workspace, or in an organisation with all of these."""

    spaces: list[Workspace]
    enterprise: str = ""
    wide: bool = False
    rotates: bool = True
    tokens: dict[str, float] = field(default_factory=dict)
    """Each token with when it ends."""
    refresh: str = ""


class Installing:
    """What installing the app hands out."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._codes: dict[str, Grant] = {}
        self.grants: list[Grant] = []
        self._count = 0
        self.exchanges = 0
        """How often a token was renewed."""

    def consents(self, grant: Grant) -> str:
        """An administrator agreed at Slack's page: the code that the browser brings back."""
        self._count += 1
        self._codes[f"code-{self._count}"] = grant
        return f"code-{self._count}"

    def revokes(self, grant: Grant) -> None:
        """Every token of this installation is none any more."""
        grant.tokens.clear()

    def access(self, basic: str, given: dict[str, Any]) -> dict[str, Any]:
        """oauth.v2.access: a code, or a refresh token, for an access token. Each is good once."""
        right = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if basic != f"Basic {right}":
            raise Refused("bad_client_secret")
        if given.get("grant_type") == "refresh_token":
            token = given.get("refresh_token")
            grant = next((g for g in self.grants if token and g.refresh == token), None)
            if grant is None:
                raise Refused("invalid_refresh_token")
            self.exchanges += 1
            return self._handed(grant)
        if given.get("code") not in self._codes:
            raise Refused("invalid_code")
        grant = self._codes.pop(given["code"])
        self.grants.append(grant)
        return self._handed(grant)

    def _handed(self, grant: Grant) -> dict[str, Any]:
        self._count += 1
        kind = "xoxe.xoxb" if grant.rotates else "xoxb"
        token, space = f"{kind}-{self._count}", grant.spaces[0]
        ends = self._now() + TOKEN_SECONDS if grant.rotates else float("inf")
        grant.tokens[token] = ends
        grant.refresh = f"xoxe-{self._count}" if grant.rotates else ""
        renewing = {"refresh_token": grant.refresh, "expires_in": TOKEN_SECONDS}
        org = {"id": grant.enterprise, "name": "Org"} if grant.enterprise else None
        return {
            "app_id": space.app_id,
            "authed_user": {"id": "U0ADMIN"},
            "scope": "chat:write",
            "token_type": "bot",
            "access_token": token,
            "bot_user_id": space.bot_user,
            "team": None if grant.wide else {"id": space.team, "name": space.team.title()},
            "enterprise": org,
            "is_enterprise_install": grant.wide,
            **(renewing if grant.rotates else {}),
        }

    def knows(self, token: str) -> bool:
        """Whether a token is one of ours. Raises for one that was good."""
        grant = self._of(token)
        if grant is not None and grant.tokens[token] <= self._now():
            raise Refused("token_expired")
        return grant is not None

    def space_of(self, token: str, given: dict[str, Any]) -> Workspace | None:
        """The workspace a call is about: the token's, or the one of an organisation's that has
        the channel, the person or the trigger that the call names."""
        grant = self._of(token)
        if grant is None or not grant.wide:
            return grant.spaces[0] if grant else None
        named = {str(given.get(key)) for key in ("channel", "user", "users", "user_id")}
        for space in grant.spaces:
            if named & (space.channels.keys() | space.users.keys()) or space.has(given):
                return space
        return grant.spaces[0]

    def _of(self, token: str) -> Grant | None:
        return next((grant for grant in self.grants if token in grant.tokens), None)

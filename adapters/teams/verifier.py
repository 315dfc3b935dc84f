"""Who may speak to us: the Bot Connector, for our app, from our company's Teams.

Stands in front of whatever SDK is used, since none of them is strict enough: stock ones take
tokens that never expire, another tenant's, or none at all. The token is checked before the
body is parsed, and the body against the token after. Sources: the Bot Connector's published
authentication steps, and the probes of its SDKs.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from adapters.teams.service_urls import ServiceUrls
from adapters.teams.signing_keys import SigningKey, SigningKeys, Unavailable
from bot.ports import Clock

ISSUER = "https://api.botframework.com"
CHANNEL = "msteams"
LEEWAY_SECONDS = 300
LONGEST_TOKEN = 8192
_CHECKED_HERE = {
    f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
}


class Denied(Exception):
    """Not for us. `reason` is a fixed word, for a counter: nothing of the request is in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Token:
    """A token that the Bot Connector signed for us, and that holds now."""

    service_url: str
    endorsements: frozenset[str]
    claims: Mapping[str, Any]


class Verifier:
    """Checks tokens, and activities against them. Whatever is not plainly right is Denied."""

    def __init__(
        self,
        app_id: str,
        tenants: Collection[str],
        keys: SigningKeys,
        service_urls: ServiceUrls,
        clock: Clock,
        issuer: str = ISSUER,
    ) -> None:
        """Raises ValueError without an app id or a tenant: that would be an open door."""
        if not app_id or not tenants or not all(tenants):
            raise ValueError("Teams needs an app id and a tenant")
        self._app_id, self._tenants = app_id, frozenset(tenant.lower() for tenant in tenants)
        self._keys, self._service_urls, self._clock = keys, service_urls, clock
        self._issuer = issuer

    async def token(self, header: str) -> Token:
        """The token of an Authorization header. Raises Denied."""
        compact = _bearer(header)
        key = await self._key(compact)
        try:
            claims = jwt.decode(compact, key.key, algorithms=["RS256"], options=_options())
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise Denied("signature") from error
        self._check(claims)
        return Token(str(claims["serviceurl"]), key.endorsements, claims)

    async def _key(self, compact: str) -> SigningKey:
        try:
            header = jwt.get_unverified_header(compact)
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise Denied("not_a_token") from error
        key_id = header.get("kid")
        if header.get("alg") != "RS256" or not isinstance(key_id, str):
            raise Denied("algorithm")
        try:
            key = await self._keys.find(key_id)
        except Unavailable as error:
            raise Denied("keys_unavailable") from error
        if key is None:
            raise Denied("unknown_key")
        return key

    def _check(self, claims: Mapping[str, Any]) -> None:
        now = self._clock.now().timestamp()
        if claims.get("iss") != self._issuer:
            raise Denied("issuer")
        if claims.get("aud") != self._app_id:  # a list of audiences is no string, so is denied too
            raise Denied("audience")
        if _instant(claims, "exp") + LEEWAY_SECONDS < now:
            raise Denied("expired")
        if "nbf" in claims and _instant(claims, "nbf") - LEEWAY_SECONDS > now:
            raise Denied("not_yet")
        if not self._service_urls.allows(claims.get("serviceurl")):
            raise Denied("service_url")

    def check(self, token: Token, activity: Mapping[str, Any]) -> None:
        """Whether this activity is what the token was made for. Raises Denied."""
        if activity.get("serviceUrl") != token.service_url:
            raise Denied("service_url")
        if activity.get("channelId") != CHANNEL or CHANNEL not in token.endorsements:
            raise Denied("channel")
        tenant = tenant_of(activity)
        if tenant is None or tenant not in self._tenants:
            raise Denied("tenant")


def tenant_of(activity: Mapping[str, Any]) -> str | None:
    """The tenant an activity comes from; None where it names none, or names two."""
    data, conversation = activity.get("channelData"), activity.get("conversation")
    named = data.get("tenant") if isinstance(data, dict) else None
    found = [
        named.get("id") if isinstance(named, dict) else None,
        conversation.get("tenantId") if isinstance(conversation, dict) else None,
    ]
    tenants = {one.lower() if isinstance(one, str) else "" for one in found if one is not None}
    return tenants.pop() if len(tenants) == 1 else None


def _options() -> Any:
    """What the library leaves to us: times are read off our own clock."""
    return {"verify_signature": True, **_CHECKED_HERE}


def _bearer(header: str) -> str:
    scheme, space, compact = header.partition(" ")
    if not space or scheme.lower() != "bearer" or not compact or len(compact) > LONGEST_TOKEN:
        raise Denied("no_token")
    if not compact.isascii() or not compact.isprintable() or " " in compact:
        raise Denied("no_token")
    return compact


def _instant(claims: Mapping[str, Any], name: str) -> float:
    """A claim as seconds since 1970. A token without an end is none."""
    value, word = claims.get(name), "expired" if name == "exp" else "not_yet"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Denied(word)
    try:
        seconds = float(value)
    except OverflowError as error:
        raise Denied(word) from error
    if not math.isfinite(seconds):
        raise Denied(word)
    return seconds

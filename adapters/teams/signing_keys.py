"""The Bot Connector's public keys: fetched without blocking, kept for a day, never waited for long.

Whoever sends tokens with keys that nobody knows cannot make us fetch again and again: after
an unknown key, and after every failure, some time must pass first.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from adapters.teams.session import Session
from adapters.teams.strict_json import NotJson, parse
from bot.ports import Clock

log = structlog.get_logger()

METADATA = "https://login.botframework.com/v1/.well-known/openidconfiguration"

FETCH_SECONDS = 5.0
GOOD_FOR = timedelta(hours=24)
AFTER_UNKNOWN = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=5)
MAX_BYTES = 512 * 1024
MIN_BITS = 2048


class Unavailable(Exception):
    """The keys cannot be had now."""


@dataclass(frozen=True)
class SigningKey:
    """A public key, and the channels that it may speak for."""

    key: RSAPublicKey
    endorsements: frozenset[str]


class SigningKeys:
    """Looks up a key by its id."""

    def __init__(
        self,
        session: Session,
        clock: Clock,
        metadata: str = METADATA,
        seconds: float = FETCH_SECONDS,
    ) -> None:
        self._session, self._clock = session, clock
        self._metadata, self._seconds = metadata, seconds
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched_at: datetime | None = None
        self._not_before: datetime | None = None
        self._failures = 0
        self._lock = asyncio.Lock()

    async def find(self, key_id: str) -> SigningKey | None:
        """The key, or None when nobody has it. Raises Unavailable when nobody can say."""
        if self._is_old():
            await self._fetch()
        found = self._keys.get(key_id)
        if found is None:
            await self._fetch()
            found = self._keys.get(key_id)
        if found is None and self._failures:
            raise Unavailable
        return found

    def _is_old(self) -> bool:
        return self._fetched_at is None or self._clock.now() - self._fetched_at > GOOD_FOR

    async def _fetch(self) -> None:
        """Fetches once for however many ask at the same time, if it is not too soon."""
        seen = self._fetched_at
        async with self._lock:
            now = self._clock.now()
            too_soon = self._not_before is not None and now < self._not_before
            if too_soon or self._fetched_at != seen:
                return
            try:
                async with asyncio.timeout(self._seconds):
                    self._keys = await self._published()
            except (aiohttp.ClientError, TimeoutError, NotJson, Unavailable, ValueError) as error:
                wait = min(FIRST_WAIT * 2**self._failures, LONGEST_WAIT)
                self._failures = min(self._failures + 1, 10)
                self._not_before = now + wait
                log.warning("teams_keys_unavailable", error=type(error).__name__)
                return
            self._failures = 0
            self._fetched_at, self._not_before = now, now + AFTER_UNKNOWN

    async def _published(self) -> Mapping[str, SigningKey]:
        about = await self._read(self._metadata)
        address = about.get("jwks_uri")
        if not isinstance(address, str) or _origin(address) != _origin(self._metadata):
            raise Unavailable
        listed = (await self._read(address)).get("keys")
        if not isinstance(listed, list):
            raise Unavailable
        keys = {}
        for one in listed:
            key = _read_key(one)
            if key is not None:
                keys[str(one["kid"])] = key
        if not keys:
            raise Unavailable
        return keys

    async def _read(self, address: str) -> dict[str, Any]:
        async with self._session.request("GET", address, allow_redirects=False) as response:
            if response.status != 200:
                raise Unavailable
            body = await response.content.read(MAX_BYTES + 1)
            while len(body) <= MAX_BYTES and not response.content.at_eof():
                body += await response.content.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise Unavailable
        return parse(body)


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def _read_key(one: object) -> SigningKey | None:
    """A key we can use; whatever else is published is passed over."""
    if not isinstance(one, dict) or one.get("kty") != "RSA" or not isinstance(one.get("kid"), str):
        return None
    endorsed = one.get("endorsements")
    if not isinstance(endorsed, list):
        return None
    try:
        key = jwt.PyJWK(one, algorithm="RS256").key
    except (jwt.PyJWTError, ValueError):
        return None
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_BITS:
        return None
    return SigningKey(key, frozenset(map(str, endorsed)))

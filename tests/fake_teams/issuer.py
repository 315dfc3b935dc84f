"""Who signs the Bot Connector's tokens, and who gives the bot its own: real JWTs, own keys."""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Protocol

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://api.botframework.com"
SCOPE = "https://api.botframework.com/.default"
TOKEN_SECONDS = 3600


class Clock(Protocol):
    """Time, as the test has it."""

    def now(self) -> datetime: ...


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key of this name, made once for all tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def jwk(key_id: str, endorsements: list[str], key: rsa.RSAPrivateKey) -> dict[str, Any]:
    """The public half as the Bot Connector publishes it."""
    numbers = key.public_key().public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "kid": key_id,
        "x5t": key_id,
        "n": _number(numbers.n),
        "e": _number(numbers.e),
        "endorsements": endorsements,
    }


def _number(value: int) -> str:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Issuer:
    """Publishes keys, signs tokens for the bot, and gives the bot tokens of its own."""

    clock: Clock
    app_id: str
    app_secret: str
    tenant: str
    base: str = ""
    keys: dict[str, list[str]] = field(default_factory=lambda: {"k1": ["msteams"]})
    """The published keys with their endorsements."""
    fetches: int = 0
    grants: int = 0
    down: bool = False
    given: dict[str, datetime] = field(default_factory=dict)

    def claims(self, service_url: str, **changed: Any) -> dict[str, Any]:
        """What a right token says; a change to None takes a claim away."""
        now = int(self.clock.now().timestamp())
        right = {
            "iss": ISSUER,
            "aud": self.app_id,
            "iat": now,
            "nbf": now,
            "exp": now + TOKEN_SECONDS,
            "serviceurl": service_url,
        }
        return {name: value for name, value in {**right, **changed}.items() if value is not None}

    def token(
        self,
        service_url: str,
        *,
        key_id: str = "k1",
        signed_by: str | None = None,
        header: dict[str, Any] | None = None,
        **changed: Any,
    ) -> str:
        """A token of the Bot Connector's, right unless changed."""
        headers = {"kid": key_id, **(header or {})}
        key = rsa_key(signed_by or key_id)
        return jwt.encode(self.claims(service_url, **changed), key, "RS256", headers=headers)

    def add_to(self, app: web.Application) -> None:
        """Adds the addresses where keys are published and tokens are given."""
        app.router.add_get("/.well-known/openidconfiguration", self._metadata)
        app.router.add_get("/.well-known/keys", self._published)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._grant)

    @property
    def metadata(self) -> str:
        return f"{self.base}/.well-known/openidconfiguration"

    @property
    def grant_address(self) -> str:
        return f"{self.base}/{self.tenant}/oauth2/v2.0/token"

    async def _metadata(self, _request: web.Request) -> web.Response:
        self.fetches += 1
        if self.down:
            return web.Response(status=503)
        return web.json_response(
            {
                "issuer": ISSUER,
                "jwks_uri": f"{self.base}/.well-known/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def _published(self, _request: web.Request) -> web.Response:
        keys = [jwk(key_id, endorsed, rsa_key(key_id)) for key_id, endorsed in self.keys.items()]
        return web.json_response({"keys": keys})

    async def _grant(self, request: web.Request) -> web.Response:
        form = await request.post()
        wanted = {
            "grant_type": "client_credentials",
            "client_id": self.app_id,
            "client_secret": self.app_secret,
            "scope": SCOPE,
        }
        right = request.match_info["tenant"] == self.tenant and dict(form) == wanted
        if self.down:
            return web.Response(status=503)
        if not right:
            return web.json_response({"error": "invalid_client"}, status=401)
        self.grants += 1
        token = secrets.token_urlsafe(24)
        self.given[token] = self.clock.now()
        return web.json_response(
            {"token_type": "Bearer", "expires_in": TOKEN_SECONDS, "access_token": token}
        )

    def is_the_bot(self, authorization: str) -> bool:
        """Whether a request carries a token that was given to the bot and still holds."""
        scheme, _, token = authorization.partition(" ")
        given = self.given.get(token)
        if scheme != "Bearer" or given is None:
            return False
        return (self.clock.now() - given).total_seconds() < TOKEN_SECONDS

"""Only the Bot Connector gets in: for our app, from our tenant, with a token that holds now."""

import asyncio
import base64
import copy
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.teams.service_urls import ServiceUrls
from adapters.teams.signing_keys import SigningKeys
from adapters.teams.verifier import Denied, Verifier
from tests.fake_teams.issuer import ISSUER, Issuer, rsa_key
from tests.support.world import FakeClock

APP = "11111111-2222-3333-4444-555555555555"
TENANT = "aaaaaaaa-0000-0000-0000-000000000001"
SERVICE_URL = "https://smba.trafficmanager.net/emea/"
ACTIVITY: dict[str, Any] = {
    "type": "message",
    "channelId": "msteams",
    "serviceUrl": SERVICE_URL,
    "conversation": {"id": "a:1", "tenantId": TENANT},
    "channelData": {"tenant": {"id": TENANT}},
}


@dataclass
class Door:
    """The verifier with the outside world that it asks."""

    issuer: Issuer
    clock: FakeClock
    verifier: Verifier

    async def lets_in(self, header: str, activity: dict[str, Any] = ACTIVITY) -> str:
        """ "in", or the word why not."""
        try:
            self.verifier.check(await self.verifier.token(header), activity)
        except Denied as denied:
            return denied.reason
        return "in"


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    clock = FakeClock()
    issuer = Issuer(clock, APP, "secret", TENANT)
    app = web.Application()
    issuer.add_to(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    issuer.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as session:
        keys = SigningKeys(session, clock, issuer.metadata, seconds=0.5)
        yield Door(issuer, clock, Verifier(APP, [TENANT], keys, ServiceUrls(), clock))
    await runner.cleanup()


def bearer(token: str) -> str:
    return f"Bearer {token}"


async def test_a_right_token_is_let_in(door: Door) -> None:
    assert await door.lets_in(bearer(door.issuer.token(SERVICE_URL))) == "in"
    assert await door.lets_in("bearer " + door.issuer.token(SERVICE_URL)) == "in"


def _unsigned(issuer: Issuer) -> str:
    return jwt.encode(issuer.claims(SERVICE_URL), None, "none", headers={"kid": "k1"})


def _by_shared_secret(issuer: Issuer) -> str:
    return jwt.encode(issuer.claims(SERVICE_URL), "s" * 64, "HS256", headers={"kid": "k1"})


def _by_public_key_as_secret(issuer: Issuer) -> str:
    """The old trick: the public key, which everybody has, taken for a shared secret."""
    public = rsa_key("k1").public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    signed = part({"alg": "HS256", "kid": "k1"}) + "." + part(issuer.claims(SERVICE_URL))
    mac = hmac.new(pem, signed.encode(), hashlib.sha256).digest()
    return signed + "." + base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _longer_hash(issuer: Issuer) -> str:
    claims = issuer.claims(SERVICE_URL)
    return jwt.encode(claims, rsa_key("k1"), "RS512", headers={"kid": "k1"})


def _cut(issuer: Issuer) -> str:
    return issuer.token(SERVICE_URL)[:-2]


def _altered(issuer: Issuer) -> str:
    head, _, signature = issuer.token(SERVICE_URL).split(".")
    claims = json.dumps(issuer.claims(SERVICE_URL, aud="x")).encode()
    return f"{head}.{base64.urlsafe_b64encode(claims).rstrip(b'=').decode()}.{signature}"


def _without_a_key_id(issuer: Issuer) -> str:
    return jwt.encode(issuer.claims(SERVICE_URL), rsa_key("k1"), "RS256")


def _token(**changed: Any) -> Callable[[Issuer], str]:
    return lambda issuer: issuer.token(SERVICE_URL, **changed)


def _moved(**by: int) -> Callable[[Issuer], str]:
    def make(issuer: Issuer) -> str:
        now = int(issuer.clock.now().timestamp())
        return issuer.token(SERVICE_URL, **{name: now + seconds for name, seconds in by.items()})

    return make


TOKENS: dict[str, tuple[Callable[[Issuer], str], str]] = {
    "nobody's": (lambda issuer: "x.y.z", "not_a_token"),
    "empty": (lambda issuer: "", "no_token"),
    "two": (lambda issuer: "a b", "no_token"),
    "huge": (lambda issuer: "a" * 9000, "no_token"),
    "not ascii": (lambda issuer: "ｔｏｋｅｎ", "no_token"),
    "with a line end": (lambda issuer: "a\nb", "no_token"),
    "five parts": (lambda issuer: "a.b.c.d.e", "not_a_token"),
    "unsigned": (_unsigned, "algorithm"),
    "by a shared secret": (_by_shared_secret, "algorithm"),
    "by the public key as a secret": (_by_public_key_as_secret, "algorithm"),
    "by another algorithm": (_longer_hash, "algorithm"),
    "with a critical extension": (_token(header={"crit": ["x"], "x": 1}), "not_a_token"),
    "without a key id": (_without_a_key_id, "algorithm"),
    "by an unknown key": (_token(key_id="k9"), "unknown_key"),
    "by a key of the wrong name": (_token(signed_by="k2"), "signature"),
    "cut short": (_cut, "signature"),
    "altered": (_altered, "signature"),
    "expired": (_moved(exp=-301), "expired"),
    "without an end": (_token(exp=None), "expired"),
    "with an end in words": (_token(exp="never"), "expired"),
    "with a true end": (_token(exp=True), "expired"),
    "with an endless end": (_token(exp=float("inf")), "expired"),
    "with a monstrous end": (_token(exp=10**400), "expired"),
    "with an end that is no number": (_token(exp=float("nan")), "expired"),
    "from the future": (_moved(nbf=301), "not_yet"),
    "of another issuer": (_token(iss="https://sts.windows.net/x/"), "issuer"),
    "of the emulator": (_token(iss="https://login.microsoftonline.com/x/v2.0"), "issuer"),
    "of no issuer": (_token(iss=None), "issuer"),
    "for another app": (_token(aud="another"), "audience"),
    "for several apps": (_token(aud=[APP, "another"]), "audience"),
    "for this app in a list": (_token(aud=[APP]), "audience"),
    "for nobody": (_token(aud=None), "audience"),
    "for a skill": (_token(aud=None, appid=APP, ver="2.0"), "audience"),
    "without a service url": (_token(serviceurl=None), "service_url"),
    "with a service url in a list": (_token(serviceurl=[SERVICE_URL]), "service_url"),
}


@pytest.mark.parametrize("name", TOKENS)
async def test_any_other_token_is_denied(door: Door, name: str) -> None:
    make, reason = TOKENS[name]
    assert await door.lets_in(bearer(make(door.issuer))) == reason


@pytest.mark.parametrize("header", ["", "Bearer", "Basic eDp5", "Bearer  two", "token"])
async def test_a_header_that_is_no_bearer_token_is_denied(door: Door, header: str) -> None:
    assert await door.lets_in(header) == "no_token"
    assert door.issuer.fetches == 0


@pytest.mark.parametrize("seconds", [-299, 0])
async def test_five_minutes_of_another_clock_are_forgiven(door: Door, seconds: int) -> None:
    assert await door.lets_in(bearer(_moved(exp=seconds)(door.issuer))) == "in"
    assert await door.lets_in(bearer(_moved(nbf=-seconds)(door.issuer))) == "in"


def without(*path: str) -> dict[str, Any]:
    return changed(None, *path)


def changed(value: Any, *path: str) -> dict[str, Any]:
    made = copy.deepcopy(ACTIVITY)
    inside: Any = made
    for part in path[:-1]:
        inside = inside[part]
    if value is None:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    return made


ACTIVITIES: dict[str, tuple[dict[str, Any], str]] = {
    "of another service url": (
        changed("https://smba.trafficmanager.net/amer/", "serviceUrl"),
        "service_url",
    ),
    "without a service url": (without("serviceUrl"), "service_url"),
    "without a channel": (without("channelId"), "channel"),
    "of the emulator's channel": (changed("emulator", "channelId"), "channel"),
    "of a channel in capitals": (changed("MSTeams", "channelId"), "channel"),
    "of another tenant": (
        changed("b" * 36, "channelData", "tenant", "id") | {"conversation": {"id": "a:1"}},
        "tenant",
    ),
    "of two tenants": (changed("b" * 36, "conversation", "tenantId"), "tenant"),
    "of no tenant": ({**without("channelData"), "conversation": {"id": "a:1"}}, "tenant"),
    "of a tenant in a list": (
        {**changed([TENANT], "conversation", "tenantId"), "channelData": {}},
        "tenant",
    ),
    "of nothing at all": ({}, "service_url"),
}


@pytest.mark.parametrize("name", ACTIVITIES)
async def test_an_activity_that_the_token_was_not_made_for_is_denied(door: Door, name: str) -> None:
    activity, reason = ACTIVITIES[name]
    assert await door.lets_in(bearer(door.issuer.token(SERVICE_URL)), activity) == reason


async def test_a_key_that_may_not_speak_for_teams_is_denied(door: Door) -> None:
    door.issuer.keys = {"k1": ["webchat"]}
    assert await door.lets_in(bearer(door.issuer.token(SERVICE_URL))) == "channel"


HOSTILE = (
    "http://smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net.evil.example/emea/",
    "https://evil.trafficmanager.net/emea/",
    "https://evil.example/smba.trafficmanager.net/",
    "https://smba.trafficmanager.net@evil.example/",
    "https://user:pass@smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net:8443/emea/",
    "https://smba.trafficmanager.net:443/emea/",
    "https://smba.trafficmanager.net/emea/../../evil",
    "https://smba.trafficmanager.net/%2e%2e/",
    "https://smba.trafficmanager.net/emea/?to=evil.example",
    "https://smba.trafficmanager.net/emea/#evil",
    "https://smba.trafficmanager.net\\@evil.example/",
    "https://smba.trafficmanager.net\n.evil.example/",
    "https://smba.trafficmanager.net /emea/",
    "https://smba。trafficmanager。net/emea/",
    "https://ｓｍｂａ.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net./emea/",
    "HTTPS://SMBA.TRAFFICMANAGER.NET/emea/",
    "https:smba.trafficmanager.net/emea/",
    "//smba.trafficmanager.net/emea/",
    "https://169.254.169.254/latest/meta-data/",
    "http://169.254.169.254/",
    "https://[::ffff:169.254.169.254]/",
    "http://127.0.0.1:3978/",
    "http://localhost/",
    "https://0x7f000001/",
    "file:///etc/passwd",
    "gopher://smba.trafficmanager.net/",
    "javascript:fetch('https://evil.example')",
    "https://xn--smba-trafficmanager.net/",
    "https://smba.trafficmanager.net/" + "a" * 300,
    "https://botapi.skype.com/amer/",
    "",
)


@pytest.mark.parametrize("url", HOSTILE)
async def test_a_hostile_service_url_is_denied_even_when_it_is_signed(
    door: Door, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await door.lets_in(bearer(door.issuer.token(SERVICE_URL))) == "in"  # keys are fetched
    opened: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, to: opened.append(to))
    token = door.issuer.token(url)
    assert await door.lets_in(bearer(token), {**ACTIVITY, "serviceUrl": url}) == "service_url"
    assert not opened


async def test_keys_are_fetched_once_for_many_and_then_kept_for_a_day(door: Door) -> None:
    token = bearer(door.issuer.token(SERVICE_URL))
    for _ in range(5):
        await door.lets_in(token)
    assert door.issuer.fetches == 1
    door.clock.passes(hours=25)
    assert await door.lets_in(bearer(door.issuer.token(SERVICE_URL))) == "in"
    assert door.issuer.fetches == 2


async def test_a_new_key_is_found_but_unknown_ones_make_us_fetch_only_now_and_then(
    door: Door,
) -> None:
    assert await door.lets_in(bearer(door.issuer.token(SERVICE_URL))) == "in"
    door.issuer.keys["k2"] = ["msteams"]
    fresh = bearer(door.issuer.token(SERVICE_URL, key_id="k2"))
    for _ in range(20):
        assert await door.lets_in(fresh) == "unknown_key"
    assert door.issuer.fetches == 1
    door.clock.passes(minutes=6)
    assert await door.lets_in(fresh) == "in"
    assert door.issuer.fetches == 2


async def test_while_the_keys_cannot_be_had_everybody_is_denied_and_nobody_hammers(
    door: Door,
) -> None:
    door.issuer.down = True
    token = bearer(door.issuer.token(SERVICE_URL))
    for _ in range(20):
        assert await door.lets_in(token) == "keys_unavailable"
    assert door.issuer.fetches == 1
    door.clock.passes(seconds=6)
    door.issuer.down = False
    assert await door.lets_in(token) == "in"


async def test_known_keys_go_on_holding_while_new_ones_cannot_be_had(door: Door) -> None:
    assert await door.lets_in(bearer(door.issuer.token(SERVICE_URL))) == "in"
    door.issuer.down = True
    door.clock.passes(hours=30)
    assert await door.lets_in(bearer(door.issuer.token(SERVICE_URL))) == "in"


async def test_keys_that_hang_are_not_waited_for(door: Door) -> None:
    async def hang(reader: Any, writer: Any) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with aiohttp.ClientSession() as session:
        keys = SigningKeys(session, door.clock, f"http://127.0.0.1:{port}/x", seconds=0.05)
        verifier = Verifier(APP, [TENANT], keys, ServiceUrls(), door.clock)
        with pytest.raises(Denied, match="keys_unavailable"):
            await verifier.token(bearer(door.issuer.token(SERVICE_URL)))
    server.close()


async def test_keys_published_on_another_host_are_not_fetched(door: Door) -> None:
    async def elsewhere(_request: web.Request) -> web.Response:
        return web.json_response({"issuer": ISSUER, "jwks_uri": door.issuer.base + "/x"})

    app = web.Application()
    app.router.add_get("/meta", elsewhere)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with aiohttp.ClientSession() as session:
        metadata = f"http://127.0.0.1:{runner.addresses[0][1]}/meta"
        keys = SigningKeys(session, door.clock, metadata)
        verifier = Verifier(APP, [TENANT], keys, ServiceUrls(), door.clock)
        with pytest.raises(Denied, match="keys_unavailable"):
            await verifier.token(bearer(door.issuer.token(SERVICE_URL)))
    await runner.cleanup()
    assert door.issuer.fetches == 0


@pytest.mark.parametrize(("app_id", "tenants"), [("", [TENANT]), (APP, []), (APP, [""])])
async def test_without_an_app_id_or_a_tenant_it_refuses_to_start(
    door: Door, app_id: str, tenants: list[str]
) -> None:
    async with aiohttp.ClientSession() as session:
        keys = SigningKeys(session, door.clock)
        with pytest.raises(ValueError, match="app id"):
            Verifier(app_id, tenants, keys, ServiceUrls(), door.clock)

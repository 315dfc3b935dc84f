"""Whatever a stranger sends is refused with a status, and costs next to nothing."""

import asyncio
import hashlib
import hmac
import json
import logging
import random
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from adapters.slack.doorman import Doorman, Reply
from adapters.slack.gate import MAX_BODY_BYTES, Gate
from adapters.slack.shapes import Incoming
from tests.support.world import START, FakeClock

SECRET = "signing-secret"
NOW = int(START.timestamp())
FORM, JSON = "application/x-www-form-urlencoded", "application/json"

WHO = {"user": {"id": "U0HANAKO"}, "team": {"id": "T0HINATA"}, "trigger_id": "1.2.x"}
VIEW = {"id": "V1", "hash": "h", "type": "modal", "callback_id": "talk", "private_metadata": ""}
PRESS = {
    **WHO,
    "type": "block_actions",
    "actions": [{"type": "button", "action_id": "nav.help", "value": "help"}],
    "view": VIEW,
}
EVENT = {
    "type": "event_callback",
    "team_id": "T0HINATA",
    "event_id": "Ev00000001",
    "event": {"type": "message", "channel": "D0HANAKO", "user": "U0HANAKO", "text": "secret"},
}


def signature(body: bytes, stamp: str = str(NOW), secret: str = SECRET) -> str:
    base = b"v0:" + stamp.encode("utf-8", "surrogateescape") + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def signed(body: bytes, kind: str = FORM, stamp: str = str(NOW)) -> dict[str, str]:
    return {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(body, stamp),
    }


def form(payload: object) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


@dataclass
class Door:
    """The gate on a port, and what it let in."""

    clock: FakeClock = field(default_factory=FakeClock)
    let_in: list[Incoming] = field(default_factory=list)
    answer: int = 200
    goes_on: asyncio.Event | None = None
    """What the work behind the gate waits for."""
    server: TestServer | None = None
    session: ClientSession | None = None

    async def __aenter__(self) -> "Door":
        app = web.Application()
        app.router.add_post(
            "/", Gate(SECRET, self.clock, Doorman(self.clock, self.dispatch)).handle
        )
        self.server = TestServer(app)
        await self.server.start_server(auto_decompress=False)
        self.session = ClientSession()
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self.server is not None and self.session is not None
        await self.session.close()
        await self.server.close()

    async def dispatch(self, incoming: Incoming) -> Reply:
        self.let_in.append(incoming)
        if self.goes_on is not None:
            await self.goes_on.wait()
        return Reply(self.answer)

    async def knocks(self, body: object, headers: object) -> tuple[int, str]:
        assert self.server is not None and self.session is not None
        url = self.server.make_url("/")
        async with self.session.post(url, data=body, headers=headers) as response:
            return response.status, await response.text()


@pytest.fixture
async def door():
    async with Door() as door:
        yield door


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (form(PRESS), FORM),
        (json.dumps(EVENT).encode(), JSON),
        (form({**WHO, "type": "view_submission", "view": VIEW}), FORM),
        (form({**WHO, "type": "shortcut", "callback_id": "mamori_open"}), FORM),
        (
            urlencode(
                {
                    "user_id": "U0HANAKO",
                    "team_id": "T0HINATA",
                    "command": "/mamori",
                    "text": "",
                    "trigger_id": "1",
                }
            ).encode(),
            FORM,
        ),
    ],
)
async def test_what_slack_signed_is_let_in_once(door: Door, body: bytes, kind: str) -> None:
    assert (await door.knocks(body, signed(body, kind)))[0] == 200
    assert (await door.knocks(body, signed(body, kind)))[0] == 200
    assert len(door.let_in) == 1


async def test_an_event_is_let_in_once_however_often_slack_delivers_it(door: Door) -> None:
    body = json.dumps(EVENT).encode()
    await door.knocks(body, signed(body, JSON))
    door.clock.passes(minutes=1)
    await door.knocks(body, signed(body, JSON, str(NOW + 60)))
    assert len(door.let_in) == 1


async def test_what_came_to_nothing_may_be_delivered_again(door: Door) -> None:
    body = json.dumps(EVENT).encode()
    door.answer = 503
    assert (await door.knocks(body, signed(body, JSON)))[0] == 503
    door.answer = 200
    assert (await door.knocks(body, signed(body, JSON)))[0] == 200
    assert len(door.let_in) == 2


@pytest.mark.parametrize("answer", [200, 503])
async def test_a_repeat_that_comes_while_the_first_try_runs_ends_like_it(
    door: Door, answer: int
) -> None:
    """After three seconds Slack hangs up and asks again: that answer is the one it reads."""
    body = json.dumps(EVENT).encode()
    door.answer, door.goes_on = answer, asyncio.Event()
    tries = [
        asyncio.create_task(door.knocks(body, signed(body, JSON, str(NOW + number))))
        for number in range(3)
    ]
    await asyncio.sleep(0.1)
    assert len(door.let_in) == 1 and not any(each.done() for each in tries)
    door.goes_on.set()
    assert [status for status, _ in await asyncio.gather(*tries)] == [answer] * 3
    door.answer = 200
    assert (await door.knocks(body, signed(body, JSON)))[0] == 200
    assert len(door.let_in) == (1 if answer == 200 else 2)


BODY = form(PRESS)
GOOD = signed(BODY)
STAMPS = ["", "abc", "1e9", "-1", "9" * 5000, str(NOW - 301), str(NOW + 301), " ", "１２３", "0"]
SIGNATURES = [
    "",
    "é",
    "v0=",
    "v0=" + "0" * 63,
    "v1=" + "0" * 64,
    "v0=" + "0" * 64,
    GOOD["X-Slack-Signature"].upper(),
    signature(BODY, secret="other"),
]


@pytest.mark.parametrize("stamp", STAMPS)
async def test_a_stamp_that_slack_does_not_write_is_refused(door: Door, stamp: str) -> None:
    headers = {**GOOD, "X-Slack-Request-Timestamp": stamp}
    headers["X-Slack-Signature"] = signature(BODY, stamp)
    assert (await door.knocks(BODY, headers))[0] == 401
    assert not door.let_in


@pytest.mark.parametrize("age", [-299, 299])
async def test_within_five_minutes_a_request_is_let_in(door: Door, age: int) -> None:
    stamp = str(NOW + age)
    assert (await door.knocks(BODY, signed(BODY, stamp=stamp)))[0] == 200


@pytest.mark.parametrize("code", SIGNATURES)
async def test_a_signature_that_is_not_slacks_is_refused(door: Door, code: str) -> None:
    assert (await door.knocks(BODY, {**GOOD, "X-Slack-Signature": code}))[0] == 401
    assert not door.let_in


@pytest.mark.parametrize("name", ["X-Slack-Request-Timestamp", "X-Slack-Signature"])
async def test_a_header_that_comes_twice_or_never_is_refused(door: Door, name: str) -> None:
    twice = [*GOOD.items(), (name, GOOD[name])]
    assert (await door.knocks(BODY, twice))[0] == 401
    assert (await door.knocks(BODY, {k: v for k, v in GOOD.items() if k != name}))[0] == 401


HOSTILE = [
    b"",
    b"\xff\xfe",
    b"null",
    b"[]",
    b"1",
    b"NaN",
    b'{"type": NaN}',
    b'{"type":"event_callback","type":"event_callback"}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"type":"url_verification","challenge":["<script>"]}',
    b'{"type":"url_verification"}',
    json.dumps({**EVENT, "event": None}).encode(),
    json.dumps({**EVENT, "event_id": 10**30}).encode(),
    json.dumps({**EVENT, "team_id": "../.."}).encode(),
    json.dumps({**EVENT, "event": {"type": "message", "channel": 1}}).encode(),
]
FORMS = [
    b"payload=",
    b"payload=null",
    b"payload={}&payload={}",
    b"payload=%ff",
    b"payload=" + b"%5b" * 20_000,
    b"&" * 500 + b"a=1",
    form({**PRESS, "actions": []}),
    form({**PRESS, "actions": [{}]}),
    form({**PRESS, "actions": [{"type": "button", "action_id": 1}]}),
    form({**PRESS, "actions": "x"}),
    form({**PRESS, "user": None}),
    form({**PRESS, "user": {"id": "U" * 300}}),
    form({**PRESS, "team": None}),
    form({**PRESS, "type": "unknown"}),
    form({**PRESS, "view": {**VIEW, "private_metadata": "x" * 3001}}),
    form({**PRESS, "view": {**VIEW, "state": {"values": [1]}}}),
    form({**PRESS, "view": {**VIEW, "state": {"values": {"a": {"b": {"value": 1}}}}}}),
    form({**WHO, "type": "view_submission"}),
    urlencode({"user_id": "x", "command": "/mamori"}).encode(),
]


@pytest.mark.parametrize("body", [*HOSTILE, *FORMS])
async def test_signed_or_not_no_hostile_body_gets_through(door: Door, body: bytes) -> None:
    for kind in (JSON, FORM):
        assert 400 <= (await door.knocks(body, signed(body, kind)))[0] < 500
        assert (await door.knocks(body, {"Content-Type": kind}))[0] == 401
    assert not door.let_in


async def test_size_encoding_and_kind_are_looked_at_before_the_body(door: Door) -> None:
    big = b"x" * (MAX_BODY_BYTES + 1)
    assert (await door.knocks(big, signed(big)))[0] == 413

    async def chunks():
        for _ in range(40):
            yield b"x" * 10_000

    assert (await door.knocks(chunks(), signed(b"")))[0] == 413
    assert (await door.knocks(BODY, {**GOOD, "Content-Encoding": "gzip"}))[0] == 415
    assert (await door.knocks(BODY, {**GOOD, "Content-Type": "text/html"}))[0] == 415
    assert not door.let_in


async def test_a_challenge_is_said_back_as_json_and_never_as_a_page(door: Door) -> None:
    asked = {"type": "url_verification", "challenge": "<script>alert(1)</script>"}
    body = json.dumps(asked).encode()
    status, text = await door.knocks(body, signed(body, JSON))
    assert status == 200 and json.loads(text) == {"challenge": asked["challenge"]}
    assert (await door.knocks(body, {"Content-Type": JSON}))[0] == 401


async def test_ssl_check_is_answered_only_when_signed(door: Door) -> None:
    body = b"ssl_check=1&token=x"
    assert (await door.knocks(body, signed(body)))[0] == 200
    assert (await door.knocks(body, {"Content-Type": FORM}))[0] == 401
    assert not door.let_in


async def test_two_thousand_mutants_get_no_effect_and_no_failure(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(7)
    caplog.set_level(logging.DEBUG, "slack_bolt")
    originals = [(form(PRESS), FORM), (json.dumps(EVENT).encode(), JSON)]
    for number in range(2000):
        body, kind = originals[number % 2]
        mutant = bytearray(body)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(mutant))
            mutant[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        headers = {**signed(body, kind)}  # the signature of what Slack sent
        status, _ = await door.knocks(bytes(mutant), headers)
        expected = 401 if bytes(mutant) != body else 200
        assert status == expected
    assert len(door.let_in) <= 2
    assert "secret" not in caplog.text


async def test_a_thousand_signed_mutants_are_never_a_failure(door: Door) -> None:
    chance = random.Random(11)
    originals = [(form(PRESS), FORM), (json.dumps(EVENT).encode(), JSON)]
    for number in range(1000):
        body, kind = originals[number % 2]
        mutant = bytearray(body)
        place = chance.randrange(len(mutant))
        mutant[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        status, _ = await door.knocks(bytes(mutant), signed(bytes(mutant), kind))
        assert status < 500

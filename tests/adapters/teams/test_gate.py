"""What a stranger may send is turned away unread, and nothing anybody sends breaks anything."""

import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.teams.gate import MAX_BODY_BYTES
from tests.adapters.teams.play import Play, playing, said
from tests.adapters.teams.walks import SHINJUKU, first
from tests.fake_teams.client import Person


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    async with playing(tmp_path) as made:
        yield made


async def posted(play: Play, body: bytes, **headers: str) -> int:
    """The status that a request gets."""
    teams = play.teams
    async with teams.session.post(teams.endpoint, data=body, headers=headers) as response:
        await response.read()
        return response.status


def bearer(play: Play) -> str:
    return "Bearer " + play.connector.issuer.token(play.connector.service_url)


UNSIGNED = {
    "nothing": b"",
    "not JSON": b"{",
    "deep": b"[" * 100_000,
    "not UTF-8": b"\xff\xfe",
    "an activity": json.dumps(
        {"type": "message", "serviceUrl": "http://169.254.169.254/"}
    ).encode(),
}


@pytest.mark.parametrize("body", UNSIGNED.values(), ids=UNSIGNED)
async def test_an_unsigned_request_is_turned_away_and_starts_nothing(
    play: Play, body: bytes
) -> None:
    before = len(play.connector.calls)
    assert await posted(play, body, **{"Content-Type": "application/json"}) == 401
    signed_by_nobody = {"Content-Type": "application/json", "Authorization": "Bearer x.y.z"}
    assert await posted(play, body, **signed_by_nobody) == 401
    assert len(play.connector.calls) == before
    assert not play.connector.issuer.grants


SIGNED: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "not JSON": (b"{", 400),
    "deep": (b"[" * 100_000, 400),
    "deep in an object": (b'{"a":' * 20_000, 400),
    "not UTF-8": (b"\xff\xfe", 400),
    "a list": (b"[]", 400),
    "null": (b"null", 400),
    "NaN": (b'{"a": NaN}', 400),
    "a key twice": (b'{"type": "message", "type": "invoke"}', 400),
    "an empty object": (b"{}", 401),
}


@pytest.mark.parametrize(("body", "status"), SIGNED.values(), ids=SIGNED)
async def test_a_signed_request_that_teams_does_not_send_is_no_error_of_ours(
    play: Play, body: bytes, status: int
) -> None:
    headers = {"Content-Type": "application/json", "Authorization": bearer(play)}
    assert await posted(play, body, **headers) == status


async def test_only_json_is_read(play: Play) -> None:
    headers = {"Content-Type": "text/plain", "Authorization": bearer(play)}
    assert await posted(play, b"{}", **headers) == 415
    zipped = {**headers, "Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert await posted(play, gzip.compress(b"{}" * 1000), **zipped) in (400, 415)


async def test_what_is_too_large_is_read_no_further_than_the_cap(play: Play) -> None:
    headers = {"Content-Type": "application/json", "Authorization": bearer(play)}
    assert await posted(play, b" " * (MAX_BODY_BYTES + 1), **headers) == 413

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 64 * 1024

    teams = play.teams
    async with teams.session.post(teams.endpoint, data=endless(), headers=headers) as response:
        assert response.status == 413


async def test_two_authorization_headers_are_none(play: Play) -> None:
    url, teams = play.teams.endpoint, play.teams
    headers = [("Content-Type", "application/json"), *[("Authorization", bearer(play))] * 2]
    async with teams.session.post(url, data=b"{}", headers=headers) as response:
        assert response.status == 401


def employee(play: Play) -> Person:
    return play.person("employee")


def invoke(play: Play, value: Any, name: str = "task/submit", **more: Any) -> dict[str, Any]:
    person = employee(play)
    return person.activity("invoke", person.chat, name=name, value=value, **more)


STRANGE: dict[str, Any] = {
    "no value": None,
    "a text": "x",
    "a list": [],
    "no data": {},
    "data in words": {"data": "x"},
    "data in a list": {"data": []},
    "no button": {"data": {}},
    "a strange button": {"data": {"do": "__class__"}},
    "a button in a list": {"data": {"do": ["answer"]}},
    "a forged token": {"data": {"do": "answer", "t": "A" * 467, "b": "check"}},
    "a token that is no text": {"data": {"do": "answer", "t": 5, "b": {}}},
    "a huge token": {"data": {"do": "answer", "t": "A" * 60_000, "b": "check"}},
    "a forged pass": {"data": {"do": "press", "p": "A" * 467, "c": "x"}},
    "a forged press": {"data": {"do": "details", "c": "take." + "0" * 32 + "..aaaaaaaaaaaa"}},
    "a press of no form": {"data": {"do": "details", "c": "...."}},
    "work on nothing": {"data": {"do": "work", "o": "x", "c": "y", "f": "words.0"}},
    "inputs of no form": {"data": {"do": "answer", "g.x": 5, "t.words": ["a"], "t.": "y"}},
    "a page far away": {"data": {"do": "policy", "g": 999}},
    "lone surrogates": {"data": {"do": "open", "t.receipt": "\ud800" * 5}},
    "full width digits": {"data": {"do": "open", "t.receipt": "１２３４５" * 5}},
    "a strange language": {"data": {"do": "first", "l": "xx"}},
}


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("name", ["task/fetch", "task/submit"])
async def test_whatever_a_button_carries_a_dialog_comes_back_or_it_is_refused(
    play: Play, name: str, value: Any
) -> None:
    answered = await play.teams.deliver(invoke(play, value, name))
    assert answered.status in (200, 400), answered
    if answered.status == 200:
        assert answered.body["task"]["type"] == "continue"
        assert said("ja", "teams.failed") not in json.dumps(answered.body, ensure_ascii=False)


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE)
async def test_whatever_a_card_s_button_carries_a_line_comes_back_or_it_is_refused(
    play: Play, value: Any
) -> None:
    answered = await play.teams.deliver(invoke(play, {"action": value}, "adaptiveCard/action"))
    assert answered.status in (200, 400), answered


SENDERS: dict[str, dict[str, Any]] = {
    "nobody": {"from": None},
    "a name alone": {"from": {"name": "x"}},
    "an id of no form": {"from": {"id": "29:1", "aadObjectId": "me"}},
    "a list": {"from": []},
    "no conversation": {"conversation": {"tenantId": "aaaaaaaa-0000-0000-0000-000000000001"}},
    "a conversation too long": {
        "conversation": {"id": "a" * 500, "tenantId": "aaaaaaaa-0000-0000-0000-000000000001"}
    },
    "no recipient": {"recipient": None},
}


@pytest.mark.parametrize("changed", SENDERS.values(), ids=SENDERS)
async def test_an_activity_of_nobody_does_nothing(play: Play, changed: dict[str, Any]) -> None:
    person = employee(play)
    activity = {**person.activity("message", person.chat, text="x"), **changed}
    answered = await play.teams.deliver(activity)
    assert answered.status in (400, 401)
    assert not person.messages()


@pytest.mark.parametrize(
    "kind", ["typing", "messageReaction", "event", "conversationUpdate", "endOfConversation", "x"]
)
async def test_what_is_nothing_to_this_bot_is_taken_and_forgotten(play: Play, kind: str) -> None:
    person = employee(play)
    answered = await play.teams.deliver(person.activity(kind, person.chat))
    assert (answered.status, answered.body) == (200, None)
    assert not person.messages()


async def test_a_request_that_is_not_for_us_gets_401_and_never_500(play: Play) -> None:
    person = employee(play)
    activity = person.activity("message", person.chat, text="x")
    for changed in ({"aud": "another"}, {"iss": "x"}, {"exp": 1}, {"serviceurl": "https://x/"}):
        assert (await play.teams.deliver(activity, **changed)).status == 401
    play.connector.issuer.down = True
    assert (await play.teams.deliver(activity, key_id="k9")).status == 401
    assert not person.messages()


async def test_an_answer_that_cannot_be_sent_is_said_to_the_connector(play: Play) -> None:
    person = employee(play)
    await person.says("x")
    person.user.blocked = True
    answered = await play.teams.deliver(person.activity("message", person.chat, text="x"))
    assert answered.status == 503


async def test_what_fails_inside_is_said_in_the_dialog_with_whom_to_call(
    play: Play, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_args: Any, **_more: Any) -> Any:
        raise RuntimeError("KANARIA")

    monkeypatch.setattr("bot.conversations.Conversations.start", broken)
    answered = await play.teams.deliver(invoke(play, {"data": {"do": "first"}}, "task/fetch"))
    text = json.dumps(answered.body, ensure_ascii=False)
    assert answered.status == 200 and said("ja", "teams.failed") in text and "110" in text
    assert "KANARIA" not in text + capsys.readouterr().out


async def test_words_are_not_lost_when_they_could_not_be_saved(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = await first(employee(play), "ja", "first.check")
    await dialog.presses(said("ja", "safe.v"))
    await dialog.chooses(said("ja", "chip.c")).presses(said("ja", "button.next"))
    await dialog.chooses(said("ja", "effects.f")).presses(said("ja", "button.next"))
    await dialog.presses(said("ja", "demand.r"))
    await dialog.presses(said("ja", "result.send"))
    await dialog.presses(SHINJUKU["ja"])
    await dialog.presses(said("ja", "who.next"))

    async def broken(*_args: Any, **_more: Any) -> Any:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr("bot.endings.file_report", broken)
        await dialog.fills(said("ja", "review.words"), "KOTOBA").presses(said("ja", "review.send"))
    assert said("ja", "problem.not_saved") in dialog.text
    assert "KOTOBA" in json.dumps(dialog.card)
    await dialog.presses(said("ja", "review.send"))
    assert said("ja", "teams.receipt") in dialog.text


async def test_a_flood_of_strangers_is_one_line_a_minute_in_the_log(
    play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(20):
        assert await posted(play, b"KANARIA", Authorization="Bearer KANARIA") == 401
    play.world.clock.passes(minutes=1)
    assert await posted(play, b"x", Authorization="Bearer KANARIA") == 401
    logged = capsys.readouterr().out
    assert logged.count("teams_denied") == 2
    assert "KANARIA" not in logged

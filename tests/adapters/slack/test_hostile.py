"""Mutants of real requests, signed and unsigned, against the whole adapter and its database."""

import copy
import json
import logging
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from sqlalchemy import create_engine, text

from storage.engines import database_url
from tests.adapters.slack.office import DESK, Office, said
from tests.adapters.slack.walks import (
    answers_the_checklist,
    files_by_hand,
    files_without_a_name,
)

SIGNED, UNSIGNED = 800, 400
SECRET = "kumquat"
HOSTILE: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1.5, "", " ", "x", "\x00", "\u202e", "\u200b" * 50, "a\u0301" * 300,
    "é" * 3001, "<!channel>", "<@U0SATO>", "<http://evil.example|x>", "javascript:1", "{{7*7}}",
    "%s%n", "../../etc", "=1+1", "'; DROP TABLE case_file;--", "T0OTHER", "U0SATO", [], {}, [[]],
    {"id": []}, {"value": None}, [None], "home", "modal", "talk", "case", "details", "receipt",
    "press.card.0", "door.first", "nav.help", "desk.0.0", "duty.off", "answer.find", "..", "👩‍👩‍👧",
)  # fmt: skip
TABLES = ("case_file", "history", "message", "duty", "seat", "card", "nudge", "on_duty", "install")


def payload_of(body: bytes, headers: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """What a request carries, and in which shape."""
    if headers["Content-Type"] == "application/json":
        return "json", json.loads(body)
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return ("payload", json.loads(fields["payload"])) if "payload" in fields else ("form", fields)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a request, from the outside in."""
    inside = value.items() if isinstance(value, dict) else ()
    inside = enumerate(value) if isinstance(value, list) else inside
    for key, part in inside:
        yield (*path, key)
        yield from places(part, (*path, key))


def mutant(chance: random.Random, original: dict[str, Any]) -> dict[str, Any]:
    """The request with one to three of its places taken away, doubled or made something else."""
    made = copy.deepcopy(original)
    for _ in range(chance.randint(1, 3)):
        *way, last = chance.choice(list(places(made)))
        parent = made
        for key in way:
            parent = parent[key]
        if chance.random() < 0.25 and isinstance(parent, dict):
            del parent[last]
        else:
            parent[last] = copy.deepcopy(chance.choice(HOSTILE))
        if not made:
            break
    return made


def packed(shape: str, payload: dict[str, Any]) -> tuple[bytes, str]:
    """The request as bytes."""
    if shape == "json":
        return json.dumps(payload).encode(), "application/json"
    fields = {"payload": json.dumps(payload)} if shape == "payload" else payload
    text = {key: value if isinstance(value, str) else str(value) for key, value in fields.items()}
    return urlencode(text, errors="replace").encode(), "application/x-www-form-urlencoded"


async def everybody_presses(office: Office) -> list[tuple[str, dict[str, Any]]]:
    """One of each request that people make, as Slack delivered it."""
    john, sato, tanaka = (office.person(name) for name in ("john", "sato", "tanaka"))
    await john.writes(SECRET)
    await john.opens_home()
    await john.commands("/mamori", SECRET)
    await answers_the_checklist(john, "en")
    await files_without_a_name(john, "en", SECRET)
    card = await files_by_hand(office)
    await sato.taps_in(card, said("ja", "desk.take"))
    await sato.taps_in(card, said("ja", "desk.details"))
    await sato.opens_home()
    await tanaka.opens_home()
    await john.uses_shortcut("mamori_open")
    john.closes()
    sato.closes()
    return [payload_of(*request) for request in office.slack.delivered]


async def rows(office: Office) -> dict[str, int]:
    engine = create_engine(database_url(f"sqlite:///{office.folder / 'mamori.db'}"))
    with engine.connect() as connection:
        found = {t: connection.execute(text(f"SELECT count(*) FROM {t}")).scalar() for t in TABLES}
    engine.dispose()
    return found


async def test_mutants_of_every_request_have_no_effect_and_no_failure(
    office: Office, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG, "slack_bolt")
    office.slack.enforces_rates = False
    originals = await everybody_presses(office)
    chance, before, posts = random.Random(3), await rows(office), len(office.messages(DESK))
    statuses: dict[int, int] = {}
    for number in range(SIGNED):
        shape, payload = chance.choice(originals)
        body, kind = packed(shape, mutant(chance, payload))
        reply = await office.slack.sends(body, kind)
        statuses[reply.status] = statuses.get(reply.status, 0) + 1
        assert reply.status < 500, (number, reply.status, body[:2000])
        assert "Traceback" not in reply.text
    for _ in range(UNSIGNED):
        shape, payload = chance.choice(originals)
        body, kind = packed(shape, mutant(chance, payload))
        headers = {"Content-Type": kind, **office.slack.signature(b"another body")}
        assert (await office.slack.posts(body, headers)).status == 401
    assert await rows(office) == before and len(office.messages(DESK)) == posts
    assert statuses[200] > SIGNED / 10 and statuses[400] > SIGNED / 10
    said_aloud = caplog.text + "".join(capsys.readouterr())
    assert "Traceback" not in said_aloud and SECRET not in said_aloud

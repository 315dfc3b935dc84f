"""The manifest asks for what the adapter uses: all of it, and nothing besides."""

from pathlib import Path

import pytest
import yaml

from adapters.slack.manifest import EXAMPLE_URL, manifest
from adapters.slack.surface import BOT_EVENTS, COMMAND, READS, SHORTCUT, WRITES, scopes
from tests.adapters.slack.office import Office, said
from tests.adapters.slack.walks import answers_the_checklist, files_without_a_name
from tests.fake_slack.methods import METHODS

ROOT = Path(__file__).parents[3]


def made(url: str | None = EXAMPLE_URL) -> dict:
    return yaml.safe_load(manifest(url))


def test_the_file_at_the_root_is_the_one_that_is_made() -> None:
    assert (ROOT / "manifest.yml").read_text("utf-8") == manifest(EXAMPLE_URL)


def test_it_asks_for_the_scopes_and_events_that_are_used_and_no_others() -> None:
    app = made()
    assert set(app["oauth_config"]["scopes"]["bot"]) == scopes()
    assert "user" not in app["oauth_config"]["scopes"]
    assert app["settings"]["event_subscriptions"]["bot_events"] == sorted(BOT_EVENTS)
    (command,), (shortcut,) = app["features"]["slash_commands"], app["features"]["shortcuts"]
    assert command["command"] == COMMAND and shortcut["callback_id"] == SHORTCUT


def test_every_address_is_the_operators_own() -> None:
    app = made("https://mamori.hinata.example/")
    url = "https://mamori.hinata.example/slack/events"
    settings = app["settings"]
    assert settings["event_subscriptions"]["request_url"] == url
    assert settings["interactivity"]["request_url"] == url
    assert app["features"]["slash_commands"][0]["url"] == url
    assert settings["socket_mode_enabled"] is False
    assert EXAMPLE_URL not in str(app)
    assert "your own address" not in manifest("https://mamori.hinata.example/")


@pytest.mark.parametrize("socket", [True, False])
def test_for_several_workspaces_browsers_are_led_back_and_tokens_are_renewed(socket: bool) -> None:
    app = yaml.safe_load(manifest("https://m.example/", socket=socket, several=True))
    assert app["oauth_config"]["redirect_urls"] == ["https://m.example/slack/oauth_redirect"]
    assert app["settings"]["org_deploy_enabled"] is True
    assert app["settings"]["token_rotation_enabled"] is True
    assert app["settings"]["socket_mode_enabled"] is socket
    assert ("request_url" in app["settings"]["interactivity"]) is not socket


def test_without_an_address_it_is_one_for_socket_mode() -> None:
    app = made(None)
    assert app["settings"]["socket_mode_enabled"] is True
    assert "url" not in str(app)


def test_each_method_needs_what_slack_says_it_needs() -> None:
    for name, needed in {**WRITES, **READS}.items():
        if name in METHODS:
            allowed = METHODS[name].scopes
            assert set(needed) <= set(allowed) and bool(needed) == bool(allowed), name


@pytest.mark.parametrize("event", BOT_EVENTS)
async def test_every_event_that_is_asked_for_is_listened_to(office: Office, event: str) -> None:
    kind = event.partition(".")[0]
    more = {"channel": "D0JOHN", "channel_type": "im", "user": "U0JOHN", "text": "x", "tab": "home"}
    assert (await office.person("john").event({"type": kind, **more})).status == 200


async def test_nothing_is_called_that_is_not_in_the_table(office: Office) -> None:
    john = office.person("john")
    await john.opens_home()
    await john.writes("hello")
    await john.commands(COMMAND)
    await answers_the_checklist(john, "en")
    await files_without_a_name(john, "en")
    await office.settles()
    card = next(m for m in office.messages("C0DESK") if said("ja", "desk.take") in m.read)
    await office.person("sato").taps_in(card, said("ja", "desk.details"))
    called = {call.method for call in office.slack.calls}
    assert called <= WRITES.keys() | READS.keys()
    assert not [call for call in office.slack.calls if call.error == "missing_scope"]


async def test_with_the_manifests_scopes_alone_nothing_is_refused(office: Office) -> None:
    office.slack.scopes = set(scopes())
    await test_nothing_is_called_that_is_not_in_the_table(office)

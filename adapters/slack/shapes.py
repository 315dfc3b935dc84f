"""Whether a request looks like one of Slack's, before anything is made of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.strict_json import NotJson, parse

_USER, _TEAM = re.compile(r"[UW][A-Z0-9]{2,20}"), re.compile(r"[TE][A-Z0-9]{2,20}")
_ID = re.compile(r"[A-Z][A-Z0-9]{2,30}")
LONGEST_CHALLENGE = 500
LONGEST_METADATA = 3000


class BadShape(Exception):
    """Slack does not send this."""


@dataclass(frozen=True)
class Incoming:
    """A signed request of a known shape."""

    kind: str
    """"event", "command" or the interaction's own type."""
    payload: Mapping[str, Any]
    event_id: str = ""


def challenge(text: str) -> str | None:
    """What a url_verification wants to hear back; None when it is none."""
    try:
        found = parse(text)
    except NotJson as error:
        raise BadShape from error
    if found.get("type") != "url_verification":
        return None
    asked = found.get("challenge")
    if not isinstance(asked, str) or len(asked) > LONGEST_CHALLENGE:
        raise BadShape
    return asked


def read(text: str, fields: Mapping[str, str] | None) -> Incoming:
    """The request in a JSON body, or in the fields of a form. Raises BadShape."""
    try:
        if fields is None:
            return _event(parse(text))
        return _interaction(parse(fields["payload"])) if "payload" in fields else _command(fields)
    except NotJson as error:
        raise BadShape from error


def from_socket(kind: str, payload: Mapping[str, Any]) -> Incoming:
    """The request in an envelope of Socket Mode. Raises BadShape."""
    readers = {"events_api": _event, "interactive": _interaction, "slash_commands": _command}
    _need(kind in readers)
    return readers[kind](payload)


def _event(found: Mapping[str, Any]) -> Incoming:
    _need(found.get("type") == "event_callback")
    _where(found.get("team_id"), found.get("enterprise_id"))
    _match(_ID, _capitals(found.get("event_id")))
    event = found.get("event")
    _need(isinstance(event, dict) and isinstance(event.get("type"), str))
    assert isinstance(event, dict)
    if event["type"] in ("message", "app_home_opened"):
        _need(isinstance(event.get("channel"), str) and _optional_view(event))
        if "bot_id" not in event and "subtype" not in event:
            _match(_USER, event.get("user"))
            _need(isinstance(event.get("text", ""), str))
    return Incoming("event", found, str(found["event_id"]))


def _interaction(found: Mapping[str, Any]) -> Incoming:
    kind = found.get("type")
    _person(found)
    if kind == "block_actions":
        _actions(found)
    elif kind == "view_submission":
        _need(_view(found.get("view")))
    elif kind == "shortcut":
        _need(isinstance(found.get("callback_id"), str))
        _need(isinstance(found.get("trigger_id"), str))
    else:
        raise BadShape
    return Incoming(str(kind), found)


def _actions(found: Mapping[str, Any]) -> None:
    actions = found.get("actions")
    _need(isinstance(actions, list) and len(actions) == 1 and isinstance(actions[0], dict))
    assert isinstance(actions, list)
    action = actions[0]
    _need(isinstance(action.get("action_id"), str) and isinstance(action.get("type"), str))
    _need(isinstance(action.get("value", ""), str))
    chosen = action.get("selected_option")
    _need(chosen is None or (isinstance(chosen, dict) and isinstance(chosen.get("value"), str)))
    _need(isinstance(found.get("trigger_id"), str))
    if "view" in found:
        _need(_view(found["view"]))
        return
    channel, container = found.get("channel"), found.get("container")
    _need(isinstance(channel, dict) and isinstance(container, dict))
    assert isinstance(channel, dict)
    _match(_ID, channel.get("id"))
    _need(isinstance(found.get("response_url", ""), str))


def _view(view: Any) -> bool:
    if not isinstance(view, dict):
        return False
    texts = [view.get(name) for name in ("id", "hash", "callback_id", "private_metadata", "type")]
    if not all(isinstance(text, str) for text in texts):
        return False
    state = view.get("state", {})
    values = state.get("values", {}) if isinstance(state, dict) else None
    return len(view["private_metadata"]) <= LONGEST_METADATA and _values(values)


def _values(values: Any) -> bool:
    """Blocks of actions, each saying what was chosen or typed."""
    if not isinstance(values, dict):
        return False
    states = [s for block in values.values() if isinstance(block, dict) for s in block.values()]
    blocks_right = all(isinstance(block, dict) for block in values.values())
    return blocks_right and all(isinstance(state, dict) and _state(state) for state in states)


def _state(state: Mapping[str, Any]) -> bool:
    value, one = state.get("value"), state.get("selected_option")
    several = state.get("selected_options") or []
    if not (value is None or isinstance(value, str)) or not isinstance(several, list):
        return False
    picked = [*several, *([one] if one is not None else [])]
    return all(isinstance(part, dict) and isinstance(part.get("value"), str) for part in picked)


def _optional_view(event: Mapping[str, Any]) -> bool:
    return "view" not in event or _view(event["view"])


def _command(fields: Mapping[str, Any]) -> Incoming:
    _match(_USER, fields.get("user_id"))
    _where(fields.get("team_id"), fields.get("enterprise_id"))
    command, trigger = fields.get("command"), fields.get("trigger_id")
    _need(isinstance(command, str) and command.startswith("/"))
    _need(isinstance(trigger, str) and bool(trigger))
    return Incoming("command", fields)


def _person(found: Mapping[str, Any]) -> None:
    user, team, org = found.get("user"), found.get("team"), found.get("enterprise")
    _need(isinstance(user, dict) and isinstance(team or {}, dict) and isinstance(org or {}, dict))
    assert isinstance(user, dict)
    _match(_USER, user.get("id"))
    enterprise = (org or {}).get("id") or (team or {}).get("enterprise_id")
    # In an organisation's own place no workspace is named, but the person's is.
    _where((team or {}).get("id") if team or not enterprise else user.get("team_id"), enterprise)


def _where(team: Any, enterprise: Any) -> None:
    """A workspace, or an organisation as such."""
    if enterprise:
        _match(_TEAM, enterprise)
    if team or not enterprise:
        _match(_TEAM, team)


def _capitals(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _match(pattern: re.Pattern[str], value: Any) -> None:
    _need(isinstance(value, str) and pattern.fullmatch(value) is not None)


def _need(right: bool) -> None:
    if not right:
        raise BadShape

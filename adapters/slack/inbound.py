"""A request of Slack's as the neutral thing it means. Reads, decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.fields import chosen_and_typed
from adapters.slack.places import workspace
from adapters.slack.screens import Kept

BY_SUBMIT = "by_submit"
"""The action under which an answer is chosen where only the modal's own button is answered."""


@dataclass(frozen=True)
class Source:
    """Who did something, where, and what may be opened for them because of it."""

    team: str
    """The workspace, with its organisation's id before it where it has one."""
    user: str
    trigger: str = ""
    response_url: str = ""

    @property
    def delivery(self) -> bytes:
        """Names this one press: Slack gives each its own trigger, and a replay the same one."""
        return f"slack|{self.team}|{self.trigger}".encode("utf-8", "replace")


@dataclass(frozen=True)
class Shown:
    """The view it was done on, with everything chosen and typed on it."""

    id: str
    hash: str
    name: str
    is_home: bool
    kept: Kept
    chosen: Mapping[str, tuple[str, ...]]
    typed: Mapping[str, str]
    answer: str | None
    """What was chosen among the answers where they are no buttons; None where they are."""


@dataclass(frozen=True)
class Action:
    """A press or a choice."""

    source: Source
    id: str
    value: str
    shown: Shown | None
    """None for a message."""
    room: str = ""
    """The channel of the message."""
    message: str = ""
    """The message's own name there; "" where a press cannot replace it: in a thread, for one."""

    @property
    def kind(self) -> str:
        """What an action is named after, up to its first dot."""
        return self.id.partition(".")[0]

    @property
    def what(self) -> str:
        """The rest of its name."""
        return self.id.partition(".")[2]


@dataclass(frozen=True)
class Submission:
    """The modal's own button."""

    source: Source
    shown: Shown


def read_action(payload: Mapping[str, Any]) -> Action:
    """A press on a view or a message."""
    action = payload["actions"][0]
    chosen = action.get("selected_option")
    value = chosen["value"] if isinstance(chosen, dict) else action.get("value", "")
    shown = _shown(payload["view"]) if "view" in payload else None
    room = "" if shown else str(payload["channel"]["id"])
    source = _source(payload, str(payload.get("response_url") or ""))
    message = "" if shown else _replaceable(payload["container"])
    return Action(source, str(action["action_id"]), str(value), shown, room, message)


def read_submission(payload: Mapping[str, Any]) -> Submission:
    """A submission of a modal."""
    return Submission(_source(payload, ""), _shown(payload["view"]))


def read_shortcut(payload: Mapping[str, Any]) -> Source:
    """The global shortcut."""
    return _source(payload, "")


def read_command(fields: Mapping[str, Any]) -> Source:
    """A slash command. The text after it is no part of its source: it is kept nowhere."""
    return Source(workspace_of(fields), str(fields["user_id"]), str(fields["trigger_id"]))


def workspace_of(payload: Mapping[str, Any]) -> str:
    """Where an event, an interaction or a command comes from.

    In an organisation's own place, which is no workspace, the person's workspace stands in.
    """
    team, user = payload.get("team"), payload.get("user")
    org = payload.get("enterprise")
    within: Mapping[str, Any] = team if isinstance(team, Mapping) else {}
    enterprise = org.get("id") if isinstance(org, Mapping) else within.get("enterprise_id")
    of_user = user.get("team_id") if isinstance(user, Mapping) else None
    return workspace(
        enterprise or payload.get("enterprise_id"),
        within.get("id") or payload.get("team_id") or of_user,
    )


def _replaceable(container: Mapping[str, Any]) -> str:
    ts = container.get("message_ts")
    own = container.get("thread_ts") in (None, ts) and not container.get("is_ephemeral")
    return ts if own and isinstance(ts, str) else ""


def home_kept(event: Mapping[str, Any]) -> Kept | None:
    """What the App Home carried when it was opened again."""
    view = event.get("view")
    return Kept.unpack(view["private_metadata"], "") if isinstance(view, dict) else None


def _source(payload: Mapping[str, Any], response_url: str) -> Source:
    trigger = str(payload.get("trigger_id", ""))
    return Source(workspace_of(payload), str(payload["user"]["id"]), trigger, response_url)


def _shown(view: Mapping[str, Any]) -> Shown:
    values = (view.get("state") or {}).get("values") or {}
    chosen, typed = chosen_and_typed(values)
    answers = [block[BY_SUBMIT] for block in values.values() if BY_SUBMIT in block]
    answer = (answers[0].get("selected_option") or {}).get("value", "") if answers else None
    return Shown(
        id=str(view["id"]),
        hash=str(view["hash"]),
        name=str(view["callback_id"]),
        is_home=view["type"] == "home",
        kept=Kept.unpack(str(view["private_metadata"]), ""),
        chosen=chosen,
        typed=typed,
        answer=None if answer is None else str(answer),
    )

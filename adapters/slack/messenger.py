"""Cards as messages of Slack's channels and direct messages.

A message is named "team/channel/ts". Its metadata holds a keyed hash of the row that owes
it, and nothing else: everybody in a workspace can read metadata.
"""

from collections.abc import Callable
from datetime import timedelta

from adapters.slack.api import Api, Done, Lost, No, Slow
from adapters.slack.cards import SlackMessage, card_message
from adapters.slack.hooks import Hooks
from adapters.slack.members import Members
from adapters.slack.places import Places
from adapters.slack.surface import READ_BACK_SCOPES
from adapters.slack.words import Words
from bot.case_work import Work
from bot.catalogue import Catalogue
from bot.messengers import DELETED, Ambiguous, Delivery, Found, NotThere, Permanent, Sent, Throttled
from flows.screens import Card

EVENT_TYPE = "mamori"
PEOPLE = ("U", "W")
"""What accounts begin with: of a workspace, and of an organisation."""
PAGES, PAGE = 3, 200
"""How far back a message is looked for: it was sent minutes ago."""

Guard = Callable[[str], bool]
"""Whether a channel may be shown content now."""


class SlackMessenger:
    """Posts, edits and finds messages. One message a second a channel is Slack's own pace."""

    def __init__(
        self, work: Work, api: Api, catalogue: Catalogue, may_show: Guard, hooks: Hooks
    ) -> None:
        self._work = work
        self._api = api
        self._catalogue = catalogue
        self._may_show = may_show
        self._hooks = hooks
        self._places = Places(work.company)
        self._members = Members(api, work.directory)

    @property
    def gap_seconds(self) -> float:
        """Between two messages of one channel."""
        return 1.0

    @property
    def reads_back(self) -> bool:
        """Whether no workspace is known to have granted less than looking for a message needs.

        A process that has just begun knows nothing: a message that stands there since the one
        before must be looked for all the same, and the first look tells.
        """
        return all(scopes >= READ_BACK_SCOPES for scopes in self._api.scopes.values())

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        """Shows a new message."""
        if not self._may_show(channel):
            return Throttled(self._work.clock.now() + timedelta(minutes=1))
        team, room = self._places.room(channel)
        message = await self._drawn(channel, card)
        given = {
            "channel": room,
            "text": message.text,
            "blocks": message.blocks,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": self._mark(key)}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        above = _parts(thread) if thread else None
        if above is not None and above[1] == room:
            given["thread_ts"] = above[2]
        answer = await self._api.call(team, "chat.postMessage", **given)
        if not isinstance(answer, Done):
            return self._outcome(answer)
        return Sent(f"{team}/{answer.data['channel']}/{answer.data['ts']}")

    async def edit(self, channel: str, ref: str, card: Card) -> Delivery:
        """Makes a message show `card`: by the press that changed it, where it saves a call.

        Its buttons are sealed for `channel`. The room of direct messages, in which it stands,
        says nothing of whose they are.
        """
        parts = _parts(ref)
        if parts is None:
            return Permanent(DELETED)
        team, room, ts = parts
        if not self._may_show(channel):
            return Throttled(self._work.clock.now() + timedelta(minutes=1))
        message = await self._drawn(channel, card)
        answer = await self._hooks.edit(room, ts, message)
        if isinstance(answer, No):
            given = {"channel": room, "ts": ts, "text": message.text, "blocks": message.blocks}
            answer = await self._api.call(team, "chat.update", **given)
        return Sent(ref) if isinstance(answer, Done) else self._outcome(answer)

    async def find(self, channel: str, key: str, thread: str | None) -> Found:
        """Looks for the message that `key` names, newest first."""
        team, room = self._places.room(channel)
        if room.startswith(PEOPLE):
            opened = await self._api.call(team, "conversations.open", users=room)
            if not isinstance(opened, Done):
                return self._not_found(team, opened)
            room = str(opened.data["channel"]["id"])
        above = _parts(thread) if thread else None
        given = {"channel": room, "include_all_metadata": "true", "limit": str(PAGE)}
        method = "conversations.history"
        if above is not None and above[1] == room:
            method, given["ts"] = "conversations.replies", above[2]
        return await self._look(team, room, method, given, self._mark(key))

    async def members(self, channel: str) -> frozenset[str] | None:
        """The accounts in a channel at this moment; None when Slack does not say."""
        return await self._members.present(*self._places.room(channel))

    async def _look(
        self, team: str, room: str, method: str, given: dict[str, str], mark: str
    ) -> Found:
        for _ in range(PAGES):
            answer = await self._api.call(team, method, **given)
            if not isinstance(answer, Done):
                return self._not_found(team, answer)
            for message in answer.data.get("messages", ()):
                payload = (message.get("metadata") or {}).get("event_payload") or {}
                if payload.get("id") == mark:
                    return Sent(f"{team}/{room}/{message['ts']}")
            cursor = (answer.data.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
            given = {**given, "cursor": cursor}
        return NotThere()

    async def _drawn(self, channel: str, card: Card) -> SlackMessage:
        address = f"slack:{channel}"
        language = card.language or self._places.language(channel)
        words = Words(self._catalogue, language, self._work.clock.now())
        return card_message(
            words,
            card,
            lambda press: self._work.index.seal_press(press, address),
            await self._members.alerted(self._places.room(channel)[0], card.mentions),
        )

    def _mark(self, key: str) -> str:
        return self._work.index.mac("slack message", key.encode()).hex()[:32]

    def _outcome(self, answer: Slow | Lost | No) -> Throttled | Ambiguous | Permanent:
        match answer:
            case Slow():
                return Throttled(self._work.clock.now() + timedelta(seconds=answer.seconds))
            case Lost():
                return Ambiguous()
            case No():
                return Permanent(answer.error)

    def _not_found(self, team: str, answer: Slow | Lost | No) -> Found:
        """What cannot be looked at now may be there. What never can be takes nothing more."""
        match answer:
            case No("thread_not_found"):
                return NotThere()
            case No("missing_scope"):
                # From now on nobody looks.
                self._api.scopes[team] = self._api.scopes.get(team, frozenset()) - READ_BACK_SCOPES
                return Ambiguous()
        return self._outcome(answer)


def _parts(ref: str) -> tuple[str, str, str] | None:
    parts = ref.split("/")
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None

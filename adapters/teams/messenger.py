"""Cards as messages of Teams' channels and personal chats.

A message is named "conversation|id", one of a personal chat "@account|id". Teams has no way to
look a message up by a name of ours, so what may have been taken is decided by the engine's rule
for such platforms.
Source of the limits and codes: Microsoft's page on rate limits for bots, and on proactive
messages (403 for who blocked or removed the app).
"""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta

import structlog

from adapters.teams.cards import channel_card, message, push_card
from adapters.teams.parts import Part
from adapters.teams.places import PLATFORM, Places, mentions
from adapters.teams.references import TENANT, Reference, References, of_person
from adapters.teams.transport import Lost, Place, Refused, Transport, Unsent
from adapters.teams.words import Words
from bot.case_work import Work
from bot.catalogue import Catalogue
from bot.messengers import DELETED, Ambiguous, Delivery, Found, Permanent, Sent, Throttled
from bot.return_address import NEUTRAL
from flows.screens import Card

log = structlog.get_logger()

PUBLIC = "https://smba.trafficmanager.net/teams/"
"""The Bot Connector's address where no other is known yet."""

GAP_SECONDS = 0.5
"""Between two messages of a thread. Teams takes 7 in one second, but 8 in two and 60 in thirty."""
MAY_BE_TAKEN = frozenset({500, 502, 503, 504})
AGAIN_LATER = frozenset({401, 408, 412, 429})
"""Certainly not taken. 412: somebody else wrote at that moment."""
LONGEST_WAIT_SECONDS = 3600.0
UNSENT_SECONDS = 5.0
REASONS = {400: "refused", 403: "unreachable", 404: DELETED, 413: "too_large"}


class TeamsMessenger:
    """Posts and edits messages."""

    def __init__(
        self,
        work: Work,
        transport: Transport,
        references: References,
        catalogue: Catalogue,
        bot: str,
        tenant: str,
        public: str = PUBLIC,
    ) -> None:
        self._work, self._transport, self._references = work, transport, references
        self._catalogue, self._places = catalogue, Places(work.company)
        self._bot, self._tenant, self._public = bot, tenant, public

    @property
    def gap_seconds(self) -> float:
        """Between two messages of one thread."""
        return GAP_SECONDS

    @property
    def reads_back(self) -> bool:
        """Never: Teams does not let a bot read what it wrote."""
        return False

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        """Shows a new message: a thread of a channel, an answer in one, or a direct one."""
        made = self._drawn(f"{PLATFORM}:{channel}", card)
        if channel.startswith("@"):
            to = channel.removeprefix("@")
            return await self._outcome(self._send_to(to, made, keep=card != NEUTRAL))
        above = (thread or "").partition("|")[0]
        place = await self._place(channel)
        if above.partition(";")[0] == channel and above != channel:
            return await self._outcome(self._answer(replace(place, conversation=above), made))
        return await self._outcome(self._start(place, made))

    async def edit(self, channel: str, ref: str, card: Card) -> Delivery:
        """Makes a message show `card`."""
        conversation, _, activity = ref.partition("|")
        if not activity:
            return Permanent(DELETED)
        made = self._drawn(f"{PLATFORM}:{channel}", card)
        return await self._outcome(self._change(conversation, activity, made))

    async def find(self, channel: str, key: str, thread: str | None) -> Found:
        """Nobody can say."""
        return Ambiguous()

    async def members(self, channel: str) -> frozenset[str] | None:
        """The accounts in a channel at this moment; None when Teams does not say."""
        try:
            found = await self._transport.members(await self._place(channel))
        except (Refused, Unsent, Lost):
            return None
        accounts = (each.get("aadObjectId") or each.get("objectId") or "" for each in found)
        return frozenset(str(account).lower() for account in accounts if account)

    def _drawn(self, address: str, card: Card) -> Part:
        index = self._work.index
        words = Words(self._catalogue, card.language or self._places.language(address))
        if card == NEUTRAL:
            return message(push_card(words, card), words.text(card.title))
        content = channel_card(
            words,
            card,
            lambda press: index.seal_press(press, address),
            mentions(self._work.directory, card, words),
        )
        return message(content, words.text(card.announced))

    async def _place(self, conversation: str) -> Place:
        known = await self._references.find(TENANT)
        url = known.service_url if known else self._public
        return Place(url, conversation, self._bot, self._tenant)

    async def _chat(self, entra_id: str, *, keep: bool) -> Place:
        """The chat with somebody. Kept for who is asked to come, and for nobody else: a row would
        say that the bot once wrote to them. Asked for again, Teams gives the same chat.

        `keep`: not because the bot writes to somebody that there is something for them. Whoever is
        asked to come may have reported, too.
        """
        key = of_person(entra_id)
        known = await self._references.find(key)
        if known is not None:
            return Place(known.service_url, known.conversation, self._bot, self._tenant)
        place = await self._place("")
        chat = await self._opened(place, entra_id)
        person = self._work.directory.by_account(PLATFORM, entra_id)
        if keep and person is not None and person.may_be_asked:
            await self._references.put(key, Reference(place.service_url, chat))
        return replace(place, conversation=chat)

    async def _opened(self, place: Place, entra_id: str) -> str:
        """The chat's id. As long as there is none, nothing was said in it, whatever was lost."""
        try:
            return await self._transport.open_personal(place, entra_id)
        except Lost as lost:
            raise Unsent from lost
        except Refused as refused:
            if refused.status in MAY_BE_TAKEN:
                raise Unsent from refused
            raise

    async def _start(self, place: Place, made: Part) -> Sent:
        posted = await self._transport.post(place, made)
        return Sent(f"{posted.conversation}|{posted.activity}")

    async def _answer(self, place: Place, made: Part) -> Sent:
        activity = await self._transport.send(place, made)
        return Sent(f"{place.conversation}|{activity}")

    async def _change(self, conversation: str, activity: str, made: Part) -> Sent:
        direct = conversation.startswith("@")
        place = await (
            self._chat(conversation[1:], keep=True) if direct else self._place(conversation)
        )
        await self._transport.update(place, activity, made)
        return Sent(f"{conversation}|{activity}")

    async def _send_to(self, entra_id: str, made: Part, *, keep: bool) -> Sent:
        activity = await self._transport.send(await self._chat(entra_id, keep=keep), made)
        return Sent(f"@{entra_id}|{activity}")

    async def _outcome(self, sending: Awaitable[Sent]) -> Delivery:
        try:
            return await sending
        except Lost:
            return Ambiguous()
        except Unsent:
            return self._later(UNSENT_SECONDS)
        except Refused as refused:
            return self._refused(refused)

    def _refused(self, refused: Refused) -> Delivery:
        if refused.status in AGAIN_LATER:
            return self._later(refused.retry_after)
        if refused.status in MAY_BE_TAKEN:
            return Ambiguous()
        log.warning("teams_refused", status=refused.status, code=refused.code)
        return Permanent(REASONS.get(refused.status, f"status_{refused.status}"))

    def _later(self, seconds: float | None) -> Throttled:
        """When to come back: never all at the same moment."""
        jitter = self._work.entropy.between(100, 1500) / 1000
        wait = 1.0 if seconds is None or not seconds >= 0 else min(seconds, LONGEST_WAIT_SECONDS)
        return Throttled(self._work.clock.now() + timedelta(seconds=wait + jitter))

"""The list of answers travels with the screen, sealed; nothing is stored before sending.

A token is one size whatever it holds, at most 500 characters, opens only for the same
visitor on the same platform, and dies with its day's key: what a platform kept of it can
never be opened later.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.company_records import DraftKey
from bot.links import GOOD_FOR as ERRAND_GOOD_FOR
from bot.links import Errand
from bot.ports import Clock, Entropy, Storage

GOOD_FOR = timedelta(hours=24)
KEYS_KEPT_DAYS = 2
"""A day's key is destroyed after 48 hours."""

PLAIN_BYTES = 320
TOKEN_CHARACTERS = 467
"""Of any token: 2 + 12 + 320 + 16 bytes in base64. A dialog's hidden field takes 500."""


@dataclass(frozen=True)
class Visitor:
    """Who a token is bound to. On the web the actor is a random cookie of this visit."""

    platform: str
    tenant: str
    actor: str
    site_id: str | None = None
    language: str = "ja"
    person_id: str | None = None
    """Who this is, where the platform's account belongs to somebody of the roster; never on the
    web. Kept with what has their name, and dropped of what has not."""
    name: str | None = None
    """How the platform names them, "" where it does not say; None on the web. Kept with a call
    for help, and with nothing else."""
    push: str = ""
    """Where the bot can write to this visitor, as an address; empty where it cannot, as on the
    web. Goes into the vault or nowhere."""


@dataclass(frozen=True)
class AnswerList:
    """A conversation: which flow, under which wording of the policy, and the answers so far."""

    flow: str
    policy_digest: str
    answers: tuple[str, ...] = ()
    site_id: str | None = None
    secret: bytes = b""
    """Born with a screen that sends; makes a repeated send the same send."""
    call: str = ""
    """The number of the call for help from whose page it was begun; offered, never taken."""


class Refusal(StrEnum):
    """Why a token opens nothing. Each leads to the same friendly "start again"."""

    STALE = "stale"
    CHANGED = "changed"
    UNKNOWN = "unknown"


class Unopened(Exception):
    """The token is stale, foreign, forged or broken."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class TooLong(Exception):
    """More answers than a token holds; no path of any flow gets there by itself."""


class SealedLists:
    """Seals and opens lists of answers, and passes to one's own case, with the day's key."""

    def __init__(self, storage: Storage, clock: Clock, entropy: Entropy) -> None:
        self._storage = storage
        self._clock = clock
        self._entropy = entropy
        self._keys: dict[int, DraftKey] = {}

    async def seal(self, visitor: Visitor, answers: AnswerList) -> str:
        """The token of a screen."""
        fields = {
            "f": answers.flow,
            "p": answers.policy_digest,
            "a": answers.answers,
            "s": answers.site_id,
            "k": base64.b64encode(answers.secret).decode(),
            **({"c": answers.call} if answers.call else {}),
        }
        return await self._seal("list", visitor, fields)

    async def open(self, visitor: Visitor, token: str) -> AnswerList:
        """The list behind a screen's token. Raises Unopened."""
        fields = await self._open("list", visitor, token)
        return AnswerList(
            flow=fields["f"],
            policy_digest=fields["p"],
            answers=tuple(fields["a"]),
            site_id=fields["s"],
            secret=base64.b64decode(fields["k"]),
            call=fields.get("c", ""),
        )

    async def seal_pass(self, visitor: Visitor, case_id: str) -> str:
        """A pass to one's own case, good for a day, for this visit only."""
        return await self._seal("pass", visitor, {"c": case_id})

    async def open_pass(self, visitor: Visitor, token: str) -> str:
        """The id of the case behind a pass. Raises Unopened."""
        case_id: str = (await self._open("pass", visitor, token))["c"]
        return case_id

    async def seal_errand(self, visitor: Visitor, errand: Errand) -> str:
        """What a page behind a link may do, good as long as a link, for this visit only."""
        return await self._seal("errand", visitor, {"e": errand.packed()})

    async def open_errand(self, visitor: Visitor, token: str) -> Errand:
        """The errand behind a page's token. Raises Unopened."""
        fields = await self._open("errand", visitor, token, ERRAND_GOOD_FOR)
        return Errand.unpacked(fields["e"])

    def with_new_secret(self, answers: AnswerList) -> AnswerList:
        """The same list for a screen that sends."""
        return replace(answers, secret=self._entropy.bytes(16))

    async def _seal(self, purpose: str, visitor: Visitor, fields: Mapping[str, object]) -> str:
        now = self._clock.now()
        key = await self._todays_key(now)
        dated = {**fields, "i": int(now.timestamp())}
        text = json.dumps(dated, separators=(",", ":")).encode()
        if len(text) > PLAIN_BYTES:
            raise TooLong
        nonce = self._entropy.bytes(12)
        sealed = AESGCM(key.key).encrypt(nonce, text.ljust(PLAIN_BYTES), _bound(purpose, visitor))
        token = base64.urlsafe_b64encode(key.id.to_bytes(2, "big") + nonce + sealed)
        return token.decode().rstrip("=")

    async def _open(
        self, purpose: str, visitor: Visitor, token: str, good_for: timedelta = GOOD_FOR
    ) -> dict[str, Any]:
        if len(token) != TOKEN_CHARACTERS or not token.isascii():
            raise Unopened(Refusal.UNKNOWN)
        try:
            raw = base64.b64decode(token + "=", altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise Unopened(Refusal.UNKNOWN) from error
        key = await self._key(int.from_bytes(raw[:2], "big"))
        if key is None:
            raise Unopened(Refusal.STALE)
        try:
            text = AESGCM(key.key).decrypt(raw[2:14], raw[14:], _bound(purpose, visitor))
        except InvalidTag as error:
            raise Unopened(Refusal.UNKNOWN) from error
        fields: dict[str, Any] = json.loads(text)
        issued = datetime.fromtimestamp(fields["i"], UTC)
        if self._clock.now() - issued > good_for:
            raise Unopened(Refusal.STALE)
        return fields

    async def _todays_key(self, now: datetime) -> DraftKey:
        today = now.date()
        for key in self._keys.values():
            if key.day == today:
                return key
        async with self._storage.write() as tx:
            await tx.draft_keys.destroy_before(today - timedelta(days=KEYS_KEPT_DAYS - 1))
            key = await tx.draft_keys.of_day(today)
        # A destroyed key must not live on in memory either.
        oldest = today - timedelta(days=KEYS_KEPT_DAYS - 1)
        self._keys = {k.id: k for k in (*self._keys.values(), key) if k.day >= oldest}
        return key

    async def _key(self, key_id: int) -> DraftKey | None:
        if key_id not in self._keys:
            async with self._storage.read() as tx:
                key = await tx.draft_keys.by_id(key_id)
            if key is None:
                return None
            self._keys[key_id] = key
        return self._keys[key_id]


def _bound(purpose: str, visitor: Visitor) -> bytes:
    # As a list, so that no two visitors' parts run together into the same text.
    return json.dumps([purpose, visitor.platform, visitor.tenant, visitor.actor]).encode()

"""Links that are good once and for half an hour: to add files to a case, or to see one.

The link is all there is: the database has a keyed hash of it and the day, and what it is for
opens under the link alone.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.case_work import Work
from bot.ports import Transaction

GOOD_FOR = timedelta(minutes=30)
_TOKEN_BYTES = 20


class For(StrEnum):
    """What a link is for. The word begins its address."""

    ADD = "add"
    SEE = "see"


@dataclass(frozen=True)
class Errand:
    """What somebody may do with a link, or with the page behind it."""

    purpose: For
    case_id: str
    file: int = 0
    """The file's number in the case."""
    person_id: str = ""
    """Which member of the desk; empty for whoever reported."""
    desk: int = 0
    """Which of the company's desk channels they are at."""

    def packed(self) -> dict[str, Any]:
        """The errand as a few plain values."""
        return asdict(self)

    @classmethod
    def unpacked(cls, values: Mapping[str, Any]) -> "Errand":
        """The errand behind `packed`."""
        return cls(**{**values, "purpose": For(values["purpose"])})


async def new_link(work: Work, tx: Transaction, errand: Errand) -> str:
    """The path of a new link."""
    secret, now = work.entropy.bytes(_TOKEN_BYTES), work.clock.now()
    ends = int((now + GOOD_FOR).timestamp())
    text = json.dumps({**errand.packed(), "ends": ends}).encode()
    key_mac, key = _keys(work, secret)
    await tx.links.put(key_mac, key, text, now.date())
    token = base64.b32encode(secret).decode().lower()
    return f"/{errand.purpose.value}/{token}"


async def use_link(work: Work, tx: Transaction, purpose: For, token: str) -> Errand | None:
    """What a link is for; None for one that is used, too old, for something else, or none at all.

    It is used up, whatever comes of it.
    """
    try:
        secret = base64.b32decode(token.upper().encode("ascii", "replace"))
    except binascii.Error:
        return None
    if len(secret) != _TOKEN_BYTES:
        return None
    text = await tx.links.take(*_keys(work, secret))
    if text is None:
        return None
    values = json.loads(text)
    ends = datetime.fromtimestamp(values.pop("ends"), UTC)
    errand = Errand.unpacked(values)
    return errand if errand.purpose is purpose and work.clock.now() < ends else None


async def forget_old_links(work: Work) -> None:
    """Deletes the rows of links that nobody used: those of yesterday and before are over."""
    yesterday = work.clock.now().date() - timedelta(days=1)
    async with work.storage.write() as tx:
        await tx.links.forget_before(yesterday)


def _keys(work: Work, secret: bytes) -> tuple[bytes, bytes]:
    """What finds the row, and what opens it."""
    return work.index.mac("link", secret), work.index.mac("key of link", secret)

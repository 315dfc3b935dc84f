"""What is derived from secrets: look-up codes, receipts, signed site links and presses.

All of it hangs on the index key, which never stands in the database, so that a stolen
database cannot be searched for a receipt, nor a link or a button be forged.
"""

import base64
import hmac
import unicodedata

from bot.ports import Entropy
from flows.presses import Press, Verb

RECEIPT_DIGITS = 25
"""83 random bits, as digits: easy to copy by hand in any language."""

_PUBLIC_LETTERS = "ABCDEFGHJKMNPQRTUVWXY346789"
"""Letters and digits that nobody mistakes for one another."""
_PUBLIC_LENGTH = 7


class IndexKey:
    """The key for look-ups and signatures, apart from the master key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("the index key must be 32 bytes")
        self._key = key

    def mac(self, purpose: str, data: bytes) -> bytes:
        """A keyed hash that is of use for `purpose` only."""
        return hmac.digest(self._key, purpose.encode() + b"\0" + data, "sha256")

    def draft_mac(self, secret: bytes) -> bytes:
        """What makes a repeated send find the same case."""
        return self.mac("draft", secret)

    def receipt(self, secret: bytes) -> str:
        """The receipt of a draft: the same one however often it is sent."""
        number = int.from_bytes(self.mac("receipt of draft", secret), "big")
        return f"{number % 10**RECEIPT_DIGITS:0{RECEIPT_DIGITS}d}"

    def receipt_mac(self, receipt: str) -> bytes:
        """What the database keeps of a receipt."""
        return self.mac("receipt", receipt.encode())

    def site_token(self, site_id: str, version: int) -> str:
        """The last part of a site's poster link: "shinjuku-k7f3qma2xh9p"."""
        return f"{site_id}-{self._short('site', f'{site_id}|{version}')}"

    def site_of(self, token: str, versions: dict[str, int]) -> str | None:
        """The site behind a poster link, or None when it is forged, revoked or unknown."""
        site_id = token.strip().lower().rpartition("-")[0]
        if site_id not in versions:
            return None
        right = self.site_token(site_id, versions[site_id])
        same = hmac.compare_digest(right.encode(), token.strip().lower().encode("utf-8", "replace"))
        return site_id if same else None

    def seal_press(self, press: Press, place: str) -> str:
        """A button's value, good only at `place` (a channel, or one person's page)."""
        text = f"{press.verb.value}.{press.subject}.{press.detail}"
        return f"{text}.{self._short('press', f'{place}|{text}')}"

    def open_press(self, code: str, place: str) -> Press | None:
        """The press behind a button's value, or None when it was forged or moved."""
        text, _, mac = code.rpartition(".")
        right = self._short("press", f"{place}|{text}")
        if not hmac.compare_digest(right.encode(), mac.encode("utf-8", "replace")):
            return None
        verb, subject, detail = text.split(".")
        return Press(verb=Verb(verb), subject=subject, detail=detail)

    def _short(self, purpose: str, text: str) -> str:
        """60 bits in lower-case letters and digits: short enough to type from a poster."""
        return (
            base64.b32encode(self.mac(purpose, text.encode("utf-8", "replace"))[:10])[:12]
            .decode()
            .lower()
        )


def read_receipt(typed: str) -> str | None:
    """The digits of a receipt as somebody typed it: full width, spaces and dashes are fine."""
    digits = "".join(str(int(char)) for char in typed[:200] if char.isdecimal())
    return digits if len(digits) == RECEIPT_DIGITS else None


def count_digits(typed: str) -> int | None:
    """How many digits somebody typed who typed nothing else; None for any other text."""
    plain = unicodedata.normalize("NFKC", typed[:200])
    if any(char.isascii() and char.isalpha() for char in plain):
        return None
    return sum(char.isdecimal() for char in plain) or None


def new_id(entropy: Entropy) -> str:
    """A random id of 128 bits."""
    return entropy.bytes(16).hex()


def new_public_id(entropy: Entropy) -> str:
    """Seven unambiguous letters: a name for a case, never an authority over it."""
    last = len(_PUBLIC_LETTERS) - 1
    return "".join(_PUBLIC_LETTERS[entropy.between(0, last)] for _ in range(_PUBLIC_LENGTH))


def read_public_id(typed: str) -> str | None:
    """The public id that somebody typed: small letters, full width, spaces and dashes are fine.

    None for what no case can be called; whether there is such a case is not asked.
    """
    plain = unicodedata.normalize("NFKC", typed[:200]).upper()
    letters = "".join(char for char in plain if char.isascii() and char.isalnum())
    fits = len(letters) == _PUBLIC_LENGTH and set(letters) <= set(_PUBLIC_LETTERS)
    return letters if fits else None

"""What a thief looks for: ids, as they are and in every form that a keyed or plain hash takes."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Iterator

from tests.adapters.teams.conftest import TENANT

HASHES = ("md5", "sha1", "sha256", "sha512", "blake2b")
SHORTEST = 8
"""Bytes of a hash that are looked for: shorter ones are no proof of anything."""


def spellings(account: str, team: str) -> tuple[str, ...]:
    """How software writes an account before it hashes it."""
    if "-" in account:  # an Entra id, of Teams
        tenant = (f"{TENANT}|{account}", f"teams|{TENANT}|{account}")
        return (account, f"teams:{account}", f"teams:@{account}", f"person:{account}", *tenant)
    return (
        account,
        f"slack:{account}",
        f"{team}|{account}",
        f"{team}.{account}",
        f"slack|{team}|{account}",
        f"slack:@{team}.{account}",
    )


def plain(account: str, team: str) -> Iterator[bytes]:
    """The account as text, and in base64."""
    for spelling in spellings(account, team)[:1]:
        yield spelling.encode()
        yield spelling.encode("utf-16-le")
        yield base64.b64encode(spelling.encode()).rstrip(b"=")


def hashed(accounts: Iterable[str], team: str) -> Iterator[bytes]:
    """Every plain hash of every spelling."""
    for account in accounts:
        for spelling in spellings(account, team):
            for name in HASHES:
                yield hashlib.new(name, spelling.encode()).digest()


def keyed(
    accounts: Iterable[str], team: str, keys: Iterable[bytes], spelled: int = 6
) -> Iterator[bytes]:
    """Every hash of the first spellings under every key: as an HMAC, salted before and after."""
    texts = [s.encode() for account in accounts for s in spellings(account, team)[:spelled]]
    for key in keys:
        for text in texts:
            yield hmac.digest(key, text, "sha256")
            yield hashlib.sha256(key + text).digest()
            yield hashlib.sha256(text + key).digest()


PIECE = 4 * 1024 * 1024
OVERLAP = 256
"""Bytes of the piece before that the next one begins with: longer than any needle."""


def pieces(data: bytes) -> Iterator["Haystack"]:
    """The data in pieces of a size whose windows fit into memory."""
    for start in range(0, max(1, len(data)), PIECE):
        yield Haystack(data[max(0, start - OVERLAP) : start + PIECE])


class Haystack:
    """Bytes, with every eight of them in a row known, so that many needles are found at once."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._windows: set[int] = set()
        for start in range(SHORTEST):
            rest = data[start:]
            whole = memoryview(rest)[: len(rest) // SHORTEST * SHORTEST]
            self._windows.update(whole.cast("Q"))

    def holds(self, needle: bytes) -> bool:
        """Whether these eight bytes or more stand anywhere."""
        assert len(needle) >= SHORTEST
        return self._may_hold(needle) and needle in self.data

    def _may_hold(self, needle: bytes) -> bool:
        return int.from_bytes(needle[:SHORTEST], "little") in self._windows

    def hashes_found(self, digests: Iterable[bytes]) -> list[bytes]:
        """The hashes that stand anywhere, raw, in hex or in base64: their first twelve bytes."""
        return [digest for digest in digests if any(map(self.holds, _forms(digest)))]


def _forms(digest: bytes) -> tuple[bytes, bytes, bytes]:
    return digest[:12], digest[:12].hex().encode(), base64.b64encode(digest[:12])

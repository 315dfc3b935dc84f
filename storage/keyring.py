"""Keys: the master key wraps a key per case and per day; nothing is sealed with it directly.

Sealed values are AES-256-GCM with the row's identity as associated data, so that a value
moved to another row or case does not open, and padded to whole blocks, so that a length
tells nothing.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
BLOCK_BYTES = 512
"""Every stored sealed value is a whole number of these (the whole value, not the text)."""

_OVERHEAD = 1 + NONCE_BYTES + 16 + 4
_VERSION = b"\x01"


class Unopenable(Exception):
    """The value was altered, moved, or sealed under another key."""


class TooLong(Exception):
    """The value would make its row larger than the others, and so known."""


class MasterKey:
    """One key of the ring, with the id that stands beside what it wrapped."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a master key must be {KEY_BYTES} bytes")
        self._cipher = AESGCM(key)
        self.id = hashlib.sha256(b"kek" + key).hexdigest()[:16]

    def wrap(self, nonce: bytes, key: bytes, purpose: str) -> bytes:
        """The key wrapped for `purpose`."""
        return nonce + self._cipher.encrypt(nonce, key, self._aad(purpose))

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes | None:
        """The key behind `wrapped`; None where this key or purpose is not the right one."""
        nonce, body = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, body, self._aad(purpose))
        except InvalidTag:
            return None

    def _aad(self, purpose: str) -> bytes:
        return f"key|{self.id}|{purpose}".encode()


class NewKey(NamedTuple):
    """A fresh key, the same key wrapped for the database, and the id of what wrapped it."""

    key: bytes
    wrapped: bytes
    kek_id: str


Ring = Callable[[], Sequence[bytes]]
"""The master keys as they are now: the first wraps what is new, every one of them opens."""


class Keyring:
    """The master keys, kept outside the database, and what is done with them."""

    def __init__(self, masters: bytes | Ring, entropy: Callable[[int], bytes]) -> None:
        self._source: Ring = (lambda: (masters,)) if isinstance(masters, bytes) else masters
        self._entropy = entropy
        self._read: Sequence[bytes] = ()
        self._ring: tuple[MasterKey, ...] = ()
        self._refresh()

    def _refresh(self) -> bool:
        """Whether the ring has changed since it was last looked at."""
        found = self._source()
        if found == self._read:
            return False
        self._read, self._ring = found, tuple(MasterKey(key) for key in found)
        return True

    @property
    def kek_id(self) -> str:
        """The id of the master key that wraps what is new, as of now."""
        self._refresh()
        return self._ring[0].id

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all master keys, as of now."""
        self._refresh()
        return frozenset(master.id for master in self._ring)

    def new_key(self, purpose: str) -> NewKey:
        """A fresh key for `purpose`."""
        self._refresh()
        key, master = self._entropy(KEY_BYTES), self._ring[0]
        return NewKey(key, master.wrap(self._entropy(NONCE_BYTES), key, purpose), master.id)

    def rewrap(self, wrapped: bytes, purpose: str) -> NewKey:
        """The same key under the present master key. Raises Unopenable."""
        key, master = self.unwrap(wrapped, purpose), self._ring[0]
        return NewKey(key, master.wrap(self._entropy(NONCE_BYTES), key, purpose), master.id)

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        """The key behind `wrapped`. Raises Unopenable for another purpose or master key."""
        while True:
            for master in self._ring:
                key = master.unwrap(wrapped, purpose)
                if key is not None:
                    return key
            # It may have been wrapped anew since this process last looked.
            if not self._refresh():
                raise Unopenable(purpose)

    def seal(self, key: bytes, where: str, text: bytes, block: int = BLOCK_BYTES) -> bytes:
        """`text` padded to whole blocks and sealed for the place `where`."""
        length = len(text).to_bytes(4, "big")
        padding = -(len(text) + _OVERHEAD) % block
        nonce = self._entropy(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, length + text + bytes(padding), where.encode())
        return _VERSION + nonce + sealed

    def seal_alike(self, key: bytes, where: str, text: bytes) -> bytes:
        """The same, always one block: for rows that must all look alike. Raises TooLong."""
        sealed = self.seal(key, where, text)
        if len(sealed) != BLOCK_BYTES:
            raise TooLong(where)
        return sealed

    def open(self, key: bytes, where: str, sealed: bytes) -> bytes:
        """The text behind `sealed`. Raises Unopenable when it does not belong at `where`."""
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            padded = AESGCM(key).decrypt(nonce, body, where.encode())
        except (InvalidTag, ValueError) as error:
            raise Unopenable(where) from error
        return padded[4 : 4 + int.from_bytes(padded[:4], "big")]

"""Keys: the master key wraps a key per case and per day; nothing is sealed with it directly.

Sealed values are AES-256-GCM with the row's identity as associated data, so that a value
moved to another row or case does not open, and padded to whole blocks, so that a length
tells nothing.
"""

import hashlib
from collections.abc import Callable

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


class Keyring:
    """The master key, kept outside the database, and what is done with it."""

    def __init__(self, master: bytes, entropy: Callable[[int], bytes]) -> None:
        if len(master) != KEY_BYTES:
            raise ValueError(f"the master key must be {KEY_BYTES} bytes")
        self._master = AESGCM(master)
        self._entropy = entropy
        self.kek_id = hashlib.sha256(b"kek" + master).hexdigest()[:16]

    def new_key(self, purpose: str) -> tuple[bytes, bytes]:
        """A fresh key for `purpose`, and the same key wrapped for the database."""
        key = self._entropy(KEY_BYTES)
        nonce = self._entropy(NONCE_BYTES)
        return key, nonce + self._master.encrypt(nonce, key, self._aad(purpose))

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        """The key behind `wrapped`. Raises Unopenable for another purpose or master key."""
        try:
            return self._master.decrypt(
                wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], self._aad(purpose)
            )
        except InvalidTag as error:
            raise Unopenable(purpose) from error

    def _aad(self, purpose: str) -> bytes:
        return f"key|{self.kek_id}|{purpose}".encode()

    def seal(self, key: bytes, where: str, text: bytes) -> bytes:
        """`text` padded and sealed for the place `where`."""
        length = len(text).to_bytes(4, "big")
        padding = -(len(text) + _OVERHEAD) % BLOCK_BYTES
        nonce = self._entropy(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, length + text + bytes(padding), where.encode())
        return _VERSION + nonce + sealed

    def open(self, key: bytes, where: str, sealed: bytes) -> bytes:
        """The text behind `sealed`. Raises Unopenable when it does not belong at `where`."""
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            padded = AESGCM(key).decrypt(nonce, body, where.encode())
        except (InvalidTag, ValueError) as error:
            raise Unopenable(where) from error
        return padded[4 : 4 + int.from_bytes(padded[:4], "big")]

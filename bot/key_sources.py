"""Where keys come from: written out, in a file, or from a command that asks a key service.

A source holds one key or several, as 64 hex digits each. The first one wraps what is new, the
others still open what they wrapped: that is how a key is replaced without stopping anything.
"""

import shlex
import subprocess
from pathlib import Path

COMMAND_SECONDS = 30
KEY_BYTES = 32


class KeySourceError(Exception):
    """No key can be read there; says where, and never what was read."""


class KeySource:
    """One setting: "ab12…", "file:/path" or "command:program argument"."""

    def __init__(self, name: str, setting: str) -> None:
        self._name = name
        self._kind, _, self._where = setting.partition(":")
        if self._kind not in ("file", "command") or not self._where:
            self._kind, self._where = "written", setting
        self._changed_at: int | None = None
        self._keys: tuple[bytes, ...] = ()

    @property
    def read_again(self) -> bool:
        """Whether who runs already gets other keys once they change."""
        return self._kind == "file"

    def keys(self) -> tuple[bytes, ...]:
        """The keys as they are now; a file is read again once it was changed.

        Raises KeySourceError. A file that cannot be read any more leaves the keys as they were.
        """
        if self._kind == "file":
            return self._from_file(Path(self._where))
        if not self._keys:
            self._keys = self._parsed(self._read())
        return self._keys

    def _read(self) -> str:
        return self._where if self._kind == "written" else self._from_command()

    def _from_file(self, path: Path) -> tuple[bytes, ...]:
        try:
            changed_at = path.stat().st_mtime_ns
            if changed_at != self._changed_at:
                self._keys, self._changed_at = self._parsed(path.read_text("ascii")), changed_at
        except (OSError, UnicodeDecodeError, KeySourceError) as error:
            if not self._keys:  # while it is being written anew, what was read before holds
                raise KeySourceError(f"{self._name}: no key can be read from its file") from error
        return self._keys

    def _from_command(self) -> str:
        try:
            said = subprocess.run(  # noqa: S603  the operator's own setting, and no shell
                shlex.split(self._where),
                capture_output=True,
                check=True,
                text=True,
                timeout=COMMAND_SECONDS,
            )
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            # From None: the command's output could be a key, and would stand in a trace.
            raise KeySourceError(f"{self._name}: its command failed") from (
                None if isinstance(error, subprocess.SubprocessError) else error
            )
        return said.stdout

    def _parsed(self, text: str) -> tuple[bytes, ...]:
        words = text.replace(",", " ").split()
        try:
            keys = tuple(bytes.fromhex(word) for word in words)
        except ValueError:
            keys = ()
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            # The value itself is never repeated, not even through the error's cause.
            raise KeySourceError(
                f"{self._name}: must be 64 hex digits, for example from: openssl rand -hex 32"
            ) from None
        return keys

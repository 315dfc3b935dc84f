"""The one HTTP session of this adapter, opened at first use: it needs a running event loop."""

from typing import Any

import aiohttp

CALL_SECONDS = aiohttp.ClientTimeout(total=15, connect=5)


class Session:
    """Makes requests, and is closed once."""

    def __init__(self) -> None:
        self._open: aiohttp.ClientSession | None = None

    def request(self, method: str, url: str, **given: Any) -> Any:
        """One request, to be entered."""
        if self._open is None:
            self._open = aiohttp.ClientSession(timeout=CALL_SECONDS)
        return self._open.request(method, url, **given)

    async def close(self) -> None:
        """Closes it, if it was ever opened."""
        if self._open is not None:
            await self._open.close()

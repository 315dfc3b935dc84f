"""Signs of life, as a request to an address of the operator's choice."""

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.heartbeat import BeatFailed

PATIENCE = ClientTimeout(total=5)


class HttpBeat:
    """Calls one address, which no error repeats: whoever knows it can keep the alarm silent."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def beat(self) -> None:
        """One request, followed nowhere else. Raises BeatFailed."""
        try:
            async with (
                ClientSession(timeout=PATIENCE) as session,
                session.get(self._url, allow_redirects=False) as answer,
            ):
                status = answer.status
        except (ClientError, OSError, TimeoutError) as error:
            raise BeatFailed(type(error).__name__) from None
        if not 200 <= status < 300:
            raise BeatFailed(f"status_{status}")

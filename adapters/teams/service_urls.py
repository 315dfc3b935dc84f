"""Where the Bot Connector may be spoken to: exact hosts and nothing that only looks like one.

The address comes with every activity, and whatever we send goes there with our token, so an
address that is not plainly one of these is not used for anything.
"""

import re
from collections.abc import Iterable

ORIGINS = ("https://smba.trafficmanager.net",)
"""The public cloud's only host. A suffix would not do: anybody can register a name below it."""

LONGEST = 200


class ServiceUrls:
    """Recognises the addresses of the Bot Connector."""

    def __init__(self, origins: Iterable[str] = ORIGINS) -> None:
        """`origins` are schemes and hosts, as "https://smba.trafficmanager.net"."""
        hosts = "|".join(re.escape(origin) for origin in origins)
        # A path of plain parts: no dots, no escapes, no query, no port, no name before the host.
        self._right = re.compile(rf"(?:{hosts})(?:/[A-Za-z0-9_-]+)*/?", re.ASCII)

    def allows(self, url: object) -> bool:
        """Whether this is an address of the Bot Connector, written exactly so."""
        return (
            isinstance(url, str) and len(url) <= LONGEST and self._right.fullmatch(url) is not None
        )

"""Which SDK stands behind the transport. Each is imported only where it is asked for."""

from collections.abc import Callable

from adapters.teams.session import Session
from adapters.teams.tokens import Tokens
from adapters.teams.transport import Transport

MakeTransport = Callable[[Session, Tokens, str], Transport]

BACKENDS = ("botbuilder", "agents")


def transport_on(backend: str) -> MakeTransport:
    """What makes the transport. Raises ModuleNotFoundError for an SDK that is not installed."""
    if backend == "agents":
        from adapters.teams.agents import AgentsTransport

        return AgentsTransport
    from adapters.teams.botbuilder import BotbuilderTransport

    return BotbuilderTransport

"""JSON as the Bot Connector writes it: no key twice, no NaN, nothing nested without end."""

import json
from typing import Any, NoReturn


class NotJson(ValueError):
    """The Bot Connector did not write this."""


def parse(body: bytes) -> dict[str, Any]:
    """The object in `body`. Raises NotJson for anything else."""
    try:
        found = json.loads(
            body.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_once
        )
    except (ValueError, RecursionError) as error:
        raise NotJson from error
    if not isinstance(found, dict):
        raise NotJson
    return found


def _no_constant(_name: str) -> NoReturn:
    raise NotJson


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise NotJson
    return made

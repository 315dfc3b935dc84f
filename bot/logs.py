"""Structured logs: fixed event names, ids and counts. Never a text, a name or a token."""

import logging
import sys

import structlog

_ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "kind",
        "attempts",
        "error",
        "reason",
        "duty",
        "path",
        "port",
        "pid",
        "number",
        "signal",
        "database",
        "policy",
        "sites",
        "overdue",
        "unscheduled_duties",
        "unscheduled_messages",
        "failed_cards",
        "failing_jobs",
        "unpinned",
        "unread_roster",
        "empty_desk",
        "evidence_full",
        "exhausted_duties",
        *("status", "code", "answer", "event_type", "organisation"),
        *("cases", "held", "kept", "count", "duties", "jobs"),
    }
)
"""The only fields a log line may have; anything else is dropped before it is written."""


def _only_allowed(
    logger: object, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return {name: value for name, value in event.items() if name in _ALLOWED}


def set_up_logs(*, for_people: bool) -> None:
    """JSON lines on standard error, or short lines for somebody who reads along."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _only_allowed,
    ]
    last: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if for_people else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # A line in one piece: several processes may write to the same place.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    # Libraries log through the standard module, and some of them log whole requests: only
    # their warnings pass, without arguments or traces.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                _name_only,
                last,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _name_only(
    logger: object, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """A library's own words could hold a request; only where and how bad is kept."""
    record = event.get("_record")
    name = record.name if isinstance(record, logging.LogRecord) else "library"
    return {"event": "library_warning", "logger": name, "level": method}

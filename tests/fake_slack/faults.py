"""What can go wrong between an app and Slack, one call at a time."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The ways a call goes wrong."""

    THROTTLED = "throttled"  # 429, with or without Retry-After
    STATUS = "status"  # an HTTP status with an HTML body
    ERROR = "error"  # 200 with ok: false
    HTML = "html"  # 200 with a page instead of JSON
    DROPPED_BEFORE = "dropped_before"  # the connection ends, nothing was done
    DROPPED_AFTER = "dropped_after"  # it was done, and the answer is lost
    SILENT_BEFORE = "silent_before"  # no answer ever comes, nothing was done
    SILENT_AFTER = "silent_after"  # it was done, and no answer ever comes


@dataclass
class Fault:
    """The next `times` calls of `method` ("*" for any) go wrong in this way."""

    kind: Kind
    method: str = "*"
    times: int = 1
    status: int = 500
    error: str = "internal_error"
    retry_after: str | None = "30"

    def hits(self, method: str) -> bool:
        """Whether this call is meant; each hit uses one up."""
        if self.times <= 0 or self.method not in ("*", method):
            return False
        self.times -= 1
        return True

"""What these tests need of the machine; where it is missing they are skipped, and say so.

With MAMORI_E2E_TEAMS=required they fail instead, as in .ci/run.
"""

import os
from typing import TypeVar

import pytest

Needed = TypeVar("Needed")
MISSING = "needs Node with npm, and a Chromium: apt-get install nodejs npm chromium"


def needed(found: Needed | None) -> Needed:
    """What was found, or the end of the test."""
    if found is not None:
        return found
    if os.environ.get("MAMORI_E2E_TEAMS") == "required":
        pytest.fail(MISSING)
    pytest.skip(MISSING)

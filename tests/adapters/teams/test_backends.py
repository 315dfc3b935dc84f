"""An SDK is imported where it is asked for, and nowhere else."""

import subprocess
import sys

SDKS = ("botbuilder", "botframework", "msrest", "microsoft_agents", "requests")
LOOK = f"import sys; print([name for name in {SDKS!r} if name in sys.modules])"


def imported_by(line: str) -> str:
    """Which of the SDKs a fresh process has after this line."""
    command = [sys.executable, "-W", "ignore", "-c", f"{line}; {LOOK}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip().splitlines()[-1]


def test_the_adapter_itself_imports_no_sdk() -> None:
    assert imported_by("import adapters.teams.app, adapters.teams.backends") == "[]"


def test_asking_for_one_imports_that_one() -> None:
    ask = "from adapters.teams.backends import transport_on; transport_on('botbuilder')"
    found = imported_by(ask)
    assert "'botbuilder'" in found and "microsoft_agents" not in found

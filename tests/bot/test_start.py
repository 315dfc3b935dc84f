"""A process that was killed is ready again soon: it loads nothing that it does not use."""

import subprocess
import sys

UNUSED = ("slack_bolt", "slack_sdk", "botbuilder", "microsoft_agents", "psycopg", "alembic", "PIL")


def test_a_start_loads_no_platform_and_no_database_that_nobody_set_up() -> None:
    look = f"import sys; print([name for name in {UNUSED!r} if name in sys.modules])"
    command = [sys.executable, "-c", f"import bot.serving, bot.wiring; {look}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"

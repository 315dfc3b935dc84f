"""Says at the end which screens no client of Microsoft's drew."""

import pytest

NOT_DRAWN = """No client of Microsoft's drew these here, and none can without a tenant: dialogs,
which its card renderer alone drew; phones; private channels; the line that only a presser
reads; cards refreshed for one user; deletions; the app package in the admin centre."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The closing note, with where the pictures are."""
    terminalreporter.section("Microsoft Teams")
    terminalreporter.write_line(NOT_DRAWN)
    terminalreporter.write_line("Pictures: .artefacts/playground, .artefacts/renderer")

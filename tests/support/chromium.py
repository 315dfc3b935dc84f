"""Finds a Chromium for the browser tests, and installs one where none is.

In this order: MAMORI_CHROMIUM, a Chromium on the system, Playwright's own download,
Debian's package when run as root. Otherwise it says the one line to type, and fails:
browser tests are never skipped.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

NO_CHROMIUM = """No Chromium was found and none could be installed. Type one of:
  MAMORI_CHROMIUM=/path/to/chromium make test
  sudo apt-get install --yes chromium fonts-noto-cjk
"""


def find() -> str | None:
    """The Chromium to use, or None."""
    named = os.environ.get("MAMORI_CHROMIUM")
    if named:
        return named if shutil.which(named) else None
    for name in SYSTEM_NAMES:
        path = shutil.which(name)
        if path is not None:
            return path
    return _downloaded()


def _downloaded() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.exists() else None


def install() -> str | None:
    """Installs a Chromium where none is, and gives its path."""
    found = find()
    if found is not None or os.environ.get("MAMORI_CHROMIUM"):
        return found
    download = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(download, check=False).returncode == 0 and _downloaded():
        return _downloaded()
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "--quiet"], check=False)
        packages = ["chromium", "fonts-noto-cjk"]
        subprocess.run(["apt-get", "install", "--quiet", "--yes", *packages], check=False)
    return find()


def main() -> int:
    """Installs and says where; 1 with the line to type when it cannot."""
    found = install() if "--install" in sys.argv else find()
    if found is None:
        print(NO_CHROMIUM, file=sys.stderr)
        return 1
    print(f"browser: {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Several processes of one service on one machine and one port; one that is killed is followed.

The parent has loaded everything and waits. It holds no connection, no loop and no thread, so a
process forked from it serves after a fraction of what a start takes. What the port is asked
meanwhile the others answer, or it waits in the port's own queue.
"""

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import structlog

log = structlog.get_logger()

_STOPS = (signal.SIGTERM, signal.SIGINT)
_YOUNG_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 5.0


class Processes:
    """A number of processes that serve, kept at that number until the parent is told to stop.

    `serve` is what each does, given its number from 0, until it is sent SIGTERM.
    """

    def __init__(self, count: int, serve: Callable[[int], None]) -> None:
        self._count = count
        self._serve = serve
        self._running: dict[int, tuple[int, float]] = {}
        """Of each process its number and when it began, by its id."""
        self._stopping = False
        self._died_young = 0
        self._lifeline, self._held_end = os.pipe()
        """Only the parent holds the second end: the first can be read once the parent is gone."""

    def run(self) -> int:
        """Serves until told to stop. Gives the first exit code that is not 0, or 0.

        A process that was killed is followed by another. One that fails by itself ends them all:
        whoever started the parent sees it fail, as with a single process.
        """
        for sign in _STOPS:
            signal.signal(sign, self._told_to_stop)
        gc.freeze()  # so that a search for garbage in a process need not copy what all share
        for number in range(self._count):
            self._begin(number)
        code = 0
        while self._running:
            pid, status = os.wait()
            number, began = self._running.pop(pid)
            ended = os.waitstatus_to_exitcode(status)
            if ended > 0:
                code = code or ended
                self._stop()
            elif not self._stopping:
                log.error("process_killed", number=number, pid=pid, signal=-ended)
                self._pause(time.monotonic() - began)
                self._begin(number)
        return code

    def _begin(self, number: int) -> None:
        # A signal that came between the fork and the note of it would miss this process.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        if not self._stopping:
            pid = os.fork()
            if pid == 0:
                self._live(number)
            self._running[pid] = (number, time.monotonic())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)

    def _live(self, number: int) -> None:
        """The whole life of a forked process."""
        code = 1
        try:
            for sign in _STOPS:
                signal.signal(sign, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
            os.close(self._held_end)
            threading.Thread(target=self._end_with_parent, daemon=True).start()
            self._serve(number)
            code = 0
        except Exception as error:  # noqa: BLE001  its text could hold what a person wrote
            log.error("process_failed", number=number, error=type(error).__name__)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)  # what the parent does at its end is not this process's to do

    def _end_with_parent(self) -> None:
        """Nobody would follow this process, or stop it: whoever starts anew finds the port free."""
        os.read(self._lifeline, 1)
        os._exit(1)

    def _told_to_stop(self, _sign: int, _frame: FrameType | None) -> None:
        self._stop()

    def _stop(self) -> None:
        self._stopping = True
        for pid in self._running:
            os.kill(pid, signal.SIGTERM)

    def _pause(self, lived_seconds: float) -> None:
        """What dies at once, again and again, is begun again less and less often."""
        self._died_young = self._died_young + 1 if lived_seconds < _YOUNG_SECONDS else 0
        time.sleep(min(_LONGEST_PAUSE_SECONDS, self._died_young**2 / 100))

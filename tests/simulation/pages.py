"""The oracle of the employee's own page: what must stand there, and what must not yet."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flows.presses import Verb
from tests.simulation.ledger import Act, Begun
from tests.simulation.promise import Outcome
from tests.simulation.reading import Read
from tests.simulation.times import Times
from tests.simulation.verdict import Verdict

FIRST_QUESTION_DAY, SECOND_QUESTION_DAY = 3, 14
ANSWERED_WITHIN = 6 * 86_400.0
"""A little less than a question waits for its answer."""

WAITS_FOR_ANSWER = 7 * 86_400.0
"""How long a question stands on the page."""

MINUTE = 60.0
UNASKED = {
    "help.last_question": 60 * MINUTE,
    "help.question_alone": 60 * MINUTE,
    "help.lapsed": 75 * MINUTE,
    "help.lapsed_alone": 75 * MINUTE,
}
"""So long after somebody called again their page does not ask whether they are fine, and does not
say that their call ended by itself."""

_ENDINGS = (Verb.WITHDRAW, Verb.RESUME, Verb.CHECKED_IN)


class Pages:
    """Judges what the pages of one case showed."""

    def __init__(self, times: Times, verdict: Verdict) -> None:
        self._times = times
        self._verdict = verdict

    def questions(self, begun: Begun, acts: list[Act], opened: float, zone: str) -> None:
        """How are you: asked from noon of the third day on, and not before."""
        due = self._times.when(self._noon(opened, zone), opened)
        latest = self._times.deadline(due)
        touched = min([a.reach.began for a in acts if a.verb in _ENDINGS], default=latest + 1e9)
        # By the wall's clock, which may have been set forward while the question stood there.
        stands = self._times.when(self._times.wall(due) + ANSWERED_WITHIN, due)
        for visit in begun.visits:
            asked = "ask.title" in Read(visit.card).keys
            if asked and visit.at < due - 86_400.0:
                self._verdict.complain("early", f"{begun.public_id} was asked how they are")
            elif not asked and latest < visit.at < min(stands, touched):
                self._verdict.complain("missed", f"{begun.public_id} was not asked how they are")
            elif asked:
                self._verdict.count("questions_seen")
        self._ends(begun, acts, latest, opened, zone)

    def _ends(
        self, begun: Begun, acts: list[Act], asked_by: float, opened: float, zone: str
    ) -> None:
        """Answered, or after a week, the first question is gone, until the second one comes."""
        if any(act.verb in (Verb.WITHDRAW, Verb.RESUME) for act in acts):
            return
        gone = self._times.when(self._times.wall(asked_by) + WAITS_FOR_ANSWER, asked_by)
        ends = [self._times.deadline(gone)]
        ends += [a.reach.until for a in acts if a.verb == Verb.CHECKED_IN and a.recorded]
        second = self._times.when(self._noon(opened, zone, SECOND_QUESTION_DAY), opened)
        for visit in begun.visits:
            if min(ends) < visit.at < second - 86_400.0:
                self._verdict.count("questions_gone")
                if "ask.title" in Read(visit.card).keys:
                    self._verdict.complain("untrue", f"{begun.public_id} is asked for ever")

    def _noon(self, opened: float, zone: str, days: int = FIRST_QUESTION_DAY) -> float:
        day = datetime.fromtimestamp(self._times.wall(opened), ZoneInfo(zone)).date()
        noon = datetime.combine(day + timedelta(days=days), time(12), ZoneInfo(zone))
        return noon.astimezone(UTC).timestamp()

    def called_again(self, begun: Begun, acts: list[Act]) -> None:
        """Whoever has just said that help is still needed is not asked for the last time yet."""
        again = [act for act in acts if act.verb == Verb.STILL_NEEDED and act.recorded]
        for visit in begun.visits:
            longest = max((UNASKED.get(key, 0.0) for key in Read(visit.card).keys), default=0.0)
            before = [act.reach.until for act in again if act.reach.until < visit.at]
            if not (longest and before):
                continue
            self._verdict.count("last_questions_after_calling_again")
            # Nobody in danger waits for a clock that was set back.
            times = self._times.never_back(max(before))
            waited = times.wall(visit.at) - times.wall(max(before))
            if waited < longest - MINUTE:
                what = f"{begun.public_id} was taken to be fine {waited:.0f} s after calling again"
                self._verdict.complain("early", what)
                return

    def nobody_comes(self, begun: Begun, acts: list[Act], outcome: Outcome) -> None:
        """When nobody is left to ask, the caller reads that first, with the number to call."""
        since = outcome.exhausted
        if since >= outcome.unsure:
            return
        since = self._times.deadline(outcome.exhausted_by)
        told = [act.reach.began for act in acts] + [ask.at for ask in outcome.asks]
        until = min([at for at in told if at > outcome.exhausted], default=outcome.unsure)
        for visit in begun.visits:
            if since < visit.at < min(until, outcome.unsure):
                self._verdict.count("pages_of_nobody_left")
                keys = Read(visit.card).keys
                comes = {"help.coming", "help.overdue", "help.was_there", "help.here"}
                if not keys & {
                    "help.nobody",
                    "help.over",
                    "help.called_over",
                    "help.lapsed",
                    *comes,
                }:
                    self._verdict.complain("untrue", f"{begun.public_id}: nobody left, unsaid")

"""The oracle of what is said: nothing untrue, nothing secret, and in the end the newest state."""

from collections import Counter

from flows.presses import Verb
from flows.screens import Card, Said
from tests.simulation.case_deeds import ANSWERS
from tests.simulation.desks import REPLY
from tests.simulation.employees import NAME, WORDS
from tests.simulation.ledger import NEVER, Act, Begun
from tests.simulation.platform import Shown
from tests.simulation.reading import Read
from tests.simulation.verdict import Verdict


class Truth:
    """Judges what messages and pages said."""

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict

    def keeps_secrets(self, messages: list[Shown], named: frozenset[str]) -> None:
        """No channel shows a word of a report, nor a name but to a site that may know it.

        `named`: the typed names that a site may read.
        """
        for message in messages:
            for version in message.versions:
                text = Read(version.card).text
                if WORDS in text:
                    self._verdict.complain("secret", f"words of a report in {message.channel}")
                    return
                if NAME in text and not self._may_read(message.channel, text, named):
                    self._verdict.complain("secret", f"a reporter's name in {message.channel}")
                    return

    def each_once(self, messages: list[Shown]) -> None:
        """Where it can be looked up whether a message is there, none stands there twice."""
        for key, number in Counter(message.key for message in messages).items():
            if number > 1:
                where = next(message.channel for message in messages if message.key == key)
                self._verdict.complain("doubled", f"{number} times the same in {where}")
                return

    @staticmethod
    def _may_read(channel: str, text: str, named: frozenset[str]) -> bool:
        return channel != "desk" and any(name in text for name in named)

    def nothing_twice(self, begun: Begun) -> None:
        """What somebody wrote stands on the page once, however often it arrived."""
        for visit in begun.visits:
            said = [e.text.text for e in visit.card.body if isinstance(e, Said)]
            typed = [text for text in said if text.startswith((WORDS, REPLY))]
            if len(typed) != len(set(typed)):
                self._verdict.complain("doubled", f"{begun.public_id}: a message stands twice")
                return

    def care_on_page(self, begun: Begun, acts: list[Act]) -> None:
        """Care is finished on the employee's own word alone."""
        own = (Verb.CARE_HAPPENED, Verb.WITHDRAW)
        said = [act.reach.began for act in acts if act.verb in own]
        for visit in begun.visits:
            called_done = "sent.care_done" in Read(visit.card).keys
            if called_done and visit.at < min(said, default=NEVER):
                self._verdict.complain("untrue", f"{begun.public_id}: care is called done")
                return

    def ended(self, name: str, card: Card, acts: list[Act]) -> None:
        """In the end no card asks for what somebody was told is recorded."""
        offered = {button.press.verb for button in card.buttons}
        if any(act.verb in (Verb.RESUME, Verb.STILL_NEEDED) for act in acts):
            return  # heard or not: what had been done is asked for again
        done = {Verb(act.verb) for act in acts if act.recorded}
        # Of a call the desk is asked anew once nobody else is left to ask for it, or for care,
        # and is called off from a call by the caller's own word alone.
        said, own_word = Read(card).keys, {Verb.FINE_NOW, Verb.MISTAKE} & done
        asked_anew = "desk.help.title" in said and ("desk.help.care" in said or not own_word)
        if Verb.TAKE in done and Verb.TAKE in offered and not asked_anew:
            self._verdict.complain("stale", f"{name} still asks to be taken")
        over = {Verb.OVER, Verb.FINE_NOW, Verb.MISTAKE} & done
        if over and card_is_call(card) and offered & set(ANSWERS):
            self._verdict.complain("stale", f"{name} still calls people")

    def seats(self, name: str, card: Card) -> None:
        """One person fills one seat."""
        who = [line for line in _seat_lines(Read(card).text)]
        if len(who) != len(set(who)):
            self._verdict.complain("seats", f"{name} counts somebody twice")


def card_is_call(card: Card) -> bool:
    """Whether it calls people to come now."""
    keys = Read(card).keys
    return any(key.startswith(("help.card.where", "second.title")) for key in keys)


def _seat_lines(text: str) -> list[str]:
    """Who stands in each line of answers."""
    found = []
    for part in text.split('"key":"seat.')[1:]:
        _, _, who = part.partition('"who":')
        found.append(who[: who.find("}")])
    return found

"""Employees: they call for help or report, and later look at their own page and press there."""

import asyncio
from collections.abc import Sequence

from bot.conversations import Screen
from bot.endings import Opened
from bot.filing import Filed, file_report
from bot.own_case import OwnCase
from bot.sealed_lists import Unopened, Visitor
from flows.presses import Press, Verb
from flows.screens import Ask, Card, Group
from flows.tie import TIES
from tests.simulation.chance import stream
from tests.simulation.client import EVER, Client, GaveUp
from tests.simulation.ledger import Act, Begun, Reach, Visit
from tests.simulation.plan import DAY, HOUR, Start
from tests.simulation.reading import Read, leaves_by
from tests.simulation.service import Doors
from tests.simulation.staff import a_filing, a_sender, choices
from tests.simulation.world import World

MINUTE = 60.0
HINTS = 0.12
"""Of what employees write: words that hint at self-harm."""
SAYS_OVER = 0.2
"""At each look at a report that was sent while it went on: that it is over."""
WISHES_TO_TALK = 0.05
"""At each look at a report that the desk has: would like to talk with somebody."""
DESPAIRS = 0.2
"""Of looks at a report that waits or was taken back: writes of danger."""
CALLS_AGAIN = 0.1
"""Of looks at a call that others took to be over: help is needed after all."""
WAITS_IN_VAIN = 0.01
"""Of looks at a call that somebody answered: nobody has come."""
BY_SCREENS = 0.3
"""Of reports: every screen of the talk is gone through."""
WORDS = "canary-words"
NAME = "canary-name"
HINT = " 死にたい"
"""What employees type: no channel may ever show either, but the name to a site that may know."""


class Employee:
    """One employee with one thing to say, and the page that shows what became of it."""

    def __init__(self, world: World, start: Start) -> None:
        self.world = world
        self.chance = stream(world.plan.seed, "start", start.number)
        self.again = stream(world.plan.seed, "again", start.number)
        self.in_vain = stream(world.plan.seed, "in vain", start.number)
        self.client = Client(world, self.chance)
        site = self.chance.choice(world.company.sites)
        self.begun = Begun(start.number, start.kind, site.id)
        self.visitor = Visitor("web", "sim", f"visit{start.number}", site.id, "ja")
        self.pass_token = ""
        self.typed = 0
        self.in_danger = False
        """Writes of danger now."""
        self.letter: Press | None = None
        """Where the page let them write last; it may stand open while they take a report back."""
        world.ledger.begun.append(self.begun)

    async def live(self) -> None:
        """The whole story of one employee."""
        try:
            if self.begun.kind == "help":
                await self._call()
            elif self.chance.random() < BY_SCREENS:
                await self._report()
            else:
                await self._file()
        except GaveUp:
            return
        if self.begun.case_id is not None:
            await (self._while_called() if self.begun.kind == "help" else self._afterwards())

    # --- saying it ------------------------------------------------------------------------------

    async def _call(self) -> None:
        """Help, with one tap from the first screen."""
        screen = await self._first()
        await self._sends(screen.token, "help", {}, {})

    async def _report(self) -> None:
        """The checklist and the report, screen by screen, until it is sent."""
        screen = await self._first()
        while True:
            button, chosen, typed = self._answer(screen.ask)
            if screen.ask.step == "review":
                await self._sends(screen.token, button, chosen, typed)
                return
            token = screen.token
            following = await self.client.send(
                Reach(),
                lambda doors: doors.conversations.press(self.visitor, token, button, chosen, {}),  # noqa: B023
            )
            if not isinstance(following, Screen):
                screen = await self._first()
            else:
                screen = following

    async def _first(self) -> Screen:
        screen = await self.client.send(
            Reach(), lambda doors: doors.conversations.start(self.visitor)
        )
        assert isinstance(screen, Screen)
        return screen

    async def _sends(
        self, token: str, button: str, chosen: dict[str, list[str]], typed: dict[str, str]
    ) -> None:
        """The one press that writes. Every copy of it must lead to the same case."""
        begun = self.begun

        async def press(doors: Doors) -> object:
            came = await doors.conversations.press(self.visitor, token, button, chosen, typed)
            if isinstance(came, Opened):
                begun.answers[came.filed.public_id] = None
            return came

        begun.hint = HINT in typed.get("words", "")
        came = await self.client.send(begun.reach, press, EVER)
        if not isinstance(came, Opened):
            return
        self.pass_token = came.pass_token
        self._received(came.filed)

    async def _file(self) -> None:
        """The last press of the same talk, on a platform that knows who presses."""
        begun, site = self.begun, self.world.company.site(self.begun.site_id)
        assert site is not None
        filing = a_filing(self.chance, site)
        secret, words = self.chance.randbytes(16), self._type("words")
        begun.chosen, begun.hint = choices(filing), HINT in words
        if not filing.report.unnamed:
            self._type("name")
            begun.person_id = a_sender(self.chance, self.world.company, site)

        async def press(doors: Doors) -> Filed:
            filed = await file_report(
                doors.work, filing, secret, words, begun.name, "ja", begun.person_id
            )
            begun.answers[filed.public_id] = None
            return filed

        self._received(await self.client.send(begun.reach, press, EVER))

    def _received(self, filed: Filed) -> None:
        """The sender reads that it is received."""
        begun = self.begun
        begun.acknowledged = self.world.loop.time()
        begun.case_id, begun.public_id = filed.case_id, filed.public_id
        begun.receipt = filed.receipt
        self.world.trace("acknowledged", begun.number, begun.public_id)

    def _answer(self, ask: Ask) -> tuple[str, dict[str, list[str]], dict[str, str]]:
        """A press that fits the screen, as this employee feels."""
        chosen = {group.id: self._choose(group) for group in ask.groups}
        typed = {}
        if ask.step == "review":
            fields = [field.id for field in ask.fields if field.id not in TIES]
            typed = {field: self._type(field) for field in fields}
            self.begun.chosen = {**self.begun.chosen, **chosen}
        if ask.step == "who":
            self.begun.chosen = {**self.begun.chosen, **chosen}
        return self._press(ask), chosen, typed

    def _press(self, ask: Ask) -> str:
        codes = [option.code for option in ask.buttons]
        wanted = {"first": "check", "result": "send"}.get(ask.step)
        if ask.step == "safe":
            wanted = self.chance.choice(("o", "v", "v"))
            self.begun.chosen = {**self.begun.chosen, "safe": [wanted]}
        return wanted if wanted in codes else self.chance.choice(codes)

    def _choose(self, group: Group) -> list[str]:
        codes = [option.code for option in group.options]
        if group.id == "excluded":
            return self.chance.sample(codes, 1) if self.chance.random() < 0.2 else []
        if group.id == "site_may_know":
            return [self.chance.choice(("y", "y", "n"))]
        if group.id == "effects" and self.chance.random() < 0.5:
            return [self.chance.choice([code for code in codes if code != "n"])]
        if group.many and group.missing is None:
            return self.chance.sample(codes, 1) if self.chance.random() < 0.2 else []
        return [self.chance.choice(codes)]

    def _type(self, field: str) -> str:
        self.typed += 1
        text = f"{NAME if field == 'name' else WORDS}-{self.begun.number}-{self.typed}-"
        if field == "name":
            self.begun.name = text
        elif self.chance.random() < HINTS:
            text += HINT
        return text

    # --- afterwards -----------------------------------------------------------------------------

    async def _while_called(self) -> None:
        """Looks again and again, and says at some time that it is over, or never does."""
        ends = self.chance.choice((4, 12, 20, 45, 70, 400)) * MINUTE
        passed = 0.0
        while passed < 80 * MINUTE:
            wait = self.chance.choice((1, 2, 5, 20)) * MINUTE
            await self._until_later(wait)
            passed += wait
            await self._look(passed >= ends)
        await self._until_later(self.chance.choice((1, 5, 20)) * HOUR)
        await self._look(over=True)

    async def _afterwards(self) -> None:
        """Looks at once, soon, in the evening, and on the days when questions come and go."""
        await self._until_later(self.chance.choice((1, 5, 40)))
        await self._look(over=False)
        for wait in (self.chance.choice((1, 5, 60)) * MINUTE, self.chance.choice((2, 20)) * HOUR):
            await self._until_later(wait * (0.5 + self.chance.random()))
            await self._look(over=False)
        passed = 1.0
        for day in (3, 8, 12, 14, 30, 31, 91):
            await self._until_later((day - passed + self.chance.random() * 0.9) * DAY)
            passed = day
            await self._look(over=False)

    async def _until_later(self, seconds: float) -> None:
        await asyncio.sleep(max(1.0, seconds))

    async def _look(self, over: bool) -> None:
        """Opens the page and presses what is to be pressed there."""
        try:
            own = await self._open()
            if own is None:
                return
            press = self._wants(own.card, over)
            if press is not None:
                await self._does(own, press)
        except GaveUp:
            return

    async def _open(self) -> OwnCase | None:
        """The page, by this visit's pass or else by the receipt."""
        own = await self.client.send(Reach(), self._by_pass)
        if own is not None:
            shown = Visit(self.world.loop.time(), self.world.now(), own.card)
            self.begun.visits.append(shown)
        return own

    async def _by_pass(self, doors: Doors) -> OwnCase | None:
        try:
            return await doors.own_cases.open(self.visitor, self.pass_token)
        except Unopened:
            if self.begun.receipt is None:
                return None
        token = await doors.own_cases.by_receipt(self.visitor, self.begun.receipt)
        self.pass_token = token or self.pass_token
        return await doors.own_cases.open(self.visitor, token) if token else None

    def _wants(self, card: Card, over: bool) -> Press | None:
        """Which button of the page this employee presses now."""
        offered: dict[Verb, list[Press]] = {}
        for button in card.buttons:
            offered.setdefault(button.press.verb, []).append(button.press)
        if card.compose is not None:
            self.letter = card.compose.button.press
            offered[Verb.WRITE] = [self.letter]
        if self.world.weather.calm:  # nobody acts any more, but a question is answered
            offered = {verb: of for verb, of in offered.items() if verb is Verb.CHECKED_IN}
        despairs = self._despairs(card, offered)
        return despairs or self._again_or_over(card, offered) or self._likely(offered, over)

    def _despairs(self, card: Card, offered: dict[Verb, list[Press]]) -> Press | None:
        """Danger, while nobody at the desk has the report before them."""
        held = Verb.RESUME in offered or leaves_by(card) is not None
        letter = None if self.world.weather.calm else self.letter
        self.in_danger = held and letter is not None and self.again.random() < DESPAIRS
        return letter if self.in_danger else None

    def _again_or_over(self, card: Card, offered: dict[Verb, list[Press]]) -> Press | None:
        """By a chance of its own: a tape from before there were these buttons still plays alike."""
        buttons = [(Verb.SAFE_NOW, SAYS_OVER), (Verb.WISH_TO_TALK, WISHES_TO_TALK)]
        if card.buttons and card.buttons[0].press.verb is not Verb.STILL_NEEDED:
            for press in offered.pop(Verb.STILL_NEEDED, ()):
                if self.in_vain.random() < WAITS_IN_VAIN:
                    return press
        elif "help.last_question" not in Read(card).keys:
            buttons.append((Verb.STILL_NEEDED, CALLS_AGAIN))
        for verb, likely in buttons:
            for press in offered.pop(verb, ()):
                if self.again.random() < likely:
                    return press
        return None

    def _likely(self, offered: dict[Verb, list[Press]], over: bool) -> Press | None:
        for verb, likely in self._inclined(over):
            if verb in offered and self.chance.random() < likely:
                return self.chance.choice(offered[verb])
        return None

    def _inclined(self, over: bool) -> Sequence[tuple[Verb, float]]:
        people = self.world.plan.people
        return (
            (Verb.STILL_NEEDED, 0.5),
            (Verb.FINE_NOW, 1.0 if over else 0.0),
            (Verb.MISTAKE, 0.02),
            (Verb.PLACE, 0.2),
            (Verb.CHECKED_IN, 0.7),
            (Verb.RESUME, 0.5),
            (Verb.WITHDRAW, 0.04),
            (Verb.CARE_NOT_YET, people.refuses * 0.5),
            (Verb.CARE_HAPPENED, 0.3),
            (Verb.WRITE, people.talks),
        )

    async def _does(self, own: OwnCase, press: Press) -> None:
        who = f"employee{self.begun.number}"
        act = Act(who, press.verb.value, press.subject, press.detail)
        self.world.ledger.acts.append(act)
        words = self._type("words") if press.verb is Verb.WRITE else ""
        if self.in_danger:
            words += HINT
        act.danger = HINT in words
        delivery = self.chance.randbytes(16)

        async def pressed(doors: Doors) -> str:
            code = doors.work.index.seal_press(press, own.case_id)
            token = self.pass_token
            try:
                came = await doors.own_cases.press(self.visitor, token, code, words, delivery)
            except Unopened:  # the pass ran out on the way: the page asks for the receipt
                return "press.unknown"
            return came.notice.key

        act.notice = await self.client.send(act.reach, pressed)
        self.world.trace("own", self.begun.number, press.verb.value, act.notice)

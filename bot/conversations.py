"""One press, one screen. Nothing is written before the employee sends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.called_lately import CalledLately
from bot.case_work import Work
from bot.endings import Endings, Finished, Opened, own_names
from bot.scenes import scene
from bot.sealed_lists import (
    AnswerList,
    Refusal,
    SealedLists,
    TooLong,
    Unopened,
    Visitor,
)
from bot.typed_words import clean, typing_problem
from flows.checklist import talk
from flows.conversation import Asking, Ending, StartFlow, advance, back, replay
from flows.given import Unanswerable
from flows.help_now import FIND, help_elsewhere, help_now
from flows.outcomes import Filing
from flows.phrases import Phrase, say
from flows.scene import Scene
from flows.screens import Ask

ELSEWHERE = "elsewhere"
"""A call for help to another site than the one that runs already."""
FLOWS: dict[str, StartFlow] = {"talk": talk, "help": help_now, ELSEWHERE: help_elsewhere}
"""Every conversation by the name that stands in its token."""


KNOWS_ITS_PEOPLE = ("slack", "teams")
"""Platforms on which only people of the company can ask."""


@dataclass(frozen=True)
class Screen:
    """A screen to show, with its token."""

    ask: Ask
    token: str
    can_go_back: bool
    problem: Phrase | None = None


@dataclass(frozen=True)
class StartAgain:
    """The token opens nothing any more. Nothing is lost, for nothing was kept."""

    refusal: Refusal


Next = Screen | StartAgain | Opened | Finished


def left_alone(here: Next) -> Next:
    """A screen that is gone on with from a chat, which keeps nothing that was chosen on it.

    Where it chooses by itself what somebody may have chosen otherwise, it says so: a report that
    was to be sent now must not wait unnoticed.
    """
    if isinstance(here, Screen) and any(group.chosen for group in here.ask.groups):
        return replace(here, problem=say("later.choose_again"))
    return here


Step = Callable[[StartFlow, Scene, AnswerList], Asking | Ending]


class Conversations:
    """Leads visitors through the flows. Holds no conversation itself."""

    def __init__(self, work: Work, lists: SealedLists) -> None:
        self._work = work
        self._lists = lists
        self._endings = Endings(work, lists)

    async def start(
        self, visitor: Visitor, flow: str = "talk", secret: bytes | None = None, call: str = ""
    ) -> Next:
        """The first screen of a flow; help with a known site is sent at once.

        `call` is the number of the call for help from whose page it is begun.
        """
        fresh = AnswerList(flow, self._work.policy_digest, site_id=visitor.site_id, call=call)
        fresh = replace(fresh, secret=secret) if secret else self._lists.with_new_secret(fresh)
        await self._knows_readers(flow)
        called = await self._endings.called(visitor)
        scene = replace(self._scene(visitor, fresh, {}), called=called)
        here = replay(FLOWS[flow], scene, ())
        following = await self._next(visitor, fresh, here, {})
        return following if flow == ELSEWHERE else await self._or_call(visitor, following)

    async def show(self, visitor: Visitor, token: str) -> Next:
        """The same screen again, for another language or after a reload."""
        return await self._turn(visitor, token, _again, {})

    async def press(
        self,
        visitor: Visitor,
        token: str,
        button: str,
        chosen: Mapping[str, Sequence[str]],
        typed: Mapping[str, str],
    ) -> Next:
        """What follows a press on a screen. Typed words are read only by a press that sends."""
        words = {name: clean(text) for name, text in typed.items()}
        if button == FIND:
            return await self._turn(visitor, token, _again, words)

        def pressed(flow: StartFlow, scene: Scene, list_: AnswerList) -> Asking | Ending:
            return _pressed(flow, scene, list_, button, chosen, words)

        return await self._or_call(visitor, await self._turn(visitor, token, pressed, words))

    async def elsewhere(self, visitor: Visitor) -> Next:
        """To which other site help is called: whoever asks is not where they called it first."""
        return await self.start(replace(visitor, site_id=None), ELSEWHERE)

    async def help(self, visitor: Visitor, token: str) -> Next:
        """Help, from any screen. It works with a stale or broken token too: nobody in danger
        is told to start again."""
        secret = None
        try:
            list_ = await self._lists.open(visitor, token)
            visitor = replace(visitor, site_id=list_.site_id or visitor.site_id)
            secret = list_.secret
        except Unopened:
            pass
        return await self.start(visitor, "help", secret)

    async def back(self, visitor: Visitor, token: str) -> Next:
        """The screen before."""
        return await self._turn(visitor, token, _before, {})

    async def is_begun(self, visitor: Visitor, token: str) -> bool:
        """Whether something was answered up to this screen, so that it is worth coming back to."""
        try:
            list_ = await self._lists.open(visitor, token)
        except Unopened:
            return False
        return list_.flow == "talk" and len(list_.answers) > 1

    async def interrupted(self, visitor: Visitor, token: str) -> str:
        """What a call for help from this screen interrupts, to be come back to; "" for nothing.

        Never the question where help is to come: who comes back to it would call again.
        """
        here = await self.show(visitor, token)
        if isinstance(here, Screen) and here.ask.for_help:
            here = await self.back(visitor, here.token)
        begun = isinstance(here, Screen) and await self.is_begun(visitor, here.token)
        return here.token if isinstance(here, Screen) and begun else ""

    async def resume(self, visitor: Visitor, token: str, call: str) -> Next:
        """The screen from which somebody called for help, with that call to be read together.

        What it sends is something else than the call, so it gets a secret of its own.
        """
        try:
            list_ = await self._lists.open(visitor, token)
        except Unopened as unopened:
            return StartAgain(unopened.refusal)
        apart = self._lists.with_new_secret(replace(list_, call=call))
        return await self.show(visitor, await self._lists.seal(visitor, apart))

    async def _turn(self, visitor: Visitor, token: str, step: Step, typed: dict[str, str]) -> Next:
        try:
            list_ = await self._lists.open(visitor, token)
            flow = FLOWS.get(list_.flow)
            if flow is None:
                return StartAgain(Refusal.UNKNOWN)
            if list_.policy_digest != self._work.policy_digest:
                return StartAgain(Refusal.CHANGED)
            here = await self._step(visitor, list_, typed, flow, step)
            return await self._next(visitor, list_, here, typed)
        except Unopened as unopened:
            return StartAgain(unopened.refusal)
        except (Unanswerable, TooLong):
            return StartAgain(Refusal.UNKNOWN)

    async def _step(
        self,
        visitor: Visitor,
        list_: AnswerList,
        typed: dict[str, str],
        flow: StartFlow,
        step: Step,
    ) -> Asking | Ending:
        called = CalledLately(self._work)
        await self._knows_readers(list_.flow)
        scene = replace(self._scene(visitor, list_, typed), called_lately=called)
        here = step(flow, scene, list_)
        if not called.asked:
            return here
        await called.look_up()
        return step(flow, scene, list_)

    async def _next(
        self,
        visitor: Visitor,
        list_: AnswerList,
        here: Asking | Ending,
        typed: dict[str, str],
    ) -> Next:
        if isinstance(here, Ending):
            return await self._endings.reach(visitor, list_, here.outcome, typed)
        moved = replace(list_, answers=here.answers)
        # Help can be pressed on every screen, so every screen may send and has a secret of its
        # own. The same screen again keeps it, so that a corrected send is still one send.
        if here.answers != list_.answers or not list_.secret:
            moved = self._lists.with_new_secret(moved)
        token = await self._lists.seal(visitor, moved)
        return Screen(here.ask, token, bool(here.answers), here.problem)

    async def _or_call(self, visitor: Visitor, following: Next) -> Next:
        """The call that runs already, in place of the question where to call for help."""
        if not (isinstance(following, Screen) and following.ask.for_help):
            return following
        running = await self._endings.running(visitor)
        return following if running is None else running

    async def _knows_readers(self, flow: str) -> None:
        """A screen of a service that only begins waits for who can be kept out; help never does."""
        if flow != "help":
            await self._work.directory.first_look()

    def _scene(self, visitor: Visitor, list_: AnswerList, typed: dict[str, str]) -> Scene:
        now = self._work.clock.now()
        # On a poster's page a stranger may be reading: roles, never names.
        by_name = visitor.platform in KNOWS_ITS_PEOPLE
        here = scene(
            self._work.directory,
            self._work.policy,
            now,
            list_.site_id,
            typed,
            by_name=by_name,
            can_push=bool(visitor.push),
            own_names=own_names(self._work, visitor),
        )
        return replace(here, call=list_.call)


def _again(flow: StartFlow, scene: Scene, list_: AnswerList) -> Asking | Ending:
    return replay(flow, scene, list_.answers)


def _before(flow: StartFlow, scene: Scene, list_: AnswerList) -> Asking | Ending:
    return back(flow, scene, list_.answers)


def _pressed(
    flow: StartFlow,
    scene: Scene,
    list_: AnswerList,
    button: str,
    chosen: Mapping[str, Sequence[str]],
    typed: Mapping[str, str],
) -> Asking | Ending:
    here = advance(flow, scene, list_.answers, button, chosen)
    if isinstance(here, Ending) and isinstance(here.outcome, Filing):
        problem = typing_problem(here.outcome, typed, scene)
        if problem is not None:
            field, why = problem
            before = replay(flow, scene, list_.answers)
            if not isinstance(before, Asking):
                return before
            return replace(before, ask=before.ask.with_wrong(field), problem=why)
    return here

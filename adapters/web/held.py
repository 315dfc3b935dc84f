"""What somebody did and did not send yet: on screens that they went back from, or where sending
it broke. It stands in their page alone.

The conversation's list holds answers that were given; what was ticked and typed before going
back was no answer yet, and is there again when they come forward.
"""

from dataclasses import replace

from adapters.web.inbound import Form
from adapters.web.middleware import WebParts, calls
from adapters.web.pages import AskPage, KeptPage
from flows.phrases import say
from flows.report import NAME, WORDS
from flows.tie import TIES


def typed_beside(form: Form) -> dict[str, str]:
    """What was typed besides the words, on a screen that a call for help interrupted."""
    return {name: form.typed[name] for name in (NAME, *TIES) if form.typed.get(name)}


def with_held(page: AskPage, form: Form) -> AskPage:
    """The page with what belongs on it, and with the rest to be posted along."""
    groups = {group.id for group in page.ask.groups}
    fields = {field.id for field in page.ask.fields}
    ticked = {name: codes for name, codes in form.held.items() if name in groups}
    return replace(
        page,
        chosen=page.chosen or ticked,
        words={
            name: form.typed[name]
            for name in (WORDS, NAME, *TIES)
            if name not in fields and form.typed.get(name)
        },
        held={name: codes for name, codes in form.held.items() if name not in groups},
    )


def message_alone(parts: WebParts, form: Form, receipt: str | None) -> KeptPage:
    """Words to the desk that could not be saved, where the report cannot even be read."""
    return KeptPage(
        title=say("problem.title"),
        text=say("problem.not_saved"),
        label=say("talk.own.label"),
        words=form.typed.get(WORDS, ""),
        way_on=say("web.refresh"),
        action="/case",
        held={"pass": form.pass_token, "receipt": receipt or ""},
        language=form.language,
        now=parts.work.clock.now(),
        site=form.site,
        calls=calls(parts),
    )

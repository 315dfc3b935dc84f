"""What people do in Teams again and again: they ask the bot, and they report.

Everything goes over HTTP to a bot of this process, with signed requests:

    async with playing(folder) as play:
        dialog = await reports(play.person("employee"), "ja", "what happened")
        receipt = receipt_on(dialog)
        await play.works_off()
"""

import re

from flows.outcomes import Visibility
from flows.phrases import Phrase
from tests.adapters.teams.play import said
from tests.fake_teams.client import Dialog, Person

WORDS = "He shouted **NAMAE** <at>Everyone</at> for half an hour"
SHINJUKU = {"ja": "新宿店", "en": "Shinjuku store"}
CHOICE = {Visibility.UNNAMED: "who.u", Visibility.DESK_ONLY: "who.d", Visibility.NAMED: "who.n"}


async def first(person: Person, language: str, key: str, text: str = "hello") -> Dialog:
    """Writes to the bot and presses a button of the card that comes back."""
    (card,) = await person.says(text)
    return await person.opens(card, said(language, key))


async def reports(
    person: Person,
    language: str,
    words: str = WORDS,
    visibility: Visibility = Visibility.UNNAMED,
    name: str = "",
    now: str = "safe.o",
    back: str = "",
    call: str = "",
) -> Dialog:
    """The checklist, and a report that goes off at once and of which the site may know.

    `name` is typed where the desk is to have one, `now` says whether it goes on, `call` is the
    number of a call for help that it belongs to. Gives the dialog with the receipt.
    """

    def text(key: str, **values: Phrase | int) -> str:
        return said(language, key, **values)

    dialog = await first(person, language, "first.check")
    await dialog.presses(text(now))
    await dialog.chooses(text("chip.c")).presses(text("button.next"))
    await dialog.chooses(text("effects.f")).presses(text("button.next"))
    await dialog.presses(text("demand.r"))
    assert text("result.strong.title") in dialog.text
    await dialog.presses(text("result.send"))
    await dialog.presses(SHINJUKU[language])
    dialog.chooses(text(CHOICE[visibility]), text("who.site.y"))
    await dialog.presses(text("who.next"))
    if visibility is Visibility.UNNAMED:
        dialog.chooses(text("blur.now"), *([text(back)] if back else ()))
    else:
        dialog.fills(text("review.name"), name)
    if call:
        dialog.fills(text("review.call"), call)
    return await dialog.fills(text("review.words"), words).presses(text("review.send"))


def receipt_on(dialog: Dialog) -> str:
    """The digits of the receipt that stands on a dialog."""
    return re.findall(r"^\d{5}(?: \d{5}){4}$", dialog.text, re.MULTILINE)[0].replace(" ", "")

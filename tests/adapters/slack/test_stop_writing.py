"""Who let the bot write to them changes their mind, in the dialog that their receipt opens."""

from bot.return_address import owe_push
from tests.adapters.slack.office import Office, said
from tests.adapters.slack.test_own_list import opens_list
from tests.adapters.slack.walks import answers_the_checklist, chooses_the_site, receipt_of
from tests.fake_slack import Person

EN = "en"


async def lets_the_bot_write(person: Person) -> str:
    """A report without a name, sent right away. Gives the receipt."""
    await person.commands("/mamori")
    await answers_the_checklist(person, EN)
    await person.taps(said(EN, "result.send"))
    await chooses_the_site(person, EN)
    await person.picks(said(EN, "who.site.y"))
    await person.submits()
    await person.picks(said(EN, "back.w"))
    await person.picks(said(EN, "blur.now"))
    await person.submits()
    return receipt_of(person)


async def test_who_says_stop_in_the_dialog_is_written_to_no_more(office: Office) -> None:
    john, eve = office.person("john"), office.person("eve")
    await lets_the_bot_write(eve)
    receipt = await lets_the_bot_write(john)
    await office.settles()
    assert await opens_list(john, EN) == []
    john.types(said(EN, "slack.receipt.enter"), receipt)
    await john.submits()
    await john.taps(said(EN, "own.stop_writing"))
    assert said(EN, "own.stopped_writing") in john.modal.read
    assert said(EN, "own.stop_writing") not in john.modal.read
    before = len(john.chat), len(eve.chat)
    async with office.service.work.storage.write() as tx:
        for case_id in await tx.cases.public_ids():
            await owe_push(tx, case_id, office.clock.now())
    await office.passes(minutes=61)
    assert (len(john.chat) - before[0], len(eve.chat) - before[1]) == (0, 1)

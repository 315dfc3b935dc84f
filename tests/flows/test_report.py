"""The report: who sees it is asked first, and what is shown is what is sent."""

import re
from dataclasses import replace

import pytest

from bot.catalogue import Catalogue
from bot.packs import builtin_pack
from flows.acts import Chip
from flows.assessment import Facts, Safety, assess
from flows.checklist import talk
from flows.conversation import Asking, Ending, replay
from flows.ladders import Role
from flows.outcomes import Filing, Report, Visibility, When
from flows.phrases import Own, Phrase, Say, listed, say
from flows.report import NAME, WORDS
from flows.scene import ENOUGH_PEOPLE, Scene, SiteOption
from flows.screens import Ask, Fact
from flows.screens import Facts as FactList
from flows.tie import NAMED_TIE, UNNAMED_TIE

STANDARD = builtin_pack("standard")
TO_REPORT = ("check", "v", "next/a", "send/")
STORE = SiteOption(
    "store",
    Own(ja="店", en="Store"),
    Own(ja="市", en="Town"),
    "store",
    headcount=9,
    area_headcount=20,
    channel_roles=frozenset({Role.MANAGER, Role.DEPUTY}),
)


def scene(site: SiteOption = STORE) -> Scene:
    roles = (Role.MANAGER, Role.DEPUTY, Role.AREA, Role.HQ)
    return Scene(policy=STANDARD, sites=(site,), site_id=site.id, roles=roles)


def screen(*answers: str, site: SiteOption = STORE) -> Ask:
    here = replay(talk, scene(site), (*TO_REPORT, *answers))
    assert isinstance(here, Asking)
    return here.ask


def filed(*answers: str, site: SiteOption = STORE) -> Filing:
    here = replay(talk, scene(site), (*TO_REPORT, *answers))
    assert isinstance(here, Ending) and isinstance(here.outcome, Filing)
    return here.outcome


def chosen(ask: Ask) -> dict[str, tuple[str, ...]]:
    return {group.id: group.chosen for group in ask.groups}


def sees(ask: Ask) -> dict[str, Phrase]:
    """Who sees what, by the key of who."""
    facts: list[Fact] = [f for e in ask.body if isinstance(e, FactList) for f in e.items]
    return {f.label.key if isinstance(f.label, Say) else "roles": f.value for f in facts}


def key(phrase: Phrase) -> str:
    assert isinstance(phrase, Say)
    return phrase.key


def test_unnamed_and_nothing_to_the_site_is_what_stands_there_first() -> None:
    assert chosen(screen()) == {
        "visibility": (Visibility.UNNAMED.value,),
        "site_may_know": ("n",),
        "excluded": (),
    }


def test_an_unnamed_report_waits_and_a_named_one_does_not() -> None:
    assert not filed("next/u/n/", "send//later///").report.send_now
    assert filed("next/u/n/", "send//now///").report.send_now
    assert filed("next/n/y/", "send///").report.send_now
    assert filed("next/d/n/", "send///").report.send_now


@pytest.mark.parametrize(
    ("headcount", "place"),
    [
        (None, "area"),
        (1, "area"),
        (ENOUGH_PEOPLE - 1, "area"),
        (ENOUGH_PEOPLE, "site"),
        (50, "site"),
    ],
)
def test_a_small_or_unknown_shift_is_shown_as_its_area(headcount: int | None, place: str) -> None:
    few = replace(STORE, headcount=headcount)
    assert chosen(screen("next/u/n/", site=few))["place"] == (place,)


@pytest.mark.parametrize(
    ("area", "in_area"), [(STORE.area, say("fit.about", count=20)), (STORE.name, say("fit.one"))]
)
def test_where_help_was_called_lately_one_fits_until_it_is_blurred(
    area: Own, in_area: Phrase
) -> None:
    """The area blurs nothing where it has no other site."""
    two = replace(
        scene(),
        sites=(STORE, replace(STORE, id="other", area=area)),
        called_lately={STORE.id: True}.__getitem__,
    )
    here = replay(talk, two, (*TO_REPORT, "next/u/n/"))
    assert isinstance(here, Asking)
    place = next(group for group in here.ask.groups if group.id == "place")
    assert place.chosen == ("area",)
    assert [option.hint for option in place.options] == [in_area, say("fit.one")]


def test_naming_the_site_is_the_reporters_choice() -> None:
    assert filed("next/u/n/", "send/site////").report.name_site
    assert not filed("next/u/n/", "send/area////").report.name_site
    assert not filed("next/u/n/", "send/////").report.name_site
    assert filed("next/d/n/", "send///").report.name_site


def test_a_name_is_asked_for_only_where_somebody_will_read_it() -> None:
    assert [field.id for field in screen("next/u/n/").fields] == [WORDS, UNNAMED_TIE]
    for who in "nd":
        fields = screen(f"next/{who}/n/").fields
        assert [field.id for field in fields] == [NAME, WORDS, NAMED_TIE]
        assert fields[0].required


@pytest.mark.parametrize(
    ("answer", "site_sees"),
    [
        ("next/u/n/", "sees.site.nothing"),
        ("next/n/n/", "sees.site.nothing"),
        ("next/n/y/", "sees.site.n"),
        ("next/d/y/", "sees.site.d_over"),  # and why, though they said yes
        ("next/u/y/", "sees.site.u"),
        ("next/n/y/manager", "sees.site.excluded"),
        ("next/n/y/area", "sees.site.n"),
    ],
)
def test_before_sending_the_reporter_reads_what_the_site_gets(answer: str, site_sees: str) -> None:
    assert key(sees(screen(answer))["sees.site"]) == site_sees


def test_before_sending_the_reporter_reads_that_a_manager_is_at_the_desk_too() -> None:
    shop = replace(scene(), desk_roles=frozenset({Role.DESK, Role.MANAGER}))

    def review(answer: str) -> Ask:
        here = replay(talk, shop, (*TO_REPORT, answer))
        assert isinstance(here, Asking)
        return here.ask

    assert key(sees(review("next/u/n/"))["roles"]) == "sees.also_desk"
    here = replay(talk, shop, TO_REPORT)
    assert isinstance(here, Asking)
    hints = {option.code: option.hint for group in here.ask.groups for option in group.options}
    assert hints["d"] == say("who.d.hint_shared", roles=listed([say("role.manager")]))
    assert hints["n"] != say("who.site.n.hint")
    assert "roles" not in sees(screen("next/u/n/"))
    # Without a second desk nobody is left who may have it, and nothing is sent.
    assert review("next/u/n/manager").step == "elsewhere"
    assert screen("next/u/n/manager").step != "elsewhere"


@pytest.mark.parametrize(("safety", "site_sees"), [("o", "sees.site.d"), ("v", "sees.site.d_over")])
def test_the_site_stands_by_while_it_goes_on_and_the_desk_alone_knows_whom_to_look_after(
    safety: str, site_sees: str
) -> None:
    answers = ("check", safety, "next/a", "send/", "next/d/y/")
    here = replay(talk, scene(), answers)
    assert isinstance(here, Asking) and here.ask.step == "review"
    assert key(sees(here.ask)["sees.site"]) == site_sees


@pytest.mark.parametrize("language", ["en", "ja", "ja_simple"])
def test_a_name_that_goes_to_the_site_is_never_promised_to_fewer_people(language: str) -> None:
    """Whoever reads the site's channel reads the name there, and so does whoever is asked."""
    catalogue = Catalogue.load()

    def reads(key: str) -> str:
        return catalogue.text(say(key), language)

    head_office = {"en": "head office", "ja": "本部", "ja_simple": "本部"}[language]
    assert head_office in reads("sees.site.n")
    for key in ("who.site", "who.site.y.hint", "sees.site.n"):
        assert not re.search(r"だけ|\bonly\b|no more than", reads(key)), key
    name = "name" if language == "en" else "名前"
    assert name in reads("who.site.y.hint").lower() and name in reads("sees.site.n").lower()


def test_who_is_kept_out_is_named_before_sending() -> None:
    assert "roles" not in sees(screen("next/n/y/"))
    assert key(sees(screen("next/n/y/manager.hq"))["roles"]) == "sees.excluded"


def test_how_identifiable_one_is_stands_only_before_an_unnamed_report() -> None:
    def says(ask: Ask) -> bool:
        return "review.identifiable" in ask.model_dump_json()

    assert says(screen("next/u/n/"))
    assert not says(screen("next/n/n/"))


def test_the_report_holds_exactly_what_was_chosen() -> None:
    answers = ("next/u/y/manager.hq", "send/site/now/y/reg/listen.doctor")
    assert filed(*answers).report == Report(
        site_id="store",
        safety=Safety.OVER,
        chips=(Chip.VIOLENCE,),
        effects=None,
        demand=None,
        length=None,
        after_stop=None,
        injured=False,
        per_se=tuple(sorted(c for c in STANDARD.shown_chips() if STANDARD.is_per_se(c))),
        visibility=Visibility.UNNAMED,
        site_may_know=True,
        excluded=(Role.MANAGER, Role.HQ),
        when=When.YESTERDAY,
        name_site=True,
        send_now=True,
        spot="reg",
        wishes=("listen", "doctor"),
    )


def test_its_result_is_the_one_that_was_shown() -> None:
    filing = filed("next/u/n/", "send/////")
    assert filing.assessment == assess(filing.report.facts())
    assert isinstance(filing.report.facts(), Facts)


def test_an_injury_ticked_at_the_result_goes_with_the_report() -> None:
    here = replay(talk, scene(), ("check", "v", "next/d", "send/i", "next/u/n/", "send/////"))
    assert isinstance(here, Ending) and isinstance(here.outcome, Filing)
    assert here.outcome.report.injured


def test_a_site_without_spots_asks_for_none() -> None:
    elsewhere = replace(STORE, location="nowhere")
    assert "spot" not in chosen(screen("next/u/n/", site=elsewhere))
    assert filed("next/u/n/", "send////", site=elsewhere).report.spot is None

"""A conversation is its list of answers: the same list, the same screen, on every policy."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.packs import builtin_pack, builtin_pack_ids
from flows.acts import ACTS, SEVERE_CHIPS, Chip
from flows.assessment import Effect, Safety
from flows.checklist import checklist, talk
from flows.conversation import Asking, Ending, advance, back, replay
from flows.given import Answer, Unanswerable
from flows.help_now import FIND, help_now
from flows.ladders import Role
from flows.outcomes import Ended, Filing, HelpWanted, Visibility
from flows.phrases import Own, Say
from flows.policy import Policy, Thresholds
from flows.scene import MAX_SITES_AS_BUTTONS, Scene, SiteOption
from flows.screens import Ask, CallLine

PACKS = {id: builtin_pack(id) for id in builtin_pack_ids()}
EVERY_PACK = pytest.mark.parametrize("policy", PACKS.values(), ids=list(PACKS))
ROLES = (Role.MANAGER, Role.DEPUTY, Role.AREA, Role.HQ)
LONGEST = 40


def own(text: str) -> Own:
    return Own(ja=text, en=text)


def site(number: int, name: str = "", location: str = "store") -> SiteOption:
    area = own(f"area {number // 4}")
    return SiteOption(f"site{number}", own(name or f"branch {number}"), area, location)


def scene(policy: Policy, sites: int = 3, site_id: str | None = None, **typed: str) -> Scene:
    options = tuple(site(number) for number in range(sites))
    return Scene(policy=policy, sites=options, site_id=site_id, roles=ROLES, typed=typed)


def known_site(policy: Policy) -> Scene:
    return scene(policy, site_id="site0")


def asking(here: Asking | Ending) -> Ask:
    assert isinstance(here, Asking), here
    return here.ask


@st.composite
def an_answer(draw: st.DrawFn, ask: Ask) -> str:
    """Any answer that the screen offers."""
    button = draw(st.sampled_from([option.code for option in ask.buttons]))
    groups = []
    for group in ask.groups:
        codes = [option.code for option in group.options]
        least = 1 if group.missing is not None else 0
        most = len(codes) if group.many else 1
        some = draw(st.sets(st.sampled_from(codes), min_size=least, max_size=most)) if codes else ()
        groups.append(tuple(code for code in codes if code in some))
    return Answer(button, tuple(groups)).pack()


def walk(data: st.DataObject, where: Scene) -> tuple[list[Asking], Ending | None]:
    """A person who answers anything, until it ends."""
    screens: list[Asking] = []
    answers: tuple[str, ...] = ()
    while len(answers) < LONGEST:
        here = replay(talk, where, answers)
        if isinstance(here, Ending):
            return screens, here
        screens.append(here)
        answers = (*answers, data.draw(an_answer(here.ask), label=here.ask.step))
    return screens, None


@EVERY_PACK
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_every_walk_ends_and_the_same_answers_lead_to_the_same_end(
    policy: Policy, data: st.DataObject
) -> None:
    screens, end = walk(data, known_site(policy))
    assert end is not None
    assert isinstance(end.outcome, Filing | HelpWanted | Ended)
    assert replay(talk, known_site(policy), end.answers) == end
    for here in screens:
        assert replay(talk, known_site(policy), here.answers) == here


@EVERY_PACK
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_back_and_the_same_answer_again_is_the_same_screen(
    policy: Policy, data: st.DataObject
) -> None:
    where = known_site(policy)
    screens, _ = walk(data, where)
    for before, here in pairwise(screens):
        last = Answer.unpack(here.answers[-1])
        chosen = dict(zip((group.id for group in before.ask.groups), last.chosen, strict=False))
        # As it was left: what was ticked is ticked again.
        left = replace(before, ask=before.ask.with_chosen(chosen))
        assert back(talk, where, here.answers) == left
        assert advance(talk, where, before.answers, last.button, chosen) == here


def test_back_from_the_first_screen_stays_there() -> None:
    where = known_site(PACKS["standard"])
    assert back(talk, where, ()) == replay(talk, where, ())


@settings(max_examples=60, deadline=None)
@given(data=st.data(), junk=st.text(max_size=12))
def test_an_answer_that_fits_no_screen_is_refused(data: st.DataObject, junk: str) -> None:
    where = known_site(PACKS["standard"])
    screens, _ = walk(data, where)
    here = data.draw(st.sampled_from(screens))
    offered = {option.code for option in here.ask.buttons}
    if Answer.unpack(junk).button in offered:
        junk = f"{junk}?"
    with pytest.raises(Unanswerable):
        replay(talk, where, (*here.answers, junk))


@pytest.mark.parametrize(
    "answers",
    [
        ("check", "v", "next"),
        ("check", "v", "next/"),
        ("check", "v", "next/zz"),
        ("check", "v", "next/c.a"),  # in another order than the screen packs them
        ("check", "v", "next/a.a"),
        ("check", "v", "next/a/b"),
        ("check", "x"),
        ("",),
        ("check", "v", "next/a", "send/i", "next/u.d/n/"),  # two answers where one is asked
    ],
)
def test_a_list_no_flow_produced_is_refused(answers: tuple[str, ...]) -> None:
    with pytest.raises(Unanswerable):
        replay(talk, known_site(PACKS["standard"]), answers)


def test_answers_given_after_the_end_end_it_all_the_same() -> None:
    where = known_site(PACKS["standard"])
    here = replay(talk, where, ("help", "more", "and more"))
    assert isinstance(here, Ending)
    assert here.outcome == HelpWanted(site_id="site0")


def test_nothing_chosen_brings_the_same_screen_with_what_is_missing() -> None:
    where = known_site(PACKS["standard"])
    here = advance(talk, where, ("check", "v"), "next", {"acts": ()})
    assert isinstance(here, Asking) and here.problem is not None
    assert here.ask == asking(replay(talk, where, ("check", "v")))
    assert here.answers == ("check", "v")


def test_a_chip_the_screen_never_offered_is_refused() -> None:
    where = known_site(PACKS["standard"])
    with pytest.raises(Unanswerable):
        advance(talk, where, ("check", "v"), "next", {"acts": ("zz",)})


# --- presses -----------------------------------------------------------------------------------


def presses(answers: tuple[str, ...]) -> int:
    """Taps: each button, and each option that was not already chosen."""
    return sum(1 + sum(map(len, Answer.unpack(text).chosen)) for text in answers)


@EVERY_PACK
def test_danger_takes_two_presses_and_help_one(policy: Policy) -> None:
    for answers, taps in (("help",), 1), (("check", "d"), 2):
        here = replay(talk, known_site(policy), answers)
        assert isinstance(here, Ending) and here.outcome == HelpWanted(site_id="site0")
        assert presses(answers) == taps


@EVERY_PACK
def test_a_severe_act_takes_four_presses_to_its_result(policy: Policy) -> None:
    for chip in SEVERE_CHIPS & set(policy.shown_chips()):
        answers = ("check", "v", f"next/{chip.value}")
        assert asking(replay(talk, known_site(policy), answers)).step == "result"
        assert presses(answers) == 4


def paths_to_the_result(
    where: Scene, chip: Chip, safety: Safety = Safety.OVER
) -> list[tuple[str, ...]]:
    """Every way to the result with this one act and at most one effect."""
    found = []
    open_paths: list[tuple[str, ...]] = [("check", safety.value, f"next/{chip.value}")]
    while open_paths:
        answers = open_paths.pop()
        ask = asking(replay(talk, where, answers))
        if ask.step == "result":
            found.append(answers)
        elif ask.groups:
            codes = [option.code for option in ask.groups[0].options]
            open_paths += [(*answers, f"next/{code}") for code in codes]
        else:
            open_paths += [(*answers, option.code) for option in ask.buttons]
    return found


@pytest.mark.parametrize("chip", [c for c in Chip if c not in SEVERE_CHIPS], ids=lambda c: c.name)
def test_any_result_takes_at_most_nine_presses(chip: Chip) -> None:
    paths = paths_to_the_result(known_site(PACKS["standard"]), chip)
    assert paths
    assert max(presses(path) for path in paths) <= 9


@EVERY_PACK
def test_from_the_result_a_report_is_sent_in_three_presses_with_the_defaults(
    policy: Policy,
) -> None:
    where, answers, taps = known_site(policy), ("check", "v", "next/a"), 0
    here: Asking | Ending = replay(talk, where, answers)
    while isinstance(here, Asking):
        ask = here.ask
        button = "send" if ask.step == "result" else ask.buttons[0].code
        chosen = {group.id: group.chosen for group in ask.groups}
        here, taps = advance(talk, where, here.answers, button, chosen), taps + 1
    assert isinstance(here.outcome, Filing)
    assert taps <= 3
    assert here.outcome.report.visibility is Visibility.UNNAMED
    assert not here.outcome.report.site_may_know


# --- what the screens offer -----------------------------------------------------------------


@EVERY_PACK
def test_every_act_of_a_policy_can_be_told(policy: Policy) -> None:
    acts = asking(replay(talk, known_site(policy), ("check", "v")))
    chips = {option.code for option in acts.groups[0].options}
    for act_id in filter(policy.is_active, policy.acts):
        chip = ACTS[act_id].chip
        assert chip is None or chip.value in chips, act_id
    effects = asking(replay(talk, known_site(policy), ("check", "v", "next/k")))
    assert effects.step == "effects"
    told = {option.code for option in effects.groups[0].options}
    assert {Effect.WORK_STOPPED.value, Effect.OTHERS_DISTURBED.value} <= told


def test_no_effect_does_not_stand_beside_an_injury() -> None:
    for ticked, read in (("i.n", {"effects.i"}), ("n", {"effects.n"})):
        answers: tuple[str, ...] = ("check", "v", "next/c", f"next/{ticked}")
        while (
            ask := asking(replay(talk, known_site(PACKS["standard"]), answers))
        ).step != "result":
            answers = (*answers, ask.buttons[-1].code)
        shown = ask.model_dump_json()
        assert {key for key in ("effects.i", "effects.n") if f'"{key}"' in shown} == read


@pytest.mark.parametrize("chip", [c for c in Chip if c is not Chip.OTHER], ids=lambda c: c.name)
def test_a_chip_without_any_act_of_the_policy_is_not_shown(chip: Chip) -> None:
    standard = PACKS["standard"]
    off = {
        id: wording.model_copy(update={"on": wording.on and ACTS[id].chip is not chip})
        for id, wording in standard.acts.items()
    }
    per_se = tuple(id for id in standard.per_se if ACTS[id].chip is not chip)
    policy = standard.model_copy(update={"acts": off, "per_se": per_se})
    group = asking(replay(talk, known_site(policy), ("check", "v"))).groups[0]
    codes = {option.code for option in group.options}
    assert chip.value not in codes
    assert codes == {other.value for other in Chip} - {chip.value}


@EVERY_PACK
def test_other_is_always_offered(policy: Policy) -> None:
    group = asking(replay(talk, known_site(policy), ("check", "v"))).groups[0]
    assert Chip.OTHER.value in {option.code for option in group.options}


def test_the_length_options_carry_the_companys_own_figures() -> None:
    limits = Thresholds(amber_minutes=11, red_minutes=23)
    policy = PACKS["standard"].model_copy(update={"thresholds": limits})
    answers = ("check", "v", "next/j", "next/f", "m")
    ask = asking(replay(talk, known_site(policy), answers))
    assert ask.step == "length"
    figures = {
        option.code: option.label.values for option in ask.buttons if isinstance(option.label, Say)
    }
    assert figures["a"] == {"minutes": 11}
    assert figures["r"] == {"minutes": 23}
    assert figures["2"] == {"times": 2}
    assert figures["3"] == {"times": 3}


@EVERY_PACK
def test_while_it_goes_on_help_stands_first_on_every_screen_that_follows(policy: Policy) -> None:
    where = known_site(policy)
    answers: tuple[str, ...] = ("check", "o")
    seen = []
    while isinstance(here := replay(talk, where, answers), Asking):
        assert here.ask.help_first, here.ask.step
        seen.append(here.ask.step)
        group = [g.chosen or (g.options[0].code,) for g in here.ask.groups if g.missing]
        chosen = dict(zip((g.id for g in here.ask.groups if g.missing), group, strict=True))
        button = "q" if here.ask.step in ("demand", "length") else here.ask.buttons[0].code
        following = advance(talk, where, answers, button, chosen)
        answers = following.answers
        if isinstance(following, Ending):
            break
    assert seen[0] == "acts" and seen[-1] == "review"


@pytest.mark.parametrize("safety", [Safety.ONGOING, Safety.OVER])
def test_what_to_say_to_the_customer_is_said_only_while_there_is_a_customer(
    safety: Safety,
) -> None:
    """Once it is over: rest, write it down, and the police can be asked."""
    policy, here_still = PACKS["standard"], safety is Safety.ONGOING
    where = known_site(policy)
    for chip in policy.shown_chips():
        for path in paths_to_the_result(where, chip, safety):
            ask = asking(replay(talk, where, path))
            shown = ask.model_dump_json()
            for key in ("policy.label.say", "policy.label.step_back", "policy.label.end"):
                assert (key in shown) is here_still, (path, key)
            for key in ("result.over.rest", "result.over.write", "result.over.police"):
                assert (key in shown) is not here_still, (path, key)
            assert "result.strong.text" not in shown or here_still
            assert ("#9110" in phones(ask)) is not here_still


@pytest.mark.parametrize(("chip", "own"), [("c", True), ("j", False)])
def test_who_may_end_it_themselves_reads_that_above_the_way_on(chip: str, own: bool) -> None:
    for path in paths_to_the_result(known_site(PACKS["standard"]), Chip(chip), Safety.ONGOING):
        ask = asking(replay(talk, known_site(PACKS["standard"]), path))
        above, below = (
            "".join(e.model_dump_json() for e in part) for part in (ask.body, ask.after)
        )
        assert ('"runbook.end.self"' in above) is own
        assert ('"runbook.end.lead"' in below) is not own


@pytest.mark.parametrize(("chip", "told"), [("a", True), ("c", False)])
def test_who_is_told_to_call_the_police_has_the_number_as_a_key(chip: str, told: bool) -> None:
    """After violence, while it goes on: not only the ambulance's."""
    for path in paths_to_the_result(known_site(PACKS["standard"]), Chip(chip), Safety.ONGOING):
        ask = asking(replay(talk, known_site(PACKS["standard"]), path))
        assert ("110" in phones(ask)) is told
    for path in paths_to_the_result(known_site(PACKS["standard"]), Chip(chip), Safety.OVER):
        assert "110" not in phones(asking(replay(talk, known_site(PACKS["standard"]), path)))


# --- sites ----------------------------------------------------------------------------------


def test_a_site_that_is_known_or_the_only_one_is_not_asked_for() -> None:
    standard = PACKS["standard"]
    for where in (known_site(standard), scene(standard, sites=1)):
        here = replay(help_now, where, ())
        assert isinstance(here, Ending)
        assert here.outcome == HelpWanted(site_id="site0")


def test_a_site_that_the_company_no_longer_has_is_asked_for() -> None:
    here = replay(help_now, scene(PACKS["standard"], site_id="gone"), ())
    assert [option.code for option in asking(here).buttons] == ["site0", "site1", "site2"]


def test_up_to_eight_sites_are_all_shown() -> None:
    ask = asking(replay(help_now, scene(PACKS["standard"], MAX_SITES_AS_BUTTONS), ()))
    assert len(ask.buttons) == MAX_SITES_AS_BUTTONS
    assert ask.find is None and ask.found is None


def many_sites(**typed: str) -> Scene:
    names = ["Ginza", "Shibuya", "Ueno", *[f"branch {number}" for number in range(3, 30)]]
    options = tuple(site(number, name) for number, name in enumerate(names))
    return Scene(policy=PACKS["standard"], sites=options, roles=ROLES, typed=typed)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ()),
        ("   ", ()),
        ("ginza", ("site0",)),
        (" SHIBUYA ", ("site1",)),
        ("area 0", ("site0", "site1", "site2", "site3")),
        ("nowhere", ()),
    ],
)
def test_with_many_sites_a_search_shows_only_those_that_match(
    typed: str, found: tuple[str, ...]
) -> None:
    ask = asking(replay(help_now, many_sites(**{FIND: typed}), ()))
    assert ask.find is not None and ask.found == found


def test_a_search_shows_no_more_than_fit_and_loses_no_site() -> None:
    where = many_sites(**{FIND: "branch"})
    ask = asking(replay(help_now, where, ()))
    assert ask.found is not None and len(ask.found) == MAX_SITES_AS_BUTTONS
    assert {option.code for option in ask.buttons} == {s.id for s in where.sites}
    for each in where.sites:
        assert replay(help_now, where, (each.id,)) == Ending(
            HelpWanted(site_id=each.id), (each.id,)
        )


def test_what_is_typed_changes_the_screen_and_never_the_answers() -> None:
    answers = ("check", "v", "next/a", "send/")
    typed = replay(talk, many_sites(**{FIND: "ginza"}), answers)
    plain = replay(talk, many_sites(), answers)
    assert isinstance(typed, Asking) and isinstance(plain, Asking)
    assert typed.answers == plain.answers == answers
    assert typed.ask.step == plain.ask.step == "site"


def phones(ask: Ask) -> set[str]:
    return {element.phone for element in ask.body if isinstance(element, CallLine)}


def test_without_any_site_help_says_whom_to_call_and_can_be_tried_again_for_ever() -> None:
    where = scene(PACKS["standard"], sites=0)
    first = asking(replay(help_now, where, ()))
    assert "110" in phones(first)
    again = first.buttons[0].code
    assert asking(replay(help_now, where, (again,) * 20)) == first


def test_without_any_site_the_desks_phone_is_shown_where_there_is_one() -> None:
    standard = PACKS["standard"]
    desk = standard.contacts["desk"].model_copy(update={"phone": "03-1234-5678"})
    policy = standard.model_copy(update={"contacts": {**standard.contacts, "desk": desk}})
    assert phones(asking(replay(help_now, scene(policy, sites=0), ()))) == {"110", "03-1234-5678"}
    report = asking(replay(checklist, scene(policy, sites=0), ("v", "next/a", "send/")))
    assert report.step == "site" and phones(report) == {"03-1234-5678"}

"""A roster in CSV: who comes out of it, and what is said about one that is wrong."""

import csv
import io
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.company import Person, Site, read_company
from bot.roster import pack, unpack
from bot.roster_file import Reading, read_roster
from bot.roster_table import COLUMNS
from flows.ladders import Role
from flows.shifts import Shift
from tests.support.world import COMPANY

EXAMPLE = read_company(COMPANY)
ONE_SITE = EXAMPLE.model_copy(update={"sites": EXAMPLE.sites[:1]})
ENTRA = "abcdef00-0000-0000-0000-000000000001"


def written(*rows: dict[str, str]) -> bytes:
    """Rows as a spreadsheet would write them, with the columns that any of them has."""
    columns = [name for name in COLUMNS if any(name in row for row in rows)]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def row(person: str = "A-1", **cells: str) -> dict[str, str]:
    return {"person": person, "name": "山田 花子", "role": "manager", "site": "shinjuku"} | cells


def read(data: bytes | str, company: Any = EXAMPLE) -> Reading:
    return read_roster(data.encode() if isinstance(data, str) else data, company, "r.csv")


def people(*rows: dict[str, str], company: Any = EXAMPLE) -> tuple[Person, ...]:
    reading = read(written(*rows), company)
    assert reading.problems == ()
    return reading.people


def person(*rows: dict[str, str]) -> Person:
    (one,) = people(*rows)
    return one


def problems(*rows: dict[str, str]) -> list[str]:
    reading = read(written(*rows))
    assert reading.people == ()
    return [str(problem) for problem in reading.problems]


def problem(*rows: dict[str, str]) -> str:
    (one,) = problems(*rows)
    return one


# --- a person ----------------------------------------------------------------------------


def test_a_row_has_everything_about_a_person() -> None:
    hana = person(
        row(
            slack_id="U0AAAAAA1",
            entra_id=ENTRA,
            email="hana@example.com",
            phone="03-0000-0001",
            shift_from="09:00",
            shift_to="18:00",
        )
    )
    assert (hana.id, hana.name.ja, hana.name.en) == ("A-1", "山田 花子", "山田 花子")
    assert (hana.role, hana.sites) == (Role.MANAGER, ("shinjuku",))
    assert (hana.slack_id, hana.entra_id) == ("U0AAAAAA1", ENTRA)
    assert (hana.email, hana.phone) == ("hana@example.com", "03-0000-0001")
    assert hana.shifts == (Shift(site="shinjuku", start="09:00", end="18:00"),)


def test_only_person_name_and_role_are_needed() -> None:
    (hq,) = people({"person": "a", "name": "A", "role": "hq"})
    assert (hq.sites, hq.shifts, hq.phone, hq.email) == ((), (), None, None)


def test_the_columns_may_stand_in_any_order_and_be_written_in_any_way() -> None:
    reading = read("Shift From,ROLE,Ｐｅｒｓｏｎ, name ,shift-to\n9:00,hq,a,A,18:00\n")
    assert [p.shifts for p in reading.people] == [(Shift(start="09:00", end="18:00"),)]


def test_a_column_that_nobody_reads_is_noted_and_stops_nothing() -> None:
    reading = read("person,name,role,社員番号,\na,A,hq,7,\n")
    assert [p.id for p in reading.people] == ["a"]
    assert [str(note) for note in reading.notes] == [
        'r.csv:1: the column "社員番号" is not known here. It is not read.'
    ]


def test_a_person_has_a_row_for_each_shift_and_site() -> None:
    ken = person(
        row(shift_from="mon 09:00", shift_to="mon 18:00"),
        row(shift_from="tue 09:00", shift_to="tue 18:00"),
        row(site="yotsuya", shift_from="2026-11-25 22:00", shift_to="2026-11-26 06:00"),
        row(site="callcentre"),
        row(shift_from="mon 09:00", shift_to="mon 18:00"),
    )
    assert ken.sites == ("shinjuku", "yotsuya", "callcentre")
    assert [(s.site, s.start) for s in ken.shifts] == [
        ("shinjuku", "mon 09:00"),
        ("shinjuku", "tue 09:00"),
        ("yotsuya", "2026-11-25 22:00"),
    ]


def test_later_rows_need_not_repeat_what_the_first_says() -> None:
    ken = person(row(phone="03-0000-0001"), {"person": "A-1", "site": "yotsuya"}, {"person": "A-1"})
    assert (ken.phone, ken.sites) == ("03-0000-0001", ("shinjuku", "yotsuya"))


@pytest.mark.parametrize("cell", ["shinjuku yotsuya", "shinjuku;yotsuya", " Shinjuku； yotsuya; "])
def test_one_row_may_name_several_sites(cell: str) -> None:
    area = person(row(role="area", site=cell, shift_from="9:00", shift_to="18:00"))
    assert area.sites == ("shinjuku", "yotsuya")
    assert [s.site for s in area.shifts] == ["shinjuku", "yotsuya"]


def test_an_empty_site_is_every_site_for_those_who_come_from_outside() -> None:
    area = person(row(role="area", site="", shift_from="9:00", shift_to="18:00"))
    assert (area.sites, [s.site for s in area.shifts]) == ((), [None])


def test_a_shift_in_a_row_without_a_site_holds_at_the_sites_of_the_first_row() -> None:
    own = {"shift_from": "9:00", "shift_to": "18:00"}
    ken = person(row(), row(site="", **own), row(site="yotsuya"))
    assert ken.sites == ("shinjuku", "yotsuya")
    assert [s.site for s in ken.shifts] == ["shinjuku"]
    two = person(row(site="shinjuku yotsuya"), row(site="", **own))
    assert [s.site for s in two.shifts] == ["shinjuku", "yotsuya"]


@pytest.mark.parametrize("role", ["staff", "manager", "deputy"])
def test_who_works_at_a_site_must_say_at_which_unless_there_is_one_only(role: str) -> None:
    assert "site: missing for somebody with the role " + role in problem(row(role=role, site=""))
    (only,) = people(row(role=role, site=""), company=ONE_SITE)
    assert only.sites == ("shinjuku",)


def test_people_with_the_same_shift_share_it() -> None:
    one, other = people(
        row("a", shift_from="9:00", shift_to="18:00"),
        row("b", shift_from="09:00", shift_to="18:00"),
    )
    assert one.shifts[0] is other.shifts[0]


def test_the_pages_own_example_is_sound() -> None:
    page = (COMPANY.parents[2] / "docs" / "roster.md").read_text("utf-8")
    rows = next(block for block in page.split("```") if block.strip().startswith("person,name"))
    hanako, ken, hajime, aoi = read(rows.lstrip()).people
    assert (hanako.sites, len(hanako.shifts)) == (("shinjuku", "yotsuya"), 3)
    assert (ken.role, hajime.sites) == (Role.STAFF, ())
    assert aoi.role is Role.DESK, "without a desk it would be refused"
    hours = yaml.safe_load(next(b for b in page.split("```") if b.startswith("yaml\n"))[5:])
    shinjuku = EXAMPLE.sites[0].model_dump() | hours["sites"][0]
    assert Site.model_validate(shinjuku).hours is not None


# --- what spreadsheets and keyboards make of it ---------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_excel_and_others_write_it_in_their_ways(encoding: str, newline: str) -> None:
    lines = ["person,name,role", "a,髙橋 﨑子,hq", ",,", "", "b,鈴木 ①,hq", ""]
    reading = read(newline.join(lines).encode(encoding))
    assert [p.name.ja for p in reading.people] == ["髙橋 﨑子", "鈴木 ①"]


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("phone", "０３－００００－０００１", "03-0000-0001"),
        ("phone", "03ー0000ー0001", "03-0000-0001"),
        ("phone", '="0300000001"', "0300000001"),
        ("phone", "(03) 0000-0001", "03-0000-0001"),
        ("phone", "03(0000)0001", "03-0000-0001"),
        ("phone", "+81 3 0000 0001", "+81 3 0000 0001"),
        ("phone", "\u200b03-0000-0001\u00a0", "03-0000-0001"),
        ("phone", "#1234", "#1234"),
        ("slack_id", " u0aaaaaa1 ", "U0AAAAAA1"),
        ("slack_id", "Ｕ０ＡＡＡＡＡＡ１", "U0AAAAAA1"),
        ("entra_id", "{ABCDEF00-0000-0000-0000-000000000001}", ENTRA),
        ("email", "Ｈａｎａ@EXAMPLE.com", "hana@example.com"),
        ("role", "Desk Lead", Role.DESK_LEAD),
        ("role", "ＨＱ", Role.HQ),
        ("role", "desk-lead", Role.DESK_LEAD),
    ],
)
def test_a_cell_is_read_as_it_was_meant(column: str, cell: str, value: object) -> None:
    assert getattr(person(row(**{column: cell})), column) == value


@pytest.mark.parametrize(
    ("cell", "id"),
    [("Ａ－００１", "A-001"), ('="00123"', "00123"), (" 7 ", "7"), ("x_y.z", "x_y.z")],
)
def test_an_id_is_read_as_it_was_meant(cell: str, id: str) -> None:
    assert person(row(cell)).id == id


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("山田　花子", "山田 花子"),
        ("  山田\n花子 ", "山田 花子"),
        ("ﾔﾏﾀﾞ", "ﾔﾏﾀﾞ"),
        ("神\ufa19", "神\ufa19"),  # a character that normalising would change for another
        ("O'Brien-Smith", "O'Brien-Smith"),
        ("සිංහල ශ්\u200dරී", "සිංහල ශ්\u200dරී"),
    ],
)
def test_a_name_stays_as_its_owner_writes_it(cell: str, name: str) -> None:
    assert person(row(name=cell)).name.ja == name


@pytest.mark.parametrize(
    ("start", "end", "shift"),
    [
        ("9:00", "18:00", ("09:00", "18:00")),
        ("9:00:00", "18:00:00", ("09:00", "18:00")),
        ("２２：００", "６：００", ("22:00", "06:00")),
        ("00:00", "24:00", ("00:00", "24:00")),
        ("Mon 9:00", "Monday 18:00", ("mon 09:00", "mon 18:00")),
        ("2026/11/5 9:00", "2026/11/5 18:00", ("2026-11-05 09:00", "2026-11-05 18:00")),
        ("2026-11-05T09:00", "2026-11-05 18:00:00", ("2026-11-05 09:00", "2026-11-05 18:00")),
    ],
)
def test_a_shift_is_read_in_the_forms_of_spreadsheets(
    start: str, end: str, shift: tuple[str, str]
) -> None:
    (read,) = person(row(shift_from=start, shift_to=end)).shifts
    assert (read.start, read.end) == shift


def test_a_phone_that_lost_its_zero_is_noted() -> None:
    reading = read(
        written(row(phone="9000000001"), row("b", phone="110"), row("c", phone="+1 212"))
    )
    assert len(reading.people) == 3
    assert [str(note) for note in reading.notes] == [
        "r.csv:2: phone: begins with neither 0 nor +. Check that no spreadsheet took a 0 away."
    ]


# --- the same person twice ---------------------------------------------------------------------


def test_the_same_email_is_the_same_person_under_the_first_id() -> None:
    hana, ken = people(
        row("A-1", email="hana@example.com", slack_id="U0AAAAAA1"),
        row("K", name="Ken", email="ken@example.com"),
        row(
            "B-9", email="ＨＡＮＡ@example.com", site="yotsuya", slack_id="U0AAAAAA2", phone="0300"
        ),
        row("C-3", email="hana@EXAMPLE.com", site="", name="山田花子", entra_id=ENTRA),
    )
    assert (hana.id, hana.aliases, ken.id) == ("A-1", ("B-9", "C-3"), "K")
    assert hana.sites == ("shinjuku", "yotsuya")
    assert (hana.slack_id, hana.accounts, hana.entra_id) == (
        "U0AAAAAA1",
        ("slack:U0AAAAAA2",),
        ENTRA,
    )
    assert hana.phone == "0300"


def test_rows_of_the_second_id_belong_to_the_first_wherever_the_email_stands() -> None:
    hana = person(
        row("B-9", shift_from="9:00", shift_to="18:00"),
        row("A-1", email="hana@example.com"),
        row("B-9", email="hana@example.com", site="yotsuya"),
        row("B-9", site="callcentre"),
    )
    assert (hana.id, hana.aliases) == ("B-9", ("A-1",))
    assert set(hana.sites) == {"shinjuku", "yotsuya", "callcentre"} and len(hana.shifts) == 1


def test_a_shared_mailbox_makes_nobody_one_person() -> None:
    text = problem(
        row("a", name="Hana", email="shop@example.com"),
        row("b", name="Ken", email="shop@example.com"),
    )
    assert text.startswith("r.csv:3: email: line 2 has the same e-mail under another name.")
    assert "shared mailbox" in text


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ({"name": "Hana"}, {"name": "Ken"}, "r.csv:3: name: not what line 2 says"),
        ({"role": "staff"}, {"role": "deputy"}, "r.csv:3: role: not what line 2 says"),
        ({"role": "manager"}, {"role": "desk"}, "r.csv:3: role: not what line 2 says"),
        ({"phone": "0300"}, {"phone": "0400"}, "r.csv:3: phone: not what line 2 says"),
        ({"email": "a@b.c"}, {"email": "d@e.f"}, "r.csv:3: email: not what line 2 says"),
    ],
)
def test_rows_of_one_person_must_agree(
    first: dict[str, str], second: dict[str, str], words: str
) -> None:
    assert problem(row(**first), row(**second)).startswith(words)


@pytest.mark.parametrize(
    "cell", ["manager; desk", "DESK、Manager", "manager/desk", "manager ; desk;"]
)
def test_who_leads_a_site_may_be_at_the_desk_too(cell: str) -> None:
    owner = person(row(role=cell))
    assert (owner.role, owner.second_role, owner.sites) == (Role.MANAGER, Role.DESK, ("shinjuku",))


@pytest.mark.parametrize("cell", ["manager; deputy", "desk; desk lead", "manager; desk; hq", "a;b"])
def test_other_roles_do_not_go_together(cell: str) -> None:
    assert problem(row(role=cell)).startswith("r.csv:2: role: ")


def test_two_rows_of_one_person_with_two_roles_are_told_how_to_write_them() -> None:
    assert '"manager; desk" in both' in problem(row(), row(role="desk"))


def test_two_ids_of_one_person_have_the_same_roles() -> None:
    text = problem(row("a", email="x@example.com"), row("b", email="x@example.com", role="staff"))
    assert text.startswith("r.csv:3: role: not what line 2 says of the person with the same e-mail")


@pytest.mark.parametrize(("column", "account"), [("slack_id", "U0AAAAAA1"), ("entra_id", ENTRA)])
def test_an_account_belongs_to_one_person(column: str, account: str) -> None:
    text = problem(row("a", **{column: account}), row("b", **{column: account}))
    assert text.startswith(f"r.csv:3: {column}: also that of a in line 2. An account is one")


# --- what is wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"person": "a b"}, 'person: "a b" is no id. Use letters, digits, -, _ and .'),
        ({"person": "x" * 33}, "no more than 32"),
        ({"person": ""}, "person: missing. Write the person's id in every row."),
        ({"name": ""}, "name: missing. Write the name in the person's first row."),
        ({"name": "x" * 65}, "name: too long. Use no more than 64 characters."),
        ({"name": "a\u202eb"}, "name: has marks that nobody can see. Type it anew."),
        ({"name": "a\x07b"}, "name: has marks that nobody can see"),
        ({"name": "=A1&B1"}, "name: a formula, not a value. Copy the column and paste it as"),
        ({"name": "@SUM(A1)"}, 'name: begins with "@", which spreadsheets run'),
        ({"name": "#N/A"}, "name: an error that a formula left."),
        ({"role": ""}, "role: missing. Write the role in the person's first row."),
        ({"role": "manger"}, 'role: "manger" is no role. Did you mean "manager"?'),
        ({"role": "店長"}, 'role: "店長" is no role. Use one of manager, deputy'),
        ({"site": "shinjku"}, 'site: "shinjku" is no site. Did you mean "shinjuku"?'),
        ({"site": "新宿店"}, 'site: "新宿店" is no site. Did you mean "shinjuku"?'),
        ({"site": "osaka"}, 'site: "osaka" is no site. Write its id as in the company file.'),
        ({"slack_id": "@hana"}, 'slack_id: no member id of Slack. Write it as "U012AB3CD".'),
        ({"entra_id": "7"}, "entra_id: no object id of Entra. Write it as"),
        ({"email": "hana"}, 'email: no e-mail address. Write one such as "hana@example.com".'),
        ({"phone": "9.01E+09"}, "phone: no phone number. Write digits"),
        ({"phone": "####"}, "phone: an error that a formula left"),
        ({"shift_from": "9:00"}, "shift_to: missing. Write both ends of a shift, or neither."),
        ({"shift_to": "9:00"}, "shift_from: missing. Write both ends of a shift, or neither."),
        (
            {"shift_from": "9", "shift_to": "18"},
            'shift_from: "9" to "18" cannot be read. Write both as "09:00"',
        ),
        (
            {"shift_from": "mon 9:00", "shift_to": "fri 18:00"},
            'shift_from: "mon 09:00" to "fri 18:00" longer than a day. Write one shift for each',
        ),
        (
            {"shift_from": "9:00", "shift_to": "mon 18:00"},
            'shift_from: "09:00" to "mon 18:00" the two are not written alike',
        ),
        (
            {"shift_from": "2026/2/30 9:00", "shift_to": "2026/2/30 18:00"},
            '"2026-02-30" is no date',
        ),
    ],
)
def test_a_wrong_cell_is_one_line_with_its_place_and_what_to_write(
    cells: dict[str, str], words: str
) -> None:
    text = problem(row("ok"), row() | cells)
    assert text.startswith("r.csv:3: ")
    assert words in text


def test_what_is_about_a_person_is_not_repeated() -> None:
    secrets = {"slack_id": "hanako", "entra_id": "hanako", "email": "hanako", "phone": "hanako"}
    found = problems(row(**secrets, name="=hanako"))
    assert len(found) == 5 and "hanako" not in str(found)


def test_everything_that_is_wrong_is_said_at_once_and_nobody_is_read() -> None:
    found = problems(
        row("a", role="boss", site="osaka kobe", phone="x"),
        row("a b", name="", email="y"),
        {"person": "c", "shift_from": "9:00"},
        row("d", slack_id="U0AAAAAA1"),
        row("e", slack_id="U0AAAAAA1"),
    )
    places = [" ".join(text.split(" ")[:2]) for text in found]
    assert sorted(places) == sorted(
        [
            "r.csv:2: role:",
            "r.csv:2: site:",
            "r.csv:2: site:",
            "r.csv:2: phone:",
            "r.csv:3: person:",
            "r.csv:3: email:",
            "r.csv:4: shift_to:",
            "r.csv:4: name:",
            "r.csv:4: role:",
            "r.csv:6: slack_id:",
        ]
    )
    lines = [int(text.split(":")[1]) for text in found]
    assert lines == sorted(lines)


def test_a_cell_with_line_breaks_does_not_shift_the_numbers_of_lines() -> None:
    reading = read('person,name,role\na,"Ha\nna",hq\n\nb,Ken,boss\n')
    assert [problem.line for problem in reading.problems] == [5]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "r.csv:1: the header has no column person, name, role. Begin the file with"),
        (b"\n\n", "r.csv:1: the header has no column person, name, role"),
        (b"person,name\na,b\n", "r.csv:1: the header has no column role. Begin the file with"),
        (b"person;name;role\na;b;hq\n", "Separate the columns by commas."),
        (b"person\tname\trole\n", "Separate the columns by commas."),
        (b"person,name,role,Name\n", "r.csv:1: name: the header has name more than once"),
        (b"person,name,role\n", "r.csv:1: nobody is listed."),
        (b"person,name,role\na,b,hq,x\n", "r.csv:2: more cells than the header has."),
        (b'person,name,role\na,"b,hq\n', "r.csv:2: not a row of CSV"),
        (b'person,name,role\na,"b"c,hq\n', "r.csv:2: not a row of CSV"),
        (b"PK\x03\x04...", "r.csv:1: an Excel workbook, not CSV. In Excel choose"),
        (b"\xd0\xcf\x11\xe0...", "r.csv:1: an Excel workbook, not CSV."),
        ("person,name,role\n".encode("utf-16"), "r.csv:1: text in UTF-16."),
        (b"person,name,role\na,\x81 ,hq\n", "r.csv:2: not UTF-8 text."),
    ],
)
def test_a_file_that_is_no_roster_is_refused_with_what_to_do(data: bytes, words: str) -> None:
    reading = read(data)
    assert reading.people == ()
    assert words in str(reading.problems[0])


def test_a_file_of_any_size_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.roster_table.LARGEST_ROSTER", 20)
    assert "larger than" in str(read(b"person,name,role\na,b,hq\n").problems[0])


CELLS = st.text(st.characters(codec="utf-8"), max_size=12)
ROWS = st.lists(st.lists(CELLS, max_size=11), max_size=6)


@settings(max_examples=200, deadline=None)
@given(ROWS, st.sampled_from(["utf-8", "utf-8-sig"]))
def test_whatever_stands_in_the_cells_there_are_people_or_problems(
    rows: list[list[str]], encoding: str
) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([list(COLUMNS), *rows])
    reading = read(out.getvalue().encode(encoding))
    assert bool(reading.people) is not bool(reading.problems)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_people_or_problems(data: bytes) -> None:
    reading = read(b"person,name,role\n" + data)
    assert bool(reading.people) is not bool(reading.problems)


# --- kept --------------------------------------------------------------------------------------


def test_what_is_packed_is_read_back_the_same() -> None:
    everybody = people(
        row(shift_from="9:00", shift_to="18:00", email="hana@example.com", slack_id="U0AAAAAA1"),
        row("B", email="hana@example.com", slack_id="U0AAAAAA2", entra_id=ENTRA),
        row("c", name="Ken\u2028O", phone="0300", shift_from="9:00", shift_to="18:00"),
        row("d", role="hq", site=""),
        row("f", role="deputy; desk lead"),
        row("e", role="area", site="yotsuya", shift_from="fri 22:00", shift_to="sat 6:00"),
    )
    assert tuple(unpack(pack(everybody))) == everybody
    assert tuple(unpack(pack(EXAMPLE.people))) == EXAMPLE.people

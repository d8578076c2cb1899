"""Who works here, who is away and who stands in: accounts, departments, deputies, lists of people (N10).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from openpyxl import Workbook
from sqlalchemy import select, update

from core import roster
from core.errors import NotAllowed, NotFound, Refused
from core.people import Grade, Person, Role
from core.policy import why_not_administer, why_not_amend, why_not_audit
from db.absences import Absences
from db.accounts import acting
from db.anchor import heads
from db.journal import HOLDS
from db.sessions import Sessions
from db.staff import Staff
from db.tables import DepartmentRow, JournalRow, PersonRow
from db.verify import verify
from tests.conftest import NAMED

KEY = b"key of the tests"
PASSWORD = "Bangong-2026"
NEW = {
    "name": "赵茜",
    "account": "ZhaoQian",
    "roles": ["文秘岗", "标准化小组"],
    "department": None,
    "clearance": "秘密",
}


@pytest.fixture
def staff(database):
    return Staff(database, KEY)


@pytest.fixture
def absences(database):
    return Absences(database, KEY)


@pytest.fixture
def sessions(database):
    return Sessions(database, KEY)


@pytest.fixture
def journal(database):
    """The journal so far: action, subject, data."""

    def told():
        with database.reading() as session:
            rows = session.scalars(select(JournalRow).order_by(JournalRow.id)).all()
        return [(row.action, row.subject, {k: v for k, v in row.data.items() if k != HOLDS}) for row in rows]

    return told


def row_of(database, person_id):
    with database.reading() as session:
        return session.get(PersonRow, person_id)


def as_is(person, **changes):
    """The form of a person as it opens."""
    given = {
        "name": person.name,
        "roles": [role.label for role in person.roles],
        "department": person.department or None,
        "clearance": person.clearance.label,
    }
    return given | changes


def away(absences, clock, *, by, since=date(2026, 11, 23), until=date(2026, 11, 25), **values):
    absences.register({"since": since, "until": until, "reason": "出差", **values}, clock(), by=by)


# --- accounts -------------------------------------------------------------------------------------


def test_somebody_new_sets_their_own_password_with_a_link(staff, sessions, clock, director, journal):
    invited = staff.add_person(NEW, clock(), by=director)
    assert (invited.name, invited.account) == ("赵茜", "zhaoqian")
    assert sessions.accept_invitation(invited.token, PASSWORD, clock()) == "zhaoqian"
    person = sessions.person_of(sessions.sign_in("zhaoqian", PASSWORD, "here", clock()), clock())
    assert person.roles == {Role.SECRETARY, Role.STANDARDS} and person.clearance is Grade.CONFIDENTIAL
    assert [action for action, _, _ in journal()][:2] == ["person.added", "person.invited"]
    assert invited.token not in str(journal()) and PASSWORD not in str(journal())


def test_a_later_link_voids_the_earlier_and_ends_sessions(staff, sessions, clock, director, secretary):
    sessions.set_password("wang", PASSWORD, clock())
    here = sessions.sign_in("wang", PASSWORD, "here", clock())
    first = staff.invite("wang", clock(), by=director)
    second = staff.invite("wang", clock(), by=director)
    assert sessions.person_of(here, clock()) is None
    with pytest.raises(NotAllowed, match="向管理员要一个新的"):
        sessions.accept_invitation(first.token, "Another-2026", clock())
    sessions.accept_invitation(second.token, "Another-2026", clock())
    with pytest.raises(NotAllowed, match="向管理员要一个新的"):
        sessions.accept_invitation(second.token, "Again-2026", clock())


def test_a_change_stands_in_the_journal_from_what_to_what(staff, clock, director, secretary, journal):
    changes = as_is(secretary, name="王小敏", department="caiwu", clearance="机密")
    staff.change_person("wang", changes, clock(), by=director)
    assert journal() == [
        (
            "person.changed",
            "王敏",
            {
                "name": {"was": "王敏", "now": "王小敏"},
                "department_id": {"was": "", "now": "财务处"},
                "clearance": {"was": 1, "now": 2},
            },
        )
    ]


def test_what_changes_nothing_is_not_told(staff, clock, director, secretary, journal):
    staff.change_person("wang", as_is(secretary), clock(), by=director)
    assert journal() == []


def test_a_director_also_administers(staff, database, clock, director, leader):
    staff.change_person("he", as_is(leader, roles=["办公室主任"]), clock(), by=director)
    assert set(row_of(database, "he").roles) == {"director", "administrator"}


@pytest.mark.parametrize("other", ["管理员", "办公室主任"])
def test_who_audits_does_not_administer(staff, clock, director, auditor, other):
    with pytest.raises(Refused, match="审计不能与管理员、办公室主任由同一人担任") as refusal:
        staff.change_person("sun", as_is(auditor, roles=["审计", other]), clock(), by=director)
    assert list(refusal.value.problems) == ["roles"]


def test_only_who_administers_may(staff, clock, secretary, journal):
    for command in (
        lambda: staff.add_person(NEW, clock(), by=secretary),
        lambda: staff.invite("he", clock(), by=secretary),
        lambda: staff.sign_out("he", clock(), by=secretary),
        lambda: staff.import_people(roster.read_text(LIST), clock(), by=secretary),
        lambda: staff.dissolve_department("caiwu", clock(), by=secretary),
    ):
        with pytest.raises(NotAllowed, match="这一步由办公室主任、管理员办理"):
            command()
    assert journal() == []


def test_the_last_administrator_stays(staff, clock, director):
    with pytest.raises(NotAllowed, match="至少要留一位管理员"):
        staff.set_active("zhang", False, clock(), by=director)
    with pytest.raises(NotAllowed, match="至少要留一位管理员"):
        staff.change_person("zhang", as_is(director, roles=["领导"]), clock(), by=director)


def test_of_two_administrators_who_stop_each_other_at_once_one_stays(staff, database, clock, director):
    invited = staff.add_person({**NEW, "roles": ["管理员"]}, clock(), by=director)
    with database.reading() as session:
        other_id = session.scalar(select(PersonRow.id).where(PersonRow.account == invited.account))
    other = Person(other_id, "赵茜", frozenset({Role.ADMINISTRATOR}))

    def stop(pair):
        by, whom = pair
        try:
            staff.set_active(whom, False, clock(), by=by)
        except NotAllowed as refused:
            return str(refused)
        return ""

    with ThreadPoolExecutor() as hands:
        said = sorted(hands.map(stop, [(director, other_id), (other, "zhang")]))
    assert said[0] == "" and said[1]
    assert [row_of(database, who).active for who in ("zhang", other_id)].count(True) == 1


def test_a_stopped_account_is_out_at_once_and_comes_back(staff, sessions, clock, director, journal):
    sessions.set_password("wang", PASSWORD, clock())
    here = sessions.sign_in("wang", PASSWORD, "here", clock())
    link = staff.invite("li", clock(), by=director)
    staff.set_active("wang", False, clock(), by=director)
    staff.set_active("li", False, clock(), by=director)
    assert sessions.person_of(here, clock()) is None
    with pytest.raises(NotAllowed):
        sessions.accept_invitation(link.token, PASSWORD, clock())
    staff.set_active("wang", True, clock(), by=director)
    assert sessions.sign_in("wang", PASSWORD, "here", clock())
    assert ("person.restored", "王敏", {"active": {"was": False, "now": True}}) in journal()


def test_an_administrator_ends_all_sessions_and_the_second_factor_of_somebody(
    staff, sessions, database, clock, director, journal
):
    sessions.set_password("wang", PASSWORD, clock())
    here = sessions.sign_in("wang", PASSWORD, "here", clock())
    staff.sign_out("wang", clock(), by=director)
    assert sessions.person_of(here, clock()) is None
    with pytest.raises(NotAllowed, match="没有启用第二验证"):
        staff.drop_factor("wang", clock(), by=director)
    with database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == "wang").values(totp="SECRETSECRET"))
        session.commit()
    staff.drop_factor("wang", clock(), by=director)
    assert sessions.sign_in("wang", PASSWORD, "here", clock())
    assert [told[:2] for told in journal()][-2:] == [("person.signed_out", "王敏"), ("factor.off", "王敏")]
    assert "SECRETSECRET" not in str(journal())


# --- departments ----------------------------------------------------------------------------------


def test_a_department_has_another_name_and_cannot_have_anothers(staff, reader_of, clock, director):
    staff.rename_department("caiwu", {"department_name": "财务科"}, clock(), by=director)
    assert reader_of(director).directory().name("dept:caiwu") == "财务科"
    with pytest.raises(Refused, match="已经有这个部门"):
        staff.rename_department("caiwu", {"department_name": "安监处"}, clock(), by=director)


def test_a_department_with_people_or_open_work_is_not_dissolved(
    staff, post, clock, director, accountant, inspector
):
    with pytest.raises(NotAllowed, match="财务处还有 1 位在用人员，请先把他们调到其他部门"):
        staff.dissolve_department("caiwu", clock(), by=director)
    post.bring_to("feedback")
    staff.change_person("zhou", as_is(inspector, department="caiwu"), clock(), by=director)
    with pytest.raises(NotAllowed, match=r"安监处还有 \d+ 件在办事项，请先办结"):
        staff.dissolve_department("anjian", clock(), by=director)


def test_what_a_dissolved_department_did_keeps_its_name(
    staff, database, reader_of, clock, director, accountant
):
    staff.set_active("chen", False, clock(), by=director)
    staff.dissolve_department("caiwu", clock(), by=director)
    directory = reader_of(director).directory()
    assert "caiwu" not in directory.departments and directory.name("dept:caiwu") == "财务处"
    with pytest.raises(Refused, match="这个部门已撤销"):
        staff.change_person("li", as_is(NAMED["li"], department="caiwu"), clock(), by=director)


# --- away, and who stands in ----------------------------------------------------------------------


@pytest.fixture
def deputy(absences, staff, clock, director):
    """陈立 stands in for the director from Monday to Wednesday."""
    away(absences, clock, by=director, deputy="chen")


def test_a_deputy_approves_in_the_name_of_the_absent(post, reader_of, clock, director, deputy):
    case = post.bring_to("instruction")
    clock.turn_to("2026-11-23 09:00")
    assert post.act(case, "instruct", "chen", instruction="同意").stage.key == "distribution"
    assert reader_of(director).history(case.id).iloc[0]["by_name"] == "陈立（代张主任）"


def test_who_proposed_is_no_second_pair_of_eyes_even_as_the_deputy(post, absences, clock, director):
    away(absences, clock, by=director, deputy="wang")
    case = post.bring_to("instruction")
    clock.turn_to("2026-11-23 09:00")
    with pytest.raises(NotAllowed, match="上一步由您本人办理，这一步须由他人办理"):
        post.act(case, "instruct", "wang", instruction="同意")


def test_a_deputy_never_sees_above_their_own_clearance(post, reader_of, clock, deputy, database):
    case = post.register(secrecy_level="秘密", title="涉密件")
    clock.turn_to("2026-11-23 09:00")
    with pytest.raises(NotFound):
        reader_of(acting_now(database, "chen", clock)).case(case.id)


def acting_now(database, who, clock):
    with database.reading() as session:
        return acting(session, who, clock())


@pytest.mark.parametrize(
    ("moment", "stands_in"),
    [
        ("2026-11-22 23:59", False),
        ("2026-11-23 00:00", True),
        ("2026-11-25 23:59", True),
        ("2026-11-26 00:00", False),
    ],
)
def test_the_power_is_that_of_the_days_named(database, reader_of, clock, director, deputy, moment, stands_in):
    clock.turn_to(moment)
    assert bool(acting_now(database, "chen", clock).stands_in_for) is stands_in
    assert reader_of(director).directory().away == ({"zhang": "chen"} if stands_in else {})


def test_the_power_ends_at_once_when_the_absent_is_back(
    absences, database, reader_of, clock, director, deputy, journal
):
    clock.turn_to("2026-11-24 09:00")
    (found,) = reader_of(director).absences()
    assert (found.since, found.last) == (date(2026, 11, 23), date(2026, 11, 25))
    absences.end(found.id, clock(), by=director)
    assert acting_now(database, "chen", clock).stands_in_for == ()
    assert reader_of(director).absences() == []
    assert [told[:2] for told in journal()] == [("absence.set", "张主任"), ("absence.ended", "张主任")]
    with pytest.raises(NotFound, match="这次外出已经结束"):
        absences.end(found.id, clock(), by=director)
    away(absences, clock, by=director, deputy="chen", since=date(2026, 11, 24))


def test_the_power_ends_when_either_account_is_stopped(
    staff, post, database, absences, clock, director, leader
):
    away(absences, clock, by=leader, deputy="chen")
    clock.turn_to("2026-11-23 09:00")
    assert acting_now(database, "chen", clock).stands_in_for
    staff.set_active("he", False, clock(), by=director)
    assert acting_now(database, "chen", clock).stands_in_for == ()
    staff.set_active("chen", False, clock(), by=director)
    with pytest.raises(NotAllowed, match="停用"):
        acting_now(database, "chen", clock)


def test_a_deputy_does_not_administer_audit_or_amend(database, staff, clock, director, deputy):
    clock.turn_to("2026-11-23 09:00")
    chen = acting_now(database, "chen", clock)
    assert chen.stands_in_for
    for why_not in (why_not_administer, why_not_audit, why_not_amend):
        assert why_not(chen)
    with pytest.raises(NotAllowed):
        staff.add_person(NEW, clock(), by=chen)


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"deputy": "zhang"}, "deputy", "代办人须是另一位"),
        ({"deputy": "nobody"}, "deputy", "代办人的账号已停用"),
        ({"deputy": "he"}, "deputy", "何副市长在这段时间也外出，请另选一位"),
        ({"deputy": "li", "since": date(2026, 11, 19)}, "since", "过去的日子不能补登"),
        ({"deputy": "li", "until": date(2026, 11, 22)}, "until", "最后一天不能早于第一天"),
        ({"deputy": "li", "until": date(9999, 12, 31)}, "until", "最远登记到 2027-11-21，到期再续"),
    ],
)
def test_an_absence_that_cannot_be_says_why(absences, clock, director, leader, values, field, says):
    away(absences, clock, by=leader, deputy="chen")
    with pytest.raises(Refused, match=says) as refusal:
        away(absences, clock, by=director, **values)
    assert list(refusal.value.problems) == [field]


def test_absences_do_not_overlap_and_nobody_stands_in_for_a_deputy(absences, clock, director, deputy):
    with pytest.raises(Refused, match="张主任在这段时间已登记外出"):
        away(absences, clock, by=director, deputy="li", since=date(2026, 11, 25), until=date(2026, 11, 27))
    with pytest.raises(Refused, match="陈立在这段时间代张主任，请先为张主任另选代办人"):
        away(absences, clock, by=NAMED["chen"], deputy="li", since=date(2026, 11, 25))
    away(absences, clock, by=director, deputy="li", since=date(2026, 11, 26), until=date(2026, 11, 27))


def test_others_absences_are_kept_by_administrators_only(absences, reader_of, clock, director, secretary):
    with pytest.raises(NotAllowed, match="这一步由办公室主任、管理员办理"):
        away(absences, clock, by=secretary, person="he", deputy="wang")
    away(absences, clock, by=director, person="he", deputy="chen")
    assert [one.person for one in reader_of(director).absences()] == ["he"]
    assert reader_of(secretary).absences() == []
    with pytest.raises(NotAllowed):
        absences.end(reader_of(director).absences()[0].id, clock(), by=secretary)


# --- a list of people -----------------------------------------------------------------------------

LIST = """登录账号\t姓名\t部门\t知悉范围\t角色
ZhaoQian\t赵茜\t财务处\t秘密\t文秘岗、标准化小组
1001\t吴越\t规划处\t非密\t部门人员
"""


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_a_list_becomes_accounts_with_links(staff, sessions, reader_of, clock, director):
    found = roster.read_text(LIST)
    with pytest.raises(Refused, match="第 3 行 部门：还没有“规划处”"):
        staff.import_people(found, clock(), by=director)
    assert len(reader_of(director).accounts()) == 7
    invited = staff.import_people(found, clock(), by=director, departments=True)
    assert [one.account for one in invited] == ["zhaoqian", "1001"]
    assert sessions.accept_invitation(invited[1].token, PASSWORD, clock()) == "1001"
    accounts = reader_of(director).accounts().set_index("account")
    assert accounts.loc["1001", "department"] == "规划处"
    assert set(accounts.loc["zhaoqian", "roles"]) == {"secretary", "standards_group"}


def test_a_workbook_says_the_same_as_pasted_lines():
    rows = [
        ("姓名", "登录账号", "角色", "部门", "知悉范围"),
        ("赵茜", "zhaoqian", "文秘岗,标准化小组", "财务处", "秘密"),
        ("吴越", 1001.0, "部门人员", "规划处", "非密"),
    ]
    assert roster.read_file("名单.xlsx", workbook(*rows)) == roster.read_text(LIST)


def test_every_bad_row_is_named_and_nothing_is_taken(staff, clock, director, reader_of):
    with pytest.raises(Refused) as refusal:
        roster.read_text(
            "姓名,登录账号,角色,部门,知悉范围\n赵茜,zhao,文秘,,秘级\n,wu yue,审计、管理员,,非密\n钱,ZHAO,部门人员,,非密\n"
        )
    assert refusal.value.problems["list"].splitlines() == [
        "第 2 行 知悉范围：只能是 非密、秘密、机密、绝密",
        "第 2 行 角色：只能是 办公室主任、领导、文秘岗、部门人员、标准化小组、审计、管理员，几项之间用顿号",
        "第 3 行 姓名：没有填",
        "第 3 行 登录账号：账号中不能有空格",
        "第 3 行 角色：审计不能与管理员、办公室主任由同一人担任，请分别指定",
        "第 4 行 登录账号：与第 2 行相同，请改一个",
    ]
    taken = roster.read_text("姓名,登录账号,角色,部门,知悉范围\n赵,new,文秘岗,,非密\n王,WANG,文秘岗,,非密\n")
    with pytest.raises(Refused, match="第 3 行 登录账号：wang 已有人用"):
        staff.import_people(taken, clock(), by=director)
    assert "new" not in set(reader_of(director).accounts()["account"])


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("名单.csv", "姓名,账号\n赵,zhao".encode(), "缺少“登录账号”、“角色”、“部门”、“知悉范围”"),
        ("名单.csv", "姓名,登录账号,角色,部门,知悉范围\n".encode(), "名单里没有人员"),
        ("名单.xlsx", b"MZ\x90\x00", "可执行程序"),
        ("名单.xlsx", b"PK\x03\x04 broken", "文件|压缩"),
        ("名单.csv", b"", "文件是空的"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(name, content, says):
    with pytest.raises(Refused, match=says):
        roster.read_file(name, content)


def test_a_list_is_no_longer_than_five_hundred():
    rows = "".join(f"人{n},p{n},部门人员,,非密\n" for n in range(501))
    with pytest.raises(Refused, match="名单最多 500 行，现有 501 行"):
        roster.read_text(f"姓名,登录账号,角色,部门,知悉范围\n{rows}")


def test_a_cell_far_away_is_refused_before_the_table_is_laid_out():
    book = Workbook()
    book.active.append(roster.COLUMNS)
    book.active.cell(1_048_576, 16_384, "远")
    kept = io.BytesIO()
    book.save(kept)
    with pytest.raises(Refused, match="表格里很远的地方还有内容"):
        roster.read_file("名单.xlsx", kept.getvalue())


def test_a_formula_stays_what_it_shows_and_text_stays_text():
    lines = "姓名,登录账号,角色,部门,知悉范围\n=HYPERLINK(0),zhao,文秘岗,,非密\n"
    assert roster.read_text(lines)[0].name == "=HYPERLINK(0)"


def test_a_new_department_of_a_list_is_made_once(staff, database, clock, director):
    found = roster.read_text(LIST.replace("财务处", "规划处"))
    staff.import_people(found, clock(), by=director, departments=True)
    with database.reading() as session:
        names = session.scalars(select(DepartmentRow.name)).all()
    assert sorted(names) == sorted(["财务处", "安监处", "规划处"])


# --- the record of accounts, verified ---------------------------------------------------------------


def findings(database, files, tmp_path):
    return verify(database, KEY, files, heads(tmp_path))


def test_a_role_or_a_clearance_raised_behind_the_programs_back_is_found(
    database, staff, director, files, tmp_path, clock
):
    added = {
        "name": "赵新",
        "account": "zhaoxin",
        "roles": ["部门人员"],
        "department": None,
        "clearance": "非密",
    }
    staff.add_person(added, clock(), by=director)
    assert findings(database, files, tmp_path) == []
    with database.writing() as session:
        raised = update(PersonRow).where(PersonRow.account == "zhaoxin")
        session.execute(raised.values(roles=["auditor"], clearance=3))
        session.commit()
    assert findings(database, files, tmp_path) == [
        "人员 赵新（zhaoxin，people 表）与办公室记录不符：角色、知悉范围"
    ]


def test_an_account_that_nobody_made_is_found(database, staff, director, files, tmp_path, clock):
    staff.add_department({"department_name": "外事处"}, clock(), by=director)
    with database.writing() as session:
        session.add(
            PersonRow(
                id="ghost",
                account="ghost",
                name="无名",
                password="",
                roles=["director"],
                clearance=3,
                department_id=None,
                created_at=clock() + timedelta(minutes=1),
            )
        )
        session.commit()
    assert findings(database, files, tmp_path) == ["人员 无名（ghost，people 表）没有新增的记录"]


def test_what_an_administrator_changes_stays_whole(database, staff, director, files, tmp_path, clock):
    values = {
        "name": "陈立",
        "roles": ["部门人员", "标准化小组"],
        "department": "anjian",
        "clearance": "秘密",
    }
    staff.change_person("chen", values, clock(), by=director)
    staff.set_active("chen", False, clock(), by=director)
    assert findings(database, files, tmp_path) == []

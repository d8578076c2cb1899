"""Documents that come by mail, into a folder or over the interface go to the register, asked for or not (R91, N20, P24)."""

import os
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from core.clippings import opening_of
from core.errors import Conflict, Refused
from core.people import SYSTEM, Grade
from db.collecting import folder
from db.collecting.collector import Collector
from db.collecting.mailbox import Account
from db.tables import AttachmentRow, ClippingFileRow, ClippingRow, FileRow, FileTextRow, JournalRow, PersonRow
from db.verify import verify
from tests.collecting import NOTICE, letter
from tests.receiving import post_office

DOCX = ("关于开展冬季消防安全检查的通知.docx", letter(*NOTICE))
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def box(tmp_path):
    """The office's mailbox: a real SMTP server that delivers, a real IMAP server that is read from."""
    with post_office(tmp_path / "post") as here:
        yield here


@pytest.fixture
def by_mail(database, collecting, clock, box):
    return Collector(database, collecting, clock, Account.at(box.url))


@pytest.fixture
def source(collecting, secretary):
    """A source of documents that is switched on."""

    def source(means="邮箱", address="", by=secretary, **more):
        told = {"title": "公务邮箱", "means": means, "address": address, "takes": "来文", "every": 30, **more}
        made = collecting.keep_source(told, by=by)
        collecting.switch(made, True, by=by, seen=1)
        return made

    return source


@pytest.fixture
def waiting(reader_of, secretary):
    return lambda: reader_of(secretary).clippings("来文")


def registered(reader_of, person):
    return reader_of(person).register("incoming_document")


def test_a_mail_with_a_document_becomes_a_registered_document(
    box, by_mail, source, reader_of, secretary, waiting, database, files
):
    """The story of R91: delivered over SMTP, read over IMAP, signed in by the program, checked by a person."""
    box.deliver("关于消防检查的文件", DOCX)
    post = source(asks=False)
    assert by_mail.look(post) == "新收 0 条；自动登记 1 件"
    assert (waiting(), box.unseen()) == ([], 0)
    frame = registered(reader_of, secretary)
    case = reader_of(secretary).case(frame["id"].iloc[0])
    assert case.number == "收〔2026〕1号"
    assert case.data["doc_number"] == "某应急发〔2026〕88号"
    assert case.data["title"] == "关于开展冬季消防安全检查的通知"
    assert case.data["sender_org"] == "某省应急管理厅"
    assert case.data["dated_on"] == date(2026, 11, 18)
    assert [ref["name"] for ref in case.data["files"]] == [DOCX[0]]
    assert (case.stage.key, case.opened_by) == ("registration", SYSTEM.id)
    history = reader_of(secretary).history(case.id)
    assert history["by_name"].tolist() == ["系统（代王敏）"]
    assert reader_of(secretary).desk()["id"].tolist() == [case.id]
    assert by_mail.look(post) == "新收 0 条"
    assert verify(database, b"key of the tests", files, []) == []


def test_a_document_waits_for_a_person_where_the_office_wants_it(
    box, by_mail, source, collecting, reader_of, secretary, director, waiting, clock
):
    """Everything is read and the file is kept; one tap registers it, and it waits no more for anybody."""
    box.deliver("关于消防检查的文件", DOCX)
    assert by_mail.look(source()) == "新收 1 条"
    (shown,) = waiting()
    assert registered(reader_of, secretary).empty
    process = reader_of(secretary).standard().in_force("incoming_document", date(2026, 11, 20))
    filled = opening_of(shown.clipping, process, clock())
    assert (filled["doc_number"], filled["sender_org"]) == ("某应急发〔2026〕88号", "某省应急管理厅")
    assert [ref["name"] for ref in filled["files"]] == [DOCX[0]]
    case = collecting.register(shown.clipping.id, filled, by=secretary)
    assert (case.number, case.opened_by) == ("收〔2026〕1号", "wang")
    assert waiting() == []
    with pytest.raises(Conflict, match="王敏已于 11-20 15:00 把这一条已登记为 收〔2026〕1号"):
        collecting.register(shown.clipping.id, filled, by=secretary)
    assert len(registered(reader_of, secretary)) == 1


def test_a_mail_is_marked_as_seen_only_when_it_is_kept(box, by_mail, source, collecting, monkeypatch):
    """A look that dies before it has kept the mail leaves it as it was; the next look takes it, once."""
    box.deliver("关于消防检查的文件", DOCX)
    post = source()
    with monkeypatch.context() as patch:

        def dies(*_told, **_more):
            raise Refused({"": "磁盘满了"})

        patch.setattr(collecting, "take_in", dies)
        assert by_mail.look(post) == "磁盘满了"
    assert box.unseen() == 1
    assert by_mail.look(post) == "新收 1 条"
    assert box.unseen() == 0


@ON_SQLITE
def test_the_same_document_again_waits_for_a_person_and_says_so(
    box, by_mail, source, reader_of, secretary, waiting
):
    """Even where nobody is asked: the same file, or the same sender and number, is for a person to look at (N20)."""
    post = source(asks=False)
    box.deliver("第一次", DOCX)
    by_mail.look(post)
    box.deliver("又送一次", DOCX)
    other = letter(*NOTICE[:-3], "补充说明一句。", *NOTICE[-2:])
    box.deliver("改了一句", ("通知（更正）.docx", other))
    assert by_mail.look(post) == "新收 2 条"
    assert len(registered(reader_of, secretary)) == 1
    assert {one.clipping.note for one in waiting()} == {"没有自动登记：与收〔2026〕1号重复"}


@ON_SQLITE
def test_who_set_up_the_source_has_to_be_able_to_sign_in_documents(
    box, by_mail, source, collecting, director, secretary, database, waiting
):
    """The program signs in for them: the director cannot give what is the secretaries', and who has left gives nothing."""
    with pytest.raises(Refused, match="不经确认自动登记的来源由文秘岗设置"):
        source(by=director, asks=False)
    post = source(asks=False)
    with database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == "wang").values(active=False))
        session.commit()
    box.deliver("文件", DOCX)
    assert by_mail.look(post) == "新收 1 条"
    with database.reading() as session:
        note = session.scalars(select(ClippingRow.note)).one()
    assert note == "没有自动登记：您的账号已停用，请联系管理员"


SECRET = letter(
    "机密★1年", "某省应急管理厅文件", "某应急发〔2026〕5号", "关于云雀行动的通知", "各市：", "略。"
)


def test_what_is_marked_secret_leaves_nothing_but_a_hint(
    box, by_mail, source, database, files, reader_of, secretary, waiting
):
    """Neither its title nor its file nor a word of it is kept, whether or not the source asks first (P24)."""
    box.deliver("关于云雀行动的通知", ("云雀.docx", SECRET))
    assert by_mail.look(source(asks=False)) == "新收 1 条"
    (shown,) = waiting()
    assert shown.clipping.title == "（标有“机密”的来件，题名从略）"
    assert "没有保存" in shown.clipping.note
    assert shown.clipping.sender == "省应急管理厅办公室"
    assert registered(reader_of, secretary).empty
    with database.reading() as session:
        for table in (FileRow, FileTextRow, ClippingFileRow, AttachmentRow):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        rows = [*session.scalars(select(ClippingRow)), *session.scalars(select(JournalRow))]
        said = " ".join(str(vars(row)) for row in rows)
    assert "云雀" not in said
    assert not list(files.folder.rglob("*")) if files.folder.exists() else True


def test_what_turns_out_to_be_secret_can_be_removed_whole(
    box, by_mail, source, collecting, database, files, secretary, waiting
):
    """A person sees what the program did not: file and words go, only that it came stays."""
    box.deliver("云雀行动方案", ("云雀.docx", letter("云雀行动方案", "内容略。")))
    by_mail.look(source())
    (shown,) = waiting()
    assert [*files.folder.rglob("*")]
    assert collecting.drop([shown.clipping.id], by=secretary, secret=True) == {shown.clipping.id: None}
    with database.reading() as session:
        row = session.scalars(select(ClippingRow)).one()
        assert (row.title, row.text, row.link) == ("（按涉密处理，题名从略）", "", "")
        assert session.scalar(select(func.count()).select_from(FileTextRow)) == 0
    assert [path for path in files.folder.rglob("*") if path.is_file()] == []


@ON_SQLITE
def test_hostile_attachments_are_refused_and_the_mail_says_why(box, by_mail, source, database, waiting):
    """The rest of the mail is there to be judged; each refusal stands in the journal (P11)."""
    post = source(asks=False)
    box.deliver("附件有问题", ("通知.pdf", b"MZ" + b"\0" * 200), DOCX)
    box.deliver("空附件", ("空.docx", b""), text="见附件。")
    assert by_mail.look(post) == "新收 2 条"
    notes = {one.clipping.title: one.clipping.note for one in waiting()}
    assert "附件“通知.pdf”没有收：这是一个可执行程序" in notes["关于开展冬季消防安全检查的通知"]
    assert "文件是空的" in notes["空附件"]
    with database.reading() as session:
        refused = select(JournalRow.data).where(JournalRow.action == "intake.refused")
        assert len(session.scalars(refused).all()) == 2


DEEP = 1500
"""So many parts within one another that this server itself comes to its end over them."""


@ON_SQLITE
def test_a_mail_made_to_break_its_reader_stops_no_other(box, by_mail, source, waiting):
    """Parts within parts within parts, as another server might have let it through."""
    nested = "".join(
        f'--b{n}\r\nContent-Type: multipart/mixed; boundary="b{n + 1}"\r\n\r\n' for n in range(DEEP)
    )
    head = 'From: x@evil.example\r\nSubject: deep\r\nContent-Type: multipart/mixed; boundary="b0"\r\n\r\n'
    (box.folder / "office" / "new" / "1.deep").write_text(head + nested, encoding="utf-8")
    box.deliver("好的一封", DOCX)
    odd = (
        'From: y@evil.example\r\nSubject: =?none?q?odd?=\r\nContent-Type: text/plain; charset="none"\r\n\r\n'
    )
    (box.folder / "office" / "new" / "2.odd").write_bytes(odd.encode() + bytes(range(128, 256)))
    assert by_mail.look(source()) == "有 1 封邮件服务器交不出来，请到邮箱里处理（此前新收 2 条）"
    assert "关于开展冬季消防安全检查的通知" in [one.clipping.title for one in waiting()]
    assert box.unseen() == 1


@ON_SQLITE
def test_a_letter_without_attachments_is_read_itself(box, by_mail, source, waiting):
    """The text of the mail is the document; what is missing is left to the person."""
    box.deliver("会议通知", text="\n".join(NOTICE))
    by_mail.look(source())
    (shown,) = waiting()
    assert shown.clipping.reading["doc_number"] == "某应急发〔2026〕88号"


@ON_SQLITE
@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("imap://office:wrong@127.0.0.1:{port}?tls=none", "连不上或登录不了"),
        ("imap://office:x@127.0.0.1:9?tls=none", "邮箱 127.0.0.1 连不上或登录不了"),
    ],
)
def test_a_mailbox_that_does_not_open_is_said_in_a_sentence_and_tried_again_later(
    box, database, collecting, clock, source, reader_of, secretary, url, says
):
    """Without the password in it, and with more time between from look to look."""
    collector = Collector(database, collecting, clock, Account.at(url.format(port=box.imap)))
    post = source()
    for wait in ("11-20 16:00", "11-20 17:00"):
        said = collector.look(post)
        assert says in said and "wrong" not in said
        known = reader_of(secretary).sources()[post]
        assert f"{known.next_at.astimezone(clock().tzinfo):%m-%d %H:%M}" == wait
    assert known.failures == 2


@ON_SQLITE
def test_a_mailbox_is_read_in_secret_and_only_from_a_server_somebody_vouches_for(
    tmp_path, certificate, database, collecting, clock, source
):
    """STARTTLS with the office's own authority; a server with any other certificate is told nothing."""
    ca, _ = certificate
    with post_office(tmp_path / "post", ca) as box:
        box.deliver("关于消防检查的文件", DOCX)
        secret = f"imap://office:{box.password}@127.0.0.1:{box.imap}?tls=starttls"
        post = source()
        stranger = Collector(database, collecting, clock, Account.at(secret))
        assert "证书不可信" in stranger.look(post)
        known = Collector(database, collecting, clock, Account.at(f"{secret}&ca={ca}"))
        assert known.look(post) == "新收 1 条"


def test_settings_of_a_mailbox_are_checked_in_words():
    """A wrong setting is a sentence on the page, no fault of the program."""
    for wrong in ("imap://host", "http://a:b@host", "imaps://a:b@host:x", "imap://a:b@host?tls=maybe"):
        with pytest.raises(ValueError, match="OFFICE_IMAP_URL 要写成"):
            Account.at(wrong)
    assert Account.at("imaps://a%40b:p%3Aq@host").port == 993
    assert "p:q" not in repr(Account.at("imaps://a%40b:p%3Aq@host"))


# --- the folder -------------------------------------------------------------------------------------


@pytest.fixture
def drop_folder(tmp_path):
    place = tmp_path / "intake" / "交换件"
    place.mkdir(parents=True)
    return place


@pytest.fixture
def from_folder(database, collecting, clock, drop_folder):
    return Collector(database, collecting, clock, intake=drop_folder.parent)


def put(place: Path, name: str, content: bytes, clock, ago: int = 60) -> Path:
    path = place / name
    path.write_bytes(content)
    at = clock().timestamp() - ago
    os.utime(path, (at, at))
    return path


def test_files_that_have_stopped_growing_are_taken_and_put_away(
    drop_folder, from_folder, source, clock, waiting
):
    """One still being written waits, a link leads nowhere, what is refused lies apart with the reason."""
    put(drop_folder, DOCX[0], DOCX[1], clock)
    put(drop_folder, "还在写.docx", DOCX[1][:500], clock, ago=2)
    put(drop_folder, "程序.docx", b"MZ" + b"\0" * 100, clock)
    outside = put(drop_folder.parent, "外面.txt", b"outside", clock)
    (drop_folder / "链接.txt").symlink_to(outside)
    assert from_folder.look(source("文件夹", "交换件")) == "新收 2 条"
    left = sorted(path.name for path in drop_folder.iterdir() if path.name not in (folder.TAKEN, folder.LEFT))
    assert left == ["还在写.docx", "链接.txt"]
    assert [path.name for path in (drop_folder / "已收").iterdir()] == [DOCX[0]]
    assert sorted(path.name for path in (drop_folder / "未收").iterdir()) == [
        "程序.docx",
        "程序.docx.原因.txt",
    ]
    assert "可执行程序" in (drop_folder / "未收" / "程序.docx.原因.txt").read_text(encoding="utf-8")
    put(drop_folder, DOCX[0], DOCX[1], clock)
    assert from_folder.look(waiting()[0].clipping.source) == "新收 0 条，已有 1 条"
    assert len([*(drop_folder / "已收").iterdir()]) == 2


@ON_SQLITE
def test_a_secret_file_in_the_folder_is_left_to_people(drop_folder, from_folder, source, clock, waiting):
    """It is moved aside, not into the store of the program."""
    put(drop_folder, "云雀.docx", SECRET, clock)
    from_folder.look(source("文件夹", "交换件"))
    assert (drop_folder / "未收" / "云雀.docx").exists()
    assert waiting()[0].files == ()


@ON_SQLITE
@pytest.mark.parametrize("name", ["..", "../x", "/etc", "a/../../b", ".hidden", ""])
def test_a_folder_leads_nowhere_else(source, name):
    """A name that leaves the office's own folder is refused when the source is set up."""
    with pytest.raises(Refused, match="请填收件目录下的文件夹名称"):
        source("文件夹", name)


@ON_SQLITE
def test_a_linked_folder_leads_nowhere_else_either(drop_folder, from_folder, source, tmp_path):
    """Where a name turns out to be a link out of the folder, and where there is no folder at all."""
    (drop_folder.parent / "出去").symlink_to(tmp_path)
    assert from_folder.look(source("文件夹", "出去")) == "文件夹要在收件目录之下，请改正"
    assert "没有“无此”这个文件夹" in from_folder.look(source("文件夹", "无此", title="另一个"))


@ON_SQLITE
def test_a_person_registers_a_secret_one_by_its_stub(
    box, by_mail, source, collecting, reader_of, director, waiting, clock
):
    """The form knows the grade and nothing else; who registers it gives it a title without a secret."""
    box.deliver("关于云雀行动的通知", ("云雀.docx", SECRET))
    by_mail.look(source())
    (shown,) = waiting()
    process = reader_of(director).standard().in_force("incoming_document", date(2026, 11, 20))
    filled = opening_of(shown.clipping, process, clock())
    assert (filled["secrecy_level"], filled["files"]) == (Grade.SECRET.label, [])

"""Of a state secret the office keeps a stub: whichever door it comes by, nothing of it is found afterwards (P24)."""

from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from core.errors import Refused, Unreadable
from core.people import Grade
from db.tables import Base, JournalRow, PersonRow
from tests.intake.made import as_word, zipped

LEVELS = [grade.label for grade in Grade if grade.classified]
SECRET = "青峰水库应急预案第七节"


def a_secret(level: str, form: str = "docx") -> bytes:
    """A document with its mark of secrecy where the standard has it, as DOCX or as text."""
    lines = ["000012", f"{level}★10年", "云川市水务局文件", "云密发〔2026〕3号", f"关于报送{SECRET}的通知"]
    lines += ["市人民政府办公室：", f"{SECRET}的正文。", "云川市水务局", "2026年11月18日"]
    if form == "txt":
        return "\n".join(lines).encode()
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    xml = f"<w:document {space}><w:body>{paragraphs}</w:body></w:document>"
    return zipped(as_word(**{"word/document.xml": xml.encode()}))


def traces(database, folder: Path) -> list[str]:
    """Where anything of the secret is found: in a table, in the file of the database, or among the files."""
    found = []
    with database.reading() as session:
        for table in Base.metadata.tables.values():
            rows = session.execute(select(text("*")).select_from(table)).all()
            found += [table.name for row in rows if SECRET in str(row)]
    folders = [folder, *([Path(database.write.url.database).parent] if database.is_sqlite else [])]
    kept = (path for place in folders for path in place.rglob("*") if path.is_file())
    return found + [path.name for path in kept if says(path.read_bytes())]


def says(content: bytes) -> bool:
    return any(SECRET.encode(code) in content for code in ("utf-8", "utf-16-le", "gb18030")) or (
        SECRET.encode("unicode_escape") in content
    )


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("form", ["docx", "txt"])
def test_a_file_with_a_mark_is_not_kept_by_any_door(office, database, files, secretary, level, form):
    """As an attachment of a report, an answer, a template: what bears the mark is refused with the rule."""
    with pytest.raises(Unreadable) as refusal:
        office.keep(f"{SECRET}.{form}", a_secret(level, form), by=secretary)
    assert str(refusal.value) == (
        f"文件标有密级“{level}”：涉密件只登记、不存件，没有保存，请按保密规定保管原件。"
    )
    assert traces(database, files.folder.parent) == []
    with database.reading() as session:
        (line,) = session.scalars(select(JournalRow)).all()
    assert (line.action, line.subject) == ("file.refused", "涉密文件")


def test_dropped_to_be_read_it_is_read_and_forgotten(office, database, files, secretary):
    assert SECRET in office.text_of("来文.docx", a_secret("机密"), by=secretary)
    assert traces(database, files.folder.parent) == []


def test_a_file_that_only_speaks_of_secrets_is_kept(office, secretary):
    """A rule about 秘密 and 机密 is no secret: only a mark at the head is."""
    rule = "关于做好保密工作的通知\n各单位：\n机密、秘密文件按规定登记，绝密文件专人保管。"
    assert office.keep("通知.txt", rule.encode(), by=secretary)


@pytest.mark.parametrize("level", ["秘密", "机密"])
def test_the_body_of_a_classified_document_is_refused_at_every_step(post, database, files, raised, level):
    """Instruction, answer and report say what the document says: they stay empty, and search finds nothing."""
    case = post.bring_to("instruction", secrecy_level=level, title="（涉密件）题名从略")
    with pytest.raises(Refused, match=f"{level}件只登记、不存内容"):
        post.act(case, "instruct", "zhang", instruction=f"按{SECRET}办理")
    assert traces(database, files.folder.parent) == []


@pytest.mark.parametrize("level", LEVELS)
def test_its_files_do_not_come_in_with_the_register(post, office, database, files, raised, level):
    """A scan has no mark that could be read: the grade in the register keeps it out, and it is taken away."""
    scan = office.keep("扫描件.jpg", b"\xff\xd8\xff\xe0" + SECRET.encode(), by=raised)
    with pytest.raises(Refused, match=f"{level}件只登记、不存内容"):
        post.register(secrecy_level=level, title="（涉密件）题名从略", files=[scan])
    office.discard([scan["digest"]], by=raised)
    assert traces(database, files.folder.parent) == []


@pytest.fixture
def raised(database, secretary):
    """The secretary, cleared for everything as all the others are."""
    with database.writing() as session:
        session.execute(update(PersonRow).values(clearance=3))
        session.commit()
    return secretary

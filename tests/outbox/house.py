"""The office with its outbox, beside a real mail server and a real gateway."""

from datetime import datetime, timedelta

from sqlalchemy import select

from core.messages import Message
from db.channels import Channels
from db.config import Settings
from db.links import Links
from db.outbox import Dispatcher
from db.resending import Resending
from db.tables import MessageRow, NoticeRow
from db.unit import SqlUnit
from tests.conftest import SHANGHAI

KEY = b"key of the tests"
PUBLIC = "https://oa.example"
HELD = datetime(2026, 11, 27, 9, 0, tzinfo=SHANGHAI)
GUEST = "guest:0a1b2c"
TEXT = "年度工作会议\n时间：11月27日 9:00\n地点：三楼会议室"


def settings(**told) -> Settings:
    return Settings(mail_from="办公室 <office@bgs.example>", public_url=PUBLIC, _env_file=None, **told)


class House:
    """The office with its outbox: posts messages of a case, and lets a dispatcher run."""

    def __init__(self, database, files, clock, post, channels: Channels) -> None:
        self.database, self.files, self.clock, self.channels = database, files, clock, channels
        self.case = post.register()
        self.dispatcher = self.another_dispatcher()
        self.resending = Resending(database, KEY, channels)

    def another_dispatcher(self) -> Dispatcher:
        return Dispatcher(self.database, self.channels, Links(KEY), self.clock)

    def post(self, *whom: str, case=None, **changes) -> None:
        told = {"subject": "会议通知：年度工作会议", "text": TEXT, "occasion": "invited", **changes}
        with SqlUnit(self.database, self.files, KEY, self.channels.senders.keys()) as unit:
            for who in whom:
                unit.post(Message((case or self.case).id, who, **told), self.clock())
            unit.commit()

    def send(self) -> None:
        self.dispatcher.run(self.clock())

    def after(self, minutes: float) -> None:
        self.clock.now += timedelta(minutes=minutes)
        self.send()

    def rows(self, **where) -> list[MessageRow]:
        with self.database.reading() as session:
            query = select(MessageRow).filter_by(**where).order_by(MessageRow.recipient, MessageRow.channel)
            return list(session.scalars(query))

    def states(self, who: str) -> dict[str, str]:
        return {row.channel: row.state for row in self.rows(recipient=who)}


def notices(house: House, who: str) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(NoticeRow.text).where(NoticeRow.person_id == who)))

"""The minutes of a meeting as the official document they are (纪要格式, GB/T 9704-2012 §10.3): who was there is named, no seal."""

import re

from core.layout.official import Form, Official
from core.official_kinds import several
from core.people import Grade
from core.process import Data, Process
from core.profile import OfficeProfile

BODY = "minutes_body"
"""The field of their text."""


def writes_minutes(process: Process) -> bool:
    """Whether the cases of a process have minutes: it asks for their text."""
    return BODY in process.fields


def minutes_of(data: Data, office: OfficeProfile) -> Official:
    """The minutes of a case with these answers, as far as they are written."""
    grade = Grade.labelled(data.get("secrecy_level") or Grade.OPEN.label)
    return Official(
        form=Form.MINUTES,
        kind="纪要",
        title=titled(data.get("title") or ""),
        body=data.get(BODY) or "",
        issuers=(office.name,),
        number=data.get("minutes_number") or "",
        secrecy=grade.label if grade.classified else "",
        sealed=False,
        present=names(data.get("present")),
        excused=names(data.get("absent")),
        observers=names(data.get("observers")),
        copies_to=several(data.get("minutes_to")),
        printed_by=office.name,
        printed_on=data.get("minutes_signed_on"),
    )


def titled(title: str) -> str:
    """The title of the minutes of a meeting so called."""
    if title.endswith("纪要"):
        return title
    return f"{title}纪要" if title.endswith("会") or title.endswith("会议") else f"{title}会议纪要"


def names(text: str | None) -> tuple[str, ...]:
    """People named in one line or in several, each by itself."""
    return tuple(filter(None, (one.strip() for one in re.split(r"[、，,;；\n]", text or ""))))

"""接待手册 as a file: the itinerary as a timeline, the way, who does what, whom to call – on A4 and as a picture (R54).

Drawn by Typst from `visit_book.typ`; the way is drawn from the itinerary and needs no map from outside.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typst

from core import visit
from core.papers.paper import Dossier
from core.papers.pdf import fonts
from core.process import Process
from core.words import full_moment, moment

TITLE, VISIT_BOOK = "接待手册", "visit_book"
"""What it is called, and its key among the papers of a case."""

KINDS = ("pdf", "png")

_TEMPLATE = Path(__file__).with_name("visit_book.typ").read_bytes()
_DOTS_PER_INCH = 200  # a picture 90 mm wide has 709 dots: sharp on a phone
_NEEDS = frozenset({"itinerary", "staff", "emergency"})


def has_visit_book(process: Process) -> bool:
    """Whether cases of a process have a handbook: where they know the way, who does what and whom to call."""
    return {*process.fields} >= _NEEDS


def told(dossier: Dossier) -> Mapping[str, Any]:
    """What stands in the handbook, as the case stands now."""
    data, people = dossier.case.data, dossier.people
    zone = dossier.calendar.zone
    arrives, leaves = (data[key].astimezone(zone) for key in ("arrives_at", "leaves_at"))
    needs = "、".join(data.get("special_needs") or ())
    events = [event for event in dossier.history if event.case_id == dossier.case.id]
    lines = visit.items(data.get("itinerary") or (), events)
    return {
        "title": dossier.case.title,
        "office": f"{dossier.profile.name}{TITLE}",
        "facts": [
            ("来访单位", data["visitor"]),
            ("主宾", data.get("head_guest") or ""),
            ("层级和人数", f"{data['guest_level']}，{data['guest_count']} 人"),
            ("时间", f"{full_moment(arrives)} 至 {full_moment(leaves)}"),
            ("主陪", people.name(data["host"])),
            ("承办", people.name(data["organiser"])),
            ("住宿", data.get("lodging") or ""),
            ("车辆", data.get("vehicles") or ""),
        ],
        "special": "；".join(filter(None, (needs, data.get("needs_note")))),
        "items": [_line(one, people.name(one.in_charge) if one.in_charge else "") for one in lines],
        "stops": [
            {"n": n, "place": one.place, "x": one.x, "y": one.y}
            for n, one in enumerate(visit.stops(data.get("itinerary") or ()), 1)
        ],
        "across": visit.A_ROW,
        "staff": [
            {"task": row["task"], "who": people.name(row["person"]), "phone": row.get("phone") or ""}
            for row in data.get("staff") or ()
        ],
        "emergency": [
            {"matter": row["matter"], "who": row["whom"], "phone": row["phone"]}
            for row in data.get("emergency") or ()
        ],
        "foot": f"{dossier.case.number}　{full_moment(dossier.now.astimezone(zone))} 制",
    }


def _line(one: visit.Item, who: str) -> dict[str, str]:
    note = "；".join(filter(None, (one.remark, one.note)))
    state = "" if one.state == visit.TO_COME else f"{one.state} {moment(one.told_at)}".strip()
    return {"begins": one.begins, "activity": one.activity, "place": one.place, "who": who, "note": note, "state": state}  # fmt: skip


def drawn(dossier: Dossier, kind: str, font_paths: Sequence[Path] = ()) -> bytes:
    """The handbook as `pdf` on A4, or as `png`: one long picture as wide as a phone."""
    compiler = typst.Compiler(
        _TEMPLATE,
        font_paths=fonts(tuple(font_paths)),
        sys_inputs={"book": json.dumps(told(dossier)), "picture": str(kind == "png").lower()},
    )
    if kind == "png":
        made = compiler.compile(format="png", ppi=_DOTS_PER_INCH)
    else:
        made = compiler.compile(format="pdf", timestamp=int(dossier.now.timestamp()))
    if not isinstance(made, bytes):
        raise TypeError("a handbook is one file")
    return made

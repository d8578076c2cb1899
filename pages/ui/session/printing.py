"""What goes out as a file: attachments, papers of a case, ledgers and pictures.

For the routes: each checks who asks, and gives name, media type and content as the page at its address shows it.
"""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from core import coordination, counting, papers, registers
from core import task_ledger as tasks
from core.errors import GONE, NotAllowed, NotFound
from core.intake import safe_name
from core.layout import docx as layout_docx
from core.layout import pdf as layout_pdf
from core.layout.official import Official
from core.papers import blanks, compilation, visit_book
from core.papers.docx import docx
from core.papers.pdf import pdf
from core.papers.template import Prepared, render
from core.papers.template import prepare as prepare_template
from core.papers.xlsx import xlsx
from core.people import Grade, Person
from core.policy import why_not_print
from db.reader import Reader
from db.reading.clippings import FILE as CLIPPING_FILE
from db.templates import Used
from pages.ui import heat, pictures
from pages.ui.session import DRAWN, MEDIA_TYPES, OFFICIAL, PICTURES, database, files, now, settings, templates


def download(person: Person, attachment_id: str) -> tuple[str, str, bytes | Path]:
    """Name, media type and content of an attachment. `NotFound` as well for what one may not see (P16)."""
    reader = Reader(database(), files(), person, now)
    of = reader.clipping_file if attachment_id.startswith(CLIPPING_FILE) else reader.attachment
    name, kind, place = of(attachment_id)
    return name, MEDIA_TYPES.get(kind, "application/octet-stream"), place


def paper(person: Person, case_id: str, which: str, kind: str) -> tuple[str, str, bytes]:
    """Name, media type and content of a paper of a case, as it stands now.

    `NotFound` as well for what one may not see (P16); `NotAllowed` for what is not printed here.
    """
    dossier = Reader(database(), files(), person, now).dossier(case_id)
    official = which == OFFICIAL and papers.has_official(dossier.case)
    known = papers.papers_of(dossier.case.process)
    item = which == papers.CONTENTS and which in known and kind == "zip"
    if which == visit_book.VISIT_BOOK:
        return _visit_book(person, dossier, kind)
    if not (official or which in known) or (kind not in DRAWN and not item):
        raise NotFound(GONE)
    if reason := why_not_print(person, dossier.case):
        raise NotAllowed(reason)
    if official:
        return _official(dossier, kind)
    if item:
        return _item(dossier)
    title, make = known[which]
    made = make(dossier)
    provisional = isinstance(made, papers.Laid) and made.provisional
    templated = kind == "docx" and not provisional
    own = templates().in_use(dossier.case.process.key, which) if templated else None
    if own:
        known_blanks = templates().blanks(dossier.case.process.key, which)
        content = render(_prepared(own), blanks.context(dossier, which, known_blanks))
    else:
        content = docx(made) if kind == "docx" else pdf(made, settings().font_folders)
    name = f"{title} {made.number}.{kind}"
    return name, MEDIA_TYPES[kind], content


def _visit_book(person: Person, dossier: papers.Dossier, kind: str) -> tuple[str, str, bytes]:
    """The handbook of a visit, once there is a plan (R54)."""
    case = dossier.case
    planned = visit_book.has_visit_book(case.process) and case.data.get("itinerary")
    if not planned or kind not in visit_book.KINDS:
        raise NotFound(GONE)
    if reason := why_not_print(person, case):
        raise NotAllowed(reason)
    content = visit_book.drawn(dossier, kind, settings().font_folders)
    return f"{safe_name(f'{visit_book.TITLE} {case.title}')}.{kind}", MEDIA_TYPES[kind], content


MOST_PACKED = 200 * 2**20
"""Octets of files that are packed into one archived item: it is made in memory."""


def _item(dossier: papers.Dossier) -> tuple[str, str, bytes]:
    """The archived item (件) in its order: the table of contents, then files as they are and papers as PDF.

    `NotAllowed` where the files are too large to be packed at once.
    """
    parts = papers.item_of(dossier)
    kept = {part.file["digest"]: files().path(part.file["digest"]) for part in parts if part.file}
    if sum(place.stat().st_size for place in kept.values()) > MOST_PACKED:
        raise NotAllowed(f"附件超过 {MOST_PACKED // 2**20} MB，不能一次打包：请按件内目录逐个下载")
    known = papers.papers_of(dossier.case.process)
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for n, part in enumerate((papers.Part(known[papers.CONTENTS][0], "", paper=papers.CONTENTS), *parts)):
            if part.file:
                suffix, content = Path(part.file["name"]).suffix, kept[part.file["digest"]].read_bytes()
            elif part.paper == OFFICIAL:
                suffix, content = ".pdf", _official(dossier, "pdf")[2]
            else:
                suffix, content = ".pdf", pdf(known[part.paper][1](dossier), settings().font_folders)
            packed.writestr(f"{n:02} {safe_name(part.title)}{suffix}", content)
    name = dossier.case.data.get("reference_code") or dossier.case.number
    return f"归档件 {name}.zip", MEDIA_TYPES["zip"], made.getvalue()


def _official(dossier: papers.Dossier, kind: str) -> tuple[str, str, bytes]:
    """The document of a case, laid out from its fields: named as it is numbered, else as it is titled."""
    case = dossier.case
    made = papers.official(dossier)
    content = layout_docx.docx(made) if kind == "docx" else layout_pdf.pdf(made, settings().font_folders)
    return f"{safe_name(f'{made.number} {case.title}'.strip())}.{kind}", MEDIA_TYPES[kind], content


@lru_cache(maxsize=48)
def preview(official: Official) -> tuple[bytes, ...]:
    """The pages of a document as pictures, kept while nothing in it changes."""
    return tuple(layout_pdf.pages(official, settings().font_folders))


@lru_cache(maxsize=64)
def _prepared(used: Used) -> Prepared:
    """A template of the office as it was handed in; its digest is in `used`."""
    return prepare_template(templates().content(used))


def ledger(
    person: Person, key: str, kind: str, address: Mapping[str, Sequence[str]]
) -> tuple[str, str, bytes]:
    """Name, media type and content of a register as its page at this address shows it, all pages in one.

    The cases this person may see, none classified. `NotAllowed` with what to do if there are too many.
    """
    reader = Reader(database(), files(), replace(person, clearance=Grade.OPEN), now)
    standard, people, calendar = reader.standard(), reader.directory(), reader.calendar()
    at = now().astimezone(calendar.zone)
    process = standard.in_force(key, at.date())
    if kind not in papers.MOST_ROWS:
        raise NotFound(GONE)
    known = registers.choices(standard, process, people, person)
    wanted, _ = registers.read(address, known)
    found = reader.register_page(key, replace(wanted, page=1), per_page=papers.MOST_ROWS[kind])
    if reason := papers.why_not_export(kind, found.total):
        raise NotAllowed(reason)
    rows = found.frame.itertuples()
    made = papers.ledger(process, rows, people, calendar, wanted.columns)
    if kind == "xlsx":
        return f"{made.title} {at.date()}.xlsx", MEDIA_TYPES[kind], xlsx(made)
    paper = papers.printed(made, registers.said(wanted, known), at, reader.profile().name)
    return f"{made.title} {at.date()}.pdf", MEDIA_TYPES[kind], pdf(paper, settings().font_folders)


def task_ledger(person: Person, kind: str, address: Mapping[str, Sequence[str]]) -> tuple[str, str, bytes]:
    """Name, media type and content of the ledger of supervised tasks as its page at this address shows it.

    The tasks this person may see, none classified.
    """
    if kind not in papers.MOST_ROWS:
        raise NotFound(GONE)
    reader = Reader(database(), files(), replace(person, clearance=Grade.OPEN), now)
    people, at = reader.directory(), now().astimezone(reader.calendar().zone)
    wanted = tasks.read(address, tasks.owners(people))
    made = tasks.ledger(reader.tasks(wanted))
    name = f"{made.title} {at.date()}.{kind}"
    if kind == "xlsx":
        return name, MEDIA_TYPES[kind], xlsx(made)
    paper = papers.printed(made, tasks.said(wanted, people.name), at, reader.profile().name)
    return name, MEDIA_TYPES[kind], pdf(paper, settings().font_folders)


def statistics(person: Person, kind: str, address: Mapping[str, Sequence[str]]) -> tuple[str, str, bytes]:
    """Name, media type and content of the table of information that the page at this address shows.

    As a table (xlsx) or as a picture (png, svg); what this person may see, none classified.
    """
    reader = Reader(database(), files(), replace(person, clearance=Grade.OPEN), now)
    wanted = counting.read(address, reader.figures_reported())
    frame = reader.pivot(
        wanted.rows, wanted.columns, first=wanted.first, last=wanted.last, figure=wanted.figure
    )
    name = f"{safe_name(wanted.title)} {now().astimezone(reader.calendar().zone).date()}.{kind}"
    if kind == "xlsx":
        return name, MEDIA_TYPES[kind], xlsx(counting.ledger(frame, wanted), numbers_from=1)
    return name, _drawn_as(kind), pictures.picture(heat.table(frame, wanted), kind)


def heat_picture(person: Person, kind: str, address: Mapping[str, Sequence[str]]) -> tuple[str, str, bytes]:
    """Name, media type and content of the nine cells as a picture: of what is open, or of the days of the address."""
    reader = Reader(database(), files(), replace(person, clearance=Grade.OPEN), now)
    wanted = counting.read(address, ())
    whole = wanted.first is None and wanted.last is None
    frame = reader.heat(first=wanted.first, last=wanted.last, only_open=whole)
    day = now().astimezone(reader.calendar().zone).date()
    return f"信息热力图 {day}.{kind}", _drawn_as(kind), pictures.picture(heat.printed(frame, day), kind)


def _drawn_as(kind: str) -> str:
    """The media type of a picture; `NotFound` for what none is drawn as."""
    if kind not in PICTURES:
        raise NotFound(GONE)
    return MEDIA_TYPES[kind]


def coordination_ledger(
    person: Person, kind: str, address: Mapping[str, Sequence[str]]
) -> tuple[str, str, bytes]:
    """Name, media type and content of 事务协调台账 as its page at this address shows it (R79).

    The items this person may see, none classified. `NotAllowed` with what to do if there are too many.
    """
    if kind not in papers.MOST_ROWS:
        raise NotFound(GONE)
    reader = Reader(database(), files(), replace(person, clearance=Grade.OPEN), now)
    at, titles = now().astimezone(reader.calendar().zone), reader.coordinated()
    wanted = coordination.read(address, titles)
    entries, total = reader.coordination(wanted, limit=papers.MOST_ROWS[kind])
    if reason := papers.why_not_export(kind, total):
        raise NotAllowed(reason)
    made = coordination.ledger(entries)
    name = f"{made.title} {at.date()}.{kind}"
    if kind == "xlsx":
        return name, MEDIA_TYPES[kind], xlsx(made)
    paper = papers.printed(made, coordination.said(wanted, titles), at, reader.profile().name)
    return name, MEDIA_TYPES[kind], pdf(paper, settings().font_folders)


def compiled_minutes(person: Person, kind: str, address: Mapping[str, str]) -> tuple[str, str, bytes]:
    """Name, media type and content of minutes in one: of the series of `series`, else of the days `from` to `to` (N15)."""
    if kind not in DRAWN:
        raise NotFound(GONE)
    reader = Reader(database(), files(), person, now)
    if series := address.get("series"):
        made = reader.compiled_series(series)
    else:
        try:
            days = [date.fromisoformat(address.get(key, "")) for key in ("from", "to")]
        except ValueError:
            raise NotFound("请选起止日期") from None
        made = reader.compiled_between(*days)
    draw = compilation.docx if kind == "docx" else compilation.pdf
    content = draw(made, settings().font_folders)
    return f"{made.title} {made.made_at.date()}.{kind}", MEDIA_TYPES[kind], content

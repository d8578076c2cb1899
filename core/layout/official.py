"""An official document as its elements (regulation art. 9): what is laid out, checked and drawn.

Drafts are kept as the fields of a case; this is the same document ready for the page. It knows no case
and no person, so a sample, an import and a case are laid out by the same code.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Form(StrEnum):
    """The forms of GB/T 9704-2012: the general one (§7) and the special ones (§10)."""

    GENERAL = "通用格式"
    LETTER = "信函格式"
    ORDER = "命令格式"
    MINUTES = "纪要格式"


class Direction(StrEnum):
    """Which way a document goes: upward ones show who signed (art. 9)."""

    UP = "上行文"
    LEVEL = "平行文"
    DOWN = "下行文"


@dataclass(frozen=True, kw_only=True)
class Official:
    """The elements of a document, empty where it has none.

    `issuers`: the offices that issue it, the lead one first, as the letterhead and the signature name
    them. `letterhead`: the red mark where it is not the issuers' names and 文件. `body`: its paragraphs,
    one a line, each level said by its official number (一、 （一） 1. （1）). `attachments`: their titles in
    order. `signer_post`: the post of who signs an order. `recipients`, `copies_to`: each office by itself. `present`, `excused`, `observers`: whom the
    minutes name. `sealed`: whether it bears a seal, which moves signature and date.

    Of a briefing (简报) besides: `beside_line`: what stands left and right above the red line; `contents`: what it
    has in it; `foot`: for whom it is, as 报, 送 and 发 with the names; `print_run`: how many are printed;
    `stamp`: what every page says above its text, as 送审稿.
    """

    form: Form = Form.GENERAL
    kind: str
    direction: Direction = Direction.DOWN
    title: str
    body: str
    issuers: tuple[str, ...]
    letterhead: str = ""
    number: str = ""
    copy_serial: str = ""
    secrecy: str = ""
    secrecy_term: str = ""
    urgency: str = ""
    signatories: tuple[str, ...] = ()
    signer_post: str = ""
    recipients: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    dated_on: date | None = None
    sealed: bool = True
    annotation: str = ""
    copies_to: tuple[str, ...] = ()
    printed_by: str = ""
    printed_on: date | None = None
    present: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    observers: tuple[str, ...] = ()
    beside_line: tuple[str, str] = ("", "")
    contents: tuple[str, ...] = ()
    foot: tuple[tuple[str, str], ...] = ()
    print_run: str = ""
    stamp: str = ""

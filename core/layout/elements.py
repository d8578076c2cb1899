"""What an official document says on its page, element by element, the same for the DOCX and the PDF.

Words, their lines and the size of the red mark; where they stand is the business of what draws them.
"""

from collections.abc import Iterator
from datetime import date

from core.layout import measures as m
from core.layout.official import Direction, Form, Official
from core.layout.titles import width

MARK_LEADING = 1.3
"""From line to line of a joint red mark, in its size."""

_LARGEST_MARK, _SMALLEST_MARK = 50, 12
_MOST_MARK = 8.5  # lines it may take with the signers: the first page must show some text (7.2.4)
_LINE = m.TEXT_AREA[1] / 25.4 * 72 / m.LINES
_ENDS = "。；，、.;,"


def in_figures(day: date) -> str:
    """A date as the standard writes it: Arabic figures, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def in_brackets(text: str) -> str:
    """An annotation in full-width brackets; those inside it stay, full-width as well."""
    wide = text.strip().translate(str.maketrans("()", "（）"))
    if wide.startswith("（") and wide.endswith("）"):
        return wide
    return f"（{wide}）"


# --- the head -------------------------------------------------------------------------------------------


def marks(official: Official) -> Iterator[tuple[str, str]]:
    """份号, 密级和保密期限 and 紧急程度 in this order, as far as there are any: which one it is, and its words."""
    term = f"★{official.secrecy_term}" if official.secrecy and official.secrecy_term else ""
    said = {
        "serial": official.copy_serial,
        "secrecy": official.secrecy + term,
        "urgency": official.urgency,
    }
    return ((key, text) for key, text in said.items() if text)


def mark_lines(official: Official) -> tuple[str, ...]:
    """The red mark (发文机关标志), a line each: the offices, and 文件, 令 or 纪要 after the one there is, where it is not a letter."""
    if official.letterhead:
        return (official.letterhead,)
    if official.form is Form.LETTER or len(official.issuers) != 1:
        return official.issuers
    return (official.issuers[0] + _AFTER_THE_OFFICE[official.form],)


_AFTER_THE_OFFICE = {Form.GENERAL: "文件", Form.ORDER: "令", Form.MINUTES: "纪要"}


def is_joint(official: Official) -> bool:
    """Whether the red mark has several offices and one word beside them."""
    return len(official.issuers) > 1 and not official.letterhead and official.form is not Form.LETTER


def beside(official: Official) -> str:
    """The word beside the offices of a joint mark (7.2.4)."""
    return _AFTER_THE_OFFICE[official.form]


def mark_size(official: Official) -> int:
    """Its size in points: as large as the text area lets it be, within what looks well and leaves room for the text."""
    lines = mark_lines(official)
    widest = max(map(width, lines)) + (3 if is_joint(official) else 0)
    across = m.TEXT_AREA[0] / 25.4 * 72 / max(widest, 1)
    high = (_MOST_MARK - len(signer_lines(official))) * _LINE / MARK_LEADING / len(lines)
    return max(_SMALLEST_MARK, min(_LARGEST_MARK, int(across), int(high)))


def mark_below_top(official: Official) -> float:
    """From the top of the text area to the upper edge of the mark, in millimetres; a letter's is measured otherwise."""
    return m.ORDER_MARK_BELOW_TOP if official.form is Form.ORDER else m.MARK_BELOW_TOP


def signer_lines(official: Official) -> list[str]:
    """Who signed, on upward documents: two names a line (7.2.6)."""
    if official.direction is not Direction.UP or official.form in (Form.LETTER, Form.ORDER):
        return []
    names = official.signatories
    return ["　".join(names[at : at + 2]) for at in range(0, len(names), 2)]


def has_title(official: Official) -> bool:
    """An order has none: its number is followed by the text (10.2)."""
    return official.form is not Form.ORDER


def recipients_line(official: Official) -> str:
    """The offices it is for, with a colon behind the last."""
    return "、".join(official.recipients) + "：" if official.recipients else ""


CONTENTS = "目　　录"
"""What heads the contents of a briefing."""


# --- the end --------------------------------------------------------------------------------------------


def attachment_titles(official: Official) -> tuple[str, ...]:
    """Without a sign at the end (7.3.4)."""
    return tuple(title.rstrip(_ENDS) for title in official.attachments)


def people(official: Official) -> Iterator[tuple[str, str]]:
    """Who was there, who was excused, who sat in (10.3): label and names."""
    rows = (("出席：", official.present), ("请假：", official.excused), ("列席：", official.observers))
    return ((label, "、".join(names)) for label, names in rows if names)


def is_sealed(official: Official) -> bool:
    """Whether signature and date leave room for the seal of the office; minutes bear none, an order its signer's name."""
    return official.sealed and official.form not in (Form.MINUTES, Form.ORDER)


def seals_a_row(issuers: tuple[str, ...]) -> tuple[int, int]:
    """How many offices of a joint issue stand side by side, and how many characters each has for its seal."""
    return (3, 8) if max(map(width, issuers)) < 8 else (2, 13)


def signed_names(official: Official) -> tuple[str, ...]:
    """Post and name of who signs an order, two characters between them: the name where the stamp with it goes (7.3.5.3)."""
    return tuple(f"{official.signer_post}　　{name}".strip("　") for name in official.signatories)


def date_line(official: Official) -> str:
    """成文日期; a document without one (minutes as a rule) has no signature either."""
    return in_figures(official.dated_on) if official.dated_on else ""


def copies_line(official: Official) -> str:
    """The offices that get a copy."""
    return "，".join(official.copies_to) + "。" if official.copies_to else ""


def foot_lines(official: Official) -> tuple[tuple[str, str], ...]:
    """For whom a briefing is: a label and the names; without names none."""
    return tuple((f"{label}：", names) for label, names in official.foot if names)


def printed_line(official: Official) -> tuple[str, str]:
    """Who printed it and when; a letter does not say so (10.1). Of a briefing, how many there are."""
    if official.print_run:
        return ("", official.print_run)
    if official.form is Form.LETTER:
        return ("", "")
    day = f"{in_figures(official.printed_on)}印发" if official.printed_on else ""
    return (official.printed_by, day)

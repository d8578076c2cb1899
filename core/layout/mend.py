"""One click that mends a DOCX: looks, measures and signs are put right, the words stay as they are (N22)."""

from io import BytesIO

from core.errors import Unreadable
from core.intake.archive import BROKEN
from core.layout.check import FAULTS, opened
from core.layout.rules import judged

_ROUNDS = 6  # what is put right first may bring to light what stands behind it


def mend(content: bytes) -> bytes:
    """The file with everything mended that a program can mend; one that needs nothing is given back as it is."""
    document = opened(content)
    changed = False
    try:
        for _ in range(_ROUNDS):
            wrong = [v.mend for _, v in judged(document) if not v.ok and v.mend is not None]
            for put_right in wrong:
                put_right()
            changed = changed or bool(wrong)
            if not wrong:
                break
        file = BytesIO()
        document.save(file)
    except FAULTS as fault:
        raise Unreadable(BROKEN) from fault
    return file.getvalue() if changed else content

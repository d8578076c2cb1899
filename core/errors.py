"""What can go wrong, as the person at the desk should hear it.

OfficeError
├── Refused      the form is wrong; `problems` says what to do, field by field
├── NotAllowed   this person may not do this; the text says why
├── Conflict     somebody else acted first; the text says who and when
├── NotFound     no such case, process or person (also said of what one may not see)
├── Unreadable   a file that cannot be taken in; the text says why and what to do
│   └── Classified   it bears the mark of a state secret: registered, never kept
└── Unavailable  the database is busy, full or out of reach; nothing was changed, nothing typed is lost

BadDefinition    a process file contradicts itself (raised at import, never at a desk)

Every sentence is Simplified Chinese and says what to do next.
"""

from collections.abc import Mapping, Sequence

GONE = "没有这一件，或不在您的知悉范围"
"""One sentence for what is not there and for what one may not see (P16)."""


class OfficeError(Exception):
    """Base of everything a page shows instead of a traceback."""


class Refused(OfficeError):
    """The values given will not do. `problems` maps a field's key to one sentence.

    The key `""` stands for a rule over the whole form rather than one field.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("；".join(problems.values()))
        self.problems = dict(problems)


class NotAllowed(OfficeError):
    """This person may not do this, now; the text is the reason to show."""


class Conflict(OfficeError):
    """Somebody acted on the case since it was looked at."""


class NotFound(OfficeError):
    """There is no such thing, or it does not exist for this person (promise P16)."""


class Unreadable(OfficeError):
    """A file the program will not take in: broken, disguised, locked or too big (promise P11)."""


class Classified(Unreadable):
    """A file with a mark of secrecy: only a stub of it is registered here, nothing is kept (promise P24)."""

    def __init__(self, level: str) -> None:
        super().__init__(f"文件标有密级“{level}”：涉密件只登记、不存件，没有保存，请按保密规定保管原件。")


class Unavailable(OfficeError):
    """The database cannot serve just now; the text says what to do (promises P7 to P10)."""


class BadDefinition(Exception):
    """A definition that contradicts itself: a fault of the program, found when it is imported."""

    def __init__(self, what: str, faults: Sequence[str]) -> None:
        super().__init__(f"{what}: " + "; ".join(faults))
        self.faults = tuple(faults)

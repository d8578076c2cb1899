"""Taking in what other offices send: is the file safe, what does it say, what kind of document is it.

`check` and `text_of` stand between an uploaded file and everything else; `read` turns the plain text of
an official document into the fields of the register. Nothing here knows of cases, people or a database.
"""

from core.intake.files import AUDIO, LARGEST, LARGEST_AUDIO, Scanned, check, content_of, safe_name, text_of
from core.intake.reading import Reading, read

__all__ = [
    "AUDIO",
    "LARGEST",
    "LARGEST_AUDIO",
    "Reading",
    "Scanned",
    "check",
    "content_of",
    "read",
    "safe_name",
    "text_of",
]

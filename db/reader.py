"""What a person may read. A reader is bound to one person and hands out cases, values and frames, never rows.

The parts stand in `db.reading`, by what they are about; each begins from the same `Sight`.
"""

from db.reading.books import Books
from db.reading.cases import Cases
from db.reading.finding import Finding
from db.reading.lists import Lists
from db.reading.measures import Measuring
from db.reading.office import TheOffice
from db.reading.record import Record


class Reader(Lists, Cases, Finding, Books, Record, Measuring, TheOffice):
    """Everything a person may look at, at one moment: made anew for each page and each request."""

"""What a person may read. A reader is bound to one person and hands out cases, values and frames, never rows.

The parts stand in `db.reading`, by what they are about; each begins from the same `Sight`.
"""

from db.reading.agenda import Agenda
from db.reading.books import Books
from db.reading.cases import Cases
from db.reading.clippings import Clippings
from db.reading.finding import Finding
from db.reading.gatherings import Gatherings
from db.reading.information import Informing
from db.reading.lists import Lists
from db.reading.measures import Measuring
from db.reading.messages import Messages
from db.reading.office import TheOffice
from db.reading.polls import Polls
from db.reading.record import Record
from db.reading.series import Series
from db.reading.tasks import Tasks


class Reader(
    Series,
    Lists,
    Cases,
    Finding,
    Books,
    Gatherings,
    Record,
    Measuring,
    Messages,
    Polls,
    Tasks,
    Agenda,
    Clippings,
    Informing,
    TheOffice,
):
    """Everything a person may look at, at one moment: made anew for each page and each request."""

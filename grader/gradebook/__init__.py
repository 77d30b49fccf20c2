"""The gradebook: every verdict of a batch, once, in a database that survives `kill -9`."""

from grader.gradebook.batches import Batch, Outlook
from grader.gradebook.book import Gradebook, state_of
from grader.gradebook.by_hand import ByHand
from grader.gradebook.journal import Entry
from grader.gradebook.lock import ResultsLock, at_work
from grader.gradebook.places import DATABASE_VARIABLE, Database, place_of
from grader.gradebook.settling import settle
from grader.gradebook.uploads import Counts, Upload, Uploads

__all__ = [
    "DATABASE_VARIABLE",
    "Batch",
    "ByHand",
    "Counts",
    "Database",
    "Entry",
    "Gradebook",
    "Outlook",
    "ResultsLock",
    "Upload",
    "Uploads",
    "at_work",
    "place_of",
    "settle",
    "state_of",
]

"""The gradebook: every verdict of a batch, once, in one SQLite file that survives `kill -9`."""

from grader.gradebook.batches import Batch, Outlook
from grader.gradebook.book import Gradebook
from grader.gradebook.by_hand import ByHand
from grader.gradebook.journal import Entry
from grader.gradebook.lock import ResultsLock, at_work
from grader.gradebook.uploads import Counts, Upload, Uploads

__all__ = [
    "Batch",
    "ByHand",
    "Counts",
    "Entry",
    "Gradebook",
    "Outlook",
    "ResultsLock",
    "Upload",
    "Uploads",
    "at_work",
]

"""The gradebook: every verdict of a batch, once, in one SQLite file that survives `kill -9`."""

from grader.gradebook.batches import Batch
from grader.gradebook.book import Gradebook, Outlook
from grader.gradebook.lock import ResultsLock

__all__ = ["Batch", "Gradebook", "Outlook", "ResultsLock"]

"""The gradebook: every verdict of a batch, once, in one SQLite file that survives `kill -9`."""

from grader.gradebook.book import Begun, Gradebook

__all__ = ["Begun", "Gradebook"]

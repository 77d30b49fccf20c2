"""How cases, exercises and submissions ended, and who may see it."""

from __future__ import annotations

import enum


class Verdict(enum.StrEnum):
    """How one case of a suite ended, and what that says."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_IMPLEMENTED = "not_implemented"
    MISSING = "missing"
    ERRORED_STUDENT = "errored_student"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"
    SKIPPED = "skipped"
    ERRORED_GRADER = "errored_grader"

    @property
    def counts(self) -> bool:
        """Whether the case takes part in the sharing of points."""
        return self is not Verdict.SKIPPED

    @property
    def is_fine(self) -> bool:
        """Whether there is nothing to be said: it passed, or was not run for a good reason."""
        return self is Verdict.PASSED or not self.counts

    @property
    def is_ours(self) -> bool:
        """Whether it is the grader's fault, so that nothing is known about the submission."""
        return self is Verdict.ERRORED_GRADER

    @property
    def is_judged(self) -> bool:
        """Whether it says anything about the submission."""
        return self.counts and not self.is_ours

    @property
    def is_wrong(self) -> bool:
        """Whether it loses marks."""
        return self.is_judged and self is not Verdict.PASSED

    @property
    def is_unwritten(self) -> bool:
        """Whether there was nothing to call: no function of that name, or the stub of one."""
        return self in {Verdict.NOT_IMPLEMENTED, Verdict.MISSING}

    @property
    def was_called(self) -> bool:
        """Whether the submission's code was asked, and its answer is what the verdict is about."""
        return self.is_judged and not self.is_unwritten

    @property
    def is_telling(self) -> bool:
        """Whether how the code went wrong may say what is wrong with it."""
        return self.was_called and self.is_wrong and self is not Verdict.REFUSED

    @property
    def is_alarming(self) -> bool:
        """Whether an instructor had better look: it ended otherwise than by a result or an error.

        What ends like that may be hostile, hopelessly slow, or not the student's fault.
        """
        return self.is_ours or self in {Verdict.CRASHED, Verdict.TIMED_OUT, Verdict.REFUSED}


class Visibility(enum.StrEnum):
    """Who may see a case, in Gradescope's words."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"


class Status(enum.StrEnum):
    """What became of a submission, or of an exercise in it."""

    GRADED = "graded"
    UNREADABLE = "unreadable"  # no file in it could be read: no score, the instructor decides
    NOT_GRADED = "not_graded"  # our fault: no score
    MISSING = "missing"  # nothing was handed in: no score, the instructor decides

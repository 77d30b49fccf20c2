"""Everything that the grader raises on purpose.

The tree says whose move is next::

    GraderError
    ├── HarnessError          ours: a bug or a broken machine; never costs a student marks
    │   ├── WireError         a frame or value that breaks the rules of `grader.wire`
    │   ├── SandboxError      the fork server or a layer of the sandbox did not work
    │   │   └── ServerLostError   the fork server died; what was under way may be repeated
    │   ├── UnreachableError  a database does not answer; what was under way may be repeated
    │   └── OutOfTimeError    a diagnosis has cost what it may; there is none, and that is all
    ├── StudentError          the submission's: becomes a verdict
    │   ├── NotWrittenError   the stub is still a stub
    │   ├── MissingNameError  the submission defines no such name
    │   ├── CodeRaisedError   the code raised, or does not parse
    │   ├── TimedOutError     no answer before the deadline
    │   ├── CrashedError      the worker died while it served the call
    │   │   └── KilledError       by a signal that may have come from outside; may be repeated
    │   ├── RefusedError      the code attempted what the sandbox forbids
    │   ├── UnusableValueError  the result cannot be compared (a set, an object array, too large)
    │   └── WrongValueError   a value differs from the expected one
    └── InstructorError       the instructor's: a broken assignment or a wrong command line
        ├── CatalogError      exercises.toml or a suite is inconsistent
        ├── IntakeError       a submission that cannot be read at all
        └── UsageError        an option or path that makes no sense

A `StudentError` carries a `key` and `fields` in place of prose: the text is rendered late, in the
reader's language, by `grader.diagnose`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

Field = str | int | float | None


class GraderError(Exception):
    """Root of all errors raised on purpose."""


class HarnessError(GraderError):
    """The grader's own fault. A case that ends so is `errored_grader` and costs no marks."""


class WireError(HarnessError):
    """A frame or value breaks the rules of the wire."""


class SandboxError(HarnessError):
    """The fork server or a layer of the sandbox did not work."""


class ServerLostError(SandboxError):
    """The fork server has died, and its workers with it; what was under way may be repeated."""


class UnreachableError(HarnessError):
    """A database does not answer. What was under way may be repeated once it does."""


class OutOfTimeError(HarnessError):
    """A diagnosis has cost what it may: there is none, and no verdict depends on it."""


class InstructorError(GraderError):
    """The assignment or the command line is wrong; the message says where and what to do."""


class CatalogError(InstructorError):
    """exercises.toml, a reference or a suite is inconsistent."""


class IntakeError(InstructorError):
    """A submission cannot be read at all."""


class UsageError(InstructorError):
    """An option or a path makes no sense."""


class StudentError(GraderError):
    """Something in the submission; becomes a verdict with a message.

    Parameters
    ----------
    key : str
        Name of the text to render, in `grader/texts`.
    **fields : str, int, float or None
        Values for the placeholders of the text.
    """

    verdict: ClassVar[str] = "errored_student"

    def __init__(self, key: str, /, **fields: Field) -> None:
        self.key = key
        self.fields: Mapping[str, Field] = fields
        listed = ", ".join(f"{name}={value!r}" for name, value in fields.items())
        super().__init__(f"{key}({listed})")

    def tell(self, **fields: Field) -> None:
        """Add to the fields what was found out later; what is empty tells nothing."""
        self.fields = {**self.fields, **{name: value for name, value in fields.items() if value}}


class NotWrittenError(StudentError):
    """The stub is still a stub."""

    verdict = "not_implemented"


class MissingNameError(StudentError):
    """The submission defines no such name."""

    verdict = "missing"


class CodeRaisedError(StudentError):
    """The submission's code raised an exception, or does not parse."""


class TimedOutError(StudentError):
    """No answer came before the deadline."""

    verdict = "timed_out"


class CrashedError(StudentError):
    """The worker died while it served the call."""

    verdict = "crashed"


class KilledError(CrashedError):
    """The worker was killed by SIGKILL: by its own code, or by a kernel that was out of memory."""


class RefusedError(StudentError):
    """The code attempted what the sandbox forbids."""

    verdict = "refused"


class UnusableValueError(StudentError):
    """The result is of a kind or size that cannot be compared."""

    verdict = "failed"


class WrongValueError(StudentError):
    """A value differs from the expected one."""

    verdict = "failed"


class NoDiagnosisWarning(UserWarning):
    """Why there is no diagnosis of an exercise: the catalogue, or what reads it, is wrong."""

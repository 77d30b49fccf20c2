"""What ``grader ci`` can write, and what it writes where nobody says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from grader.errors import HarnessError, UsageError
from grader.report import (
    autolab,
    classroom50,
    exercism,
    github,
    gitlab,
    gradescope,
    junit,
    prairielearn,
    sarif,
    text,
)
from grader.report.html import feedback_html
from grader.report.json import grade_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.catalog import Assignment
    from grader.model import Grade
    from grader.report.classroom50 import Push
    from grader.report.remarks import PathOf


@dataclass(frozen=True, slots=True)
class Around:
    """What a format may have to know besides the grade.

    Parameters
    ----------
    push : Push or None
        What Classroom 50 says of the push.
    path_of : callable
        Takes the name of a file of the submission; returns its path from the repository's root.
    """

    push: Push | None = None
    path_of: PathOf = str


Write = Callable[["Assignment", "Grade", str, Around], bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """One of ``grader ci``'s formats.

    Parameters
    ----------
    file_name : str
        What its readers expect the file to be called.
    write : callable
        Takes assignment, grade, language and what is around, and returns the file's bytes. For
        platforms that know no grade without a score it raises `HarnessError` or `IntakeError` when
        there is none.
    """

    file_name: str
    write: Write


@dataclass(frozen=True, slots=True)
class Platform:
    """Where ``grader ci`` may find itself.

    Parameters
    ----------
    sign : str
        A variable of the environment that is set there, or a path that exists there.
    formats : tuple of str
        What is read there.
    out : str
        Where it is looked for; empty for the current folder.
    """

    sign: str
    formats: tuple[str, ...]
    out: str = ""


# In this order: Classroom 50 runs on GitHub.
PLATFORMS: Final = (
    Platform("CLASSROOM", ("classroom50",)),
    Platform("GITHUB_ACTIONS", ("github",)),
    Platform("GITLAB_CI", ("gitlab", "junit")),
    Platform("/autograder/run_autograder", ("gradescope",), "/autograder/results"),
    Platform("/grade/data/data.json", ("prairielearn",), "/grade/results"),
)
ELSEWHERE: Final = Platform("", ("json",))


def platform_of(environ: Mapping[str, str], exists: Callable[[str], bool]) -> Platform:
    """Tell where this is, by what the platforms promise to set or to mount.

    Parameters
    ----------
    environ : mapping of str to str
        Variables.
    exists : callable
        Tells whether there is something at a path.
    """
    for platform in PLATFORMS:
        is_path = PurePosixPath(platform.sign).is_absolute()
        if exists(platform.sign) if is_path else environ.get(platform.sign):
            return platform
    return ELSEWHERE


def check_formats(names: Sequence[str], push: Push | None) -> None:
    """Tell before anything is graded that formats cannot be written.

    Raises
    ------
    UsageError
        When Classroom 50's is asked for elsewhere, or two have a file of the same name.
    """
    if "classroom50" in names and push is None:
        raise UsageError(
            "the classroom50 format needs what Classroom 50 sets for its autograder (CLASSROOM, "
            "ASSIGNMENT, SUBMISSION_TAG, COMMIT_URL, ...): run it there, or choose --format json"
        )
    written: dict[str, str] = {}
    for name in dict.fromkeys(names):
        file_name = FORMATS[name].file_name
        if file_name in written:
            raise UsageError(
                f"{written[file_name]} and {name} both write {file_name}; give one of them, and "
                "another folder for the other"
            )
        written[file_name] = name


def _classroom50(assignment: Assignment, grade: Grade, lang: str, around: Around) -> bytes:
    if around.push is None:
        raise HarnessError("a format was not checked before it was to be written")
    return classroom50.classroom50_json(assignment, grade, lang, around.push)


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "json": Format("grade.json", lambda _a, grade, lang, _: grade_json(grade, lang, "student")),
        "html": Format(
            "feedback.html",
            lambda assignment, grade, lang, _: feedback_html(assignment, grade, lang).encode(),
        ),
        "markdown": Format(
            "feedback.md",
            lambda assignment, grade, lang, _: github.step_summary(
                assignment, grade, lang
            ).encode(),
        ),
        "text": Format(
            text.FILE_NAME,
            lambda assignment, grade, lang, _: text.feedback_text(assignment, grade, lang).encode(),
        ),
        "junit": Format(
            junit.FILE_NAME,
            lambda assignment, grade, lang, _: junit.junit_xml(assignment, grade, lang),
        ),
        "sarif": Format(
            sarif.FILE_NAME,
            lambda assignment, grade, lang, around: sarif.sarif_json(
                assignment, grade, lang, around.path_of
            ),
        ),
        "github": Format(
            github.FILE_NAME,
            lambda assignment, grade, lang, _: github.step_summary(
                assignment, grade, lang
            ).encode(),
        ),
        "gitlab": Format(
            gitlab.FILE_NAME,
            lambda assignment, grade, lang, around: gitlab.code_quality_json(
                assignment, grade, lang, around.path_of
            ),
        ),
        "gradescope": Format(
            gradescope.FILE_NAME,
            lambda assignment, grade, lang, _: gradescope.gradescope_json(assignment, grade, lang),
        ),
        "classroom50": Format(classroom50.FILE_NAME, _classroom50),
        "exercism": Format(
            exercism.FILE_NAME,
            lambda assignment, grade, lang, _: exercism.exercism_json(assignment, grade, lang),
        ),
        "prairielearn": Format(
            prairielearn.FILE_NAME,
            lambda assignment, grade, lang, _: prairielearn.prairielearn_json(
                assignment, grade, lang
            ),
        ),
        "autolab": Format(autolab.FILE_NAME, lambda _a, grade, _l, _: autolab.autolab_json(grade)),
    }
)

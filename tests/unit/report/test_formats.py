"""Formats of further platforms, and which one is written where."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.cli.main import FORMATS as OFFERED
from grader.errors import HarnessError, IntakeError, UsageError
from grader.model import Message, Override, Place, Verdict
from grader.report import ELSEWHERE, FORMATS, Around, check_formats, platform_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.catalog import Assignment
    from grader.model import Grade

    SchemaErrors = Callable[[str, bytes], list[str]]

SCHEMAS = {
    "gitlab": "gitlab-code-quality.schema.json",
    "sarif": "sarif.schema.json",
    "exercism": "exercism-results-v3.schema.json",
    "prairielearn": "prairielearn-results.schema.json",
}
SCORED = {
    "autolab",
    "prairielearn",
}  # as gradescope and classroom50, these refuse what has no score
ROOT = Around(path_of=lambda name: f"hand in/{name}")


def written(name: str, assignment: Assignment, grade: Grade, around: Around = ROOT) -> bytes:
    """Write a grade."""
    return FORMATS[name].write(assignment, grade, "en", around)


def placed(grade: Grade, place: Place) -> Grade:
    """Let the first exercise have gone wrong at a place."""
    first, *rest = grade.exercises
    cases = tuple(msgspec.structs.replace(case, place=place) for case in first.cases)
    changed = msgspec.structs.replace(first, cases=cases)
    return msgspec.structs.replace(grade, exercises=(changed, *rest))


def test_the_command_offers_every_format() -> None:
    """By the same names, in the same order."""
    assert tuple(FORMATS) == OFFERED


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_documents_are_as_their_schema_says(
    assignment: Assignment, grades: list[Grade], schema_errors: SchemaErrors, name: str, lang: str
) -> None:
    """Whatever became of a submission, as far as the platform knows such a thing."""
    for grade in grades:
        if name in SCORED and grade.status == "not_graded":
            continue
        document = FORMATS[name].write(assignment, grade, lang, ROOT)
        assert schema_errors(SCHEMAS[name], document) == []


@pytest.mark.parametrize("name", ["markdown", "text", *SCHEMAS])
def test_the_same_grade_gives_the_same_bytes(
    assignment: Assignment, grade: Grade, name: str
) -> None:
    """Each time."""
    assert written(name, assignment, grade) == written(name, assignment, grade)


def test_gitlab_shows_entries_at_their_lines(assignment: Assignment, grade: Grade) -> None:
    """A notebook's at its first; what has no place is in the JUnit report alone."""
    script = json.loads(written("gitlab", assignment, placed(grade, Place("a.py", 7))))
    cell = json.loads(written("gitlab", assignment, placed(grade, Place("a.ipynb", 7, 3))))
    lost = json.loads(written("gitlab", assignment, grade, Around(path_of=lambda _: None)))

    (of_clip,) = [one for one in script if one["check_name"] == "grader/hw8/clip"]
    assert of_clip["location"] == {"path": "hand in/a.py", "lines": {"begin": 7}}
    assert of_clip["severity"] == "minor"
    (of_clip,) = [one for one in cell if one["check_name"] == "grader/hw8/clip"]
    assert of_clip["location"] == {"path": "hand in/a.ipynb", "lines": {"begin": 1}}
    assert lost == []
    fingerprints = [one["fingerprint"] for one in script]
    assert len(set(fingerprints)) == len(fingerprints)


def test_sarif_names_a_rule_for_each_exercise(assignment: Assignment, grade: Grade) -> None:
    """Results point at rules and, with escaped paths, at lines."""
    (run,) = json.loads(written("sarif", assignment, placed(grade, Place("a.py", 7))))["runs"]

    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    levels = {one["ruleId"]: one["level"] for one in run["results"]}
    assert levels["clip"] == "warning"
    assert levels["sample"] == "error"
    assert "optimize" not in levels
    (clip,) = [one for one in run["results"] if one["ruleId"] == "clip"]
    place = clip["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "hand%20in/a.py"
    assert place["region"] == {"startLine": 7}


def test_exercism_has_a_test_for_each_case(
    assignment: Assignment, grade: Grade, perfect: Grade, not_graded: Grade, secret: str
) -> None:
    """A task is an exercise; hidden cases have numbers for names."""
    document = json.loads(written("exercism", assignment, grade))

    assert document["status"] == "fail"
    assert {test["task_id"] for test in document["tests"]} == {1, 2, 3, 4, 5}
    assert "clip::hidden-1" in {test["name"] for test in document["tests"]}
    assert secret not in json.dumps(document)
    assert json.loads(written("exercism", assignment, perfect))["status"] == "pass"
    failed = json.loads(written("exercism", assignment, not_graded))
    assert (failed["status"], failed["tests"]) == ("error", [])


def test_exercism_is_told_no_more_than_it_reads(assignment: Assignment, grade: Grade) -> None:
    """500 kilobytes: messages are cut, the longest first, and no test is left out."""
    texts = ["short", *["said and said again\n" * 20] * 1000]
    first, *rest = grade.exercises
    cases = tuple(
        msgspec.structs.replace(
            first.cases[0],
            id=f"{first.cases[0].id}[{number}]",
            verdict=Verdict.FAILED,
            message=Message("demo_says", {"text": text}),
        )
        for number, text in enumerate(texts)
    )
    long = msgspec.structs.replace(first, cases=cases, diagnosis=None)
    big = msgspec.structs.replace(grade, exercises=(long, *rest))

    document = written("exercism", assignment, big)

    assert len(document) <= 500_000
    tests = [test for test in json.loads(document)["tests"] if test["task_id"] == 1]
    assert len(tests) == len(texts)
    assert "short" in tests[0]["message"]
    assert len(tests[1]["message"]) > 100


def test_prairielearn_is_told_a_part_of_one(
    assignment: Assignment, grade: Grade, unreadable: Grade, not_graded: Grade
) -> None:
    """What cannot be read costs no attempt there; where the grader failed, nothing is written."""
    document = json.loads(written("prairielearn", assignment, grade))
    nothing = json.loads(written("prairielearn", assignment, unreadable))

    assert document["score"] == pytest.approx(float(Fraction(41, 3) / 42))
    assert sum(test["points"] for test in document["tests"]) == pytest.approx(13.67)
    assert (nothing["gradable"], "score" in nothing) == (False, False)
    assert all(nothing["format_errors"])
    with pytest.raises(HarnessError):
        written("prairielearn", assignment, not_graded)


def test_prairielearn_is_told_no_more_than_it_reads(assignment: Assignment, grade: Grade) -> None:
    """A megabyte; texts are cut, points are not."""
    long = Message("demo_says", {"text": "said and said again\n" * 60_000})
    exercises = tuple(
        msgspec.structs.replace(one, override=remark)
        for one in grade.exercises
        for remark in [Override(1, one.points, one.score, "because " * 60_000, "prof", "now")]
    )
    big = msgspec.structs.replace(grade, notes=(long,), exercises=exercises)

    document = written("prairielearn", assignment, big)

    assert len(document) <= 1_000_000
    tests = json.loads(document)["tests"]
    assert len(tests) == len([one for one in grade.exercises if one.score is not None])
    assert all(test["message"] and test["points"] >= 0 for test in tests)


def test_autolab_is_told_in_one_line(
    assignment: Assignment, grade: Grade, unreadable: Grade, not_graded: Grade
) -> None:
    """Which has to be the last one."""
    line = written("autolab", assignment, grade).decode()

    assert line.count("\n") == 1
    assert json.loads(line) == {
        "scores": {
            "clip": 3.67,
            "sample": 0.0,
            "rnn_step_forward": 0.0,
            "optimize": 10.0,
            "GRUCell": 0.0,
        }
    }
    with pytest.raises(IntakeError):
        written("autolab", assignment, unreadable)
    with pytest.raises(HarnessError):
        written("autolab", assignment, not_graded)


def test_plain_text_tells_the_worst_first(assignment: Assignment, grade: Grade) -> None:
    """With what was handed in as it stands, but for what steers a terminal."""
    text = written("text", assignment, grade).decode()

    assert "Score: 13.67 / 42.00" in text
    assert text.index("Sample a word (sample)") < text.index("Clip gradients by value (clip)")
    assert text.index("(clip): 3.67 / 6.00") < text.index("(optimize): 10.00 / 10.00")
    assert "<are clipped>" in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("environ", "paths", "formats", "out"),
    [
        ({}, (), ("json",), ""),
        ({"GITHUB_ACTIONS": "true"}, (), ("github",), ""),
        ({"GITHUB_ACTIONS": "true", "CLASSROOM": "c"}, (), ("classroom50",), ""),
        ({"GITLAB_CI": "true"}, (), ("gitlab", "junit"), ""),
        ({"GITLAB_CI": ""}, (), ("json",), ""),
        ({}, ("/autograder/run_autograder",), ("gradescope",), "/autograder/results"),
        ({}, ("/grade/data/data.json",), ("prairielearn",), "/grade/results"),
    ],
)
def test_a_platform_is_known_by_what_it_sets(
    environ: dict[str, str], paths: tuple[str, ...], formats: tuple[str, ...], out: str
) -> None:
    """Or by what it mounts."""
    found = platform_of(environ, lambda path: path in paths)

    assert (found.formats, found.out) == (formats, out)
    assert (found is ELSEWHERE) == (formats == ("json",))


def test_two_files_of_one_name_are_refused() -> None:
    """The second would take the place of the first."""
    with pytest.raises(UsageError, match=r"gradescope and exercism both write results\.json"):
        check_formats(["json", "gradescope", "exercism"], None)

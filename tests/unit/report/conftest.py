"""A small assignment, grades of every kind, and golden files.

After a change that is meant, write the golden files anew and read the difference::

    GRADER_REFRESH_GOLDEN=1 pytest tests/unit/report && git diff tests/unit/report/golden
"""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from grader.catalog import Assignment
from grader.model import (
    CaseResult,
    Conditions,
    Diagnosis,
    Difference,
    Elements,
    Exercise,
    ExerciseResult,
    Explanation,
    Finding,
    Grade,
    Limits,
    Listing,
    Message,
    Place,
    Recipe,
    Status,
    Text,
    Verdict,
    Visibility,
)

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent / "golden"
SCHEMAS = Path(__file__).parents[3] / "data" / "schemas"
HIDDEN_TEXT = "s3cret"
CONDITIONS = Conditions(isolation="A", salt_fingerprint="5f3a90c2", suite_hash="9c1e44d07b21")


def _exercise(name: str, points: int, en: str, zh: str, *uses: str) -> Exercise:
    hints = (Text("Look.", "看一看。"),)
    return Exercise(name, "char_rnn", points, Text(en, zh), hints, (name,), uses)


def _passed(exercise: str, test: str, **changes: object) -> CaseResult:
    return _case(exercise, test, Verdict.PASSED, Message("passed"), **changes)


def _case(
    exercise: str, test: str, verdict: Verdict, message: Message, **changes: object
) -> CaseResult:
    fields: dict[str, object] = {
        "id": f"test_{exercise}.py::test_{test}",
        "exercise": exercise,
        "test": f"test_{exercise}.py::test_{test.partition('[')[0]}",
        "suite": "public",
        "visibility": Visibility.VISIBLE,
        "verdict": verdict,
        "message": message,
        "duration_s": 0.0125,
    }
    return CaseResult(**{**fields, **changes})  # type: ignore[arg-type]  # a bag of test fields


def _hidden(exercise: str, test: str, verdict: Verdict) -> CaseResult:
    """Return a hidden case every text of which holds the secret."""
    return _case(
        exercise,
        f"{test}[{HIDDEN_TEXT}]",
        verdict,
        Message("raised", {"exception": "ValueError", "text": HIDDEN_TEXT, "where": HIDDEN_TEXT}),
        suite="hidden",
        visibility=Visibility.HIDDEN,
        difference=Difference(
            "value", f"[{HIDDEN_TEXT!r}]", HIDDEN_TEXT, HIDDEN_TEXT, (1,), 0.5, 1e-7, 3, 9
        ),
        recipe=Recipe(f"{exercise}({HIDDEN_TEXT})", (HIDDEN_TEXT,), 99, HIDDEN_TEXT),
        place=Place("hw8.ipynb", 7, 5, HIDDEN_TEXT, HIDDEN_TEXT),
        output=HIDDEN_TEXT,
    )


def _result(
    exercise: Exercise,
    score: Fraction | None,
    *cases: CaseResult,
    carried: int = 0,
    diagnosis: Diagnosis | None = None,
) -> ExerciseResult:
    points = Fraction(exercise.points)
    return ExerciseResult(exercise.id, points, score, Fraction(carried), cases, diagnosis)


def _mistake(name: str, en: str, zh: str, ask_en: str, ask_zh: str) -> Explanation:
    return Explanation(name, Text(en, zh), Text(ask_en, ask_zh))


CLIP = _exercise("clip", 6, "Clip gradients by value", "按值裁剪梯度")
SAMPLE = _exercise("sample", 12, "Sample a word", "采样一个单词")
STEP = _exercise("rnn_step_forward", 6, "One step forward", "单步前向")
OPTIMIZE = _exercise("optimize", 10, "One step of training", "训练一步", "clip", "rnn_step_forward")
GRU = _exercise("GRUCell", 8, "A GRU cell <from scratch>", "从零实现 GRU 单元")
SPEED = _exercise("speed", 2, "Fast enough on a GPU", "在 GPU 上足够快")

WRONG_VALUE = Difference(
    kind="value",
    path="['dWax']",
    expected="0.1",
    actual="0.6273",
    index=(3, 1),
    error=0.5273,
    tolerance=1.3e-7,
    wrong=11,
    total=15,
    elements=Elements((5, 3), (), (".HL", "hLx", "LHH", "LL.", "..L")),
)

UPPER_ONLY = _mistake(
    "upper_only",
    "Only entries above max_value <are clipped>.",
    "只有大于 max_value 的元素<被裁剪>。",
    "What about those below -max_value?",
    "那小于 -max_value 的元素呢?",
)
RESET_AFTER = _mistake("reset_after", "r acts after the product.", "r 在乘积之后。", "r?", "r?")
RESET_UNUSED = _mistake("reset_unused", "r is not used.", "没有用到 r。", "Where?", "在哪?")
ONE_MISTAKE = Diagnosis(
    (UPPER_ONLY,),
    (),
    Place("hw8.ipynb", 2, 4, "", "def clip(<i>g</i>, max_value):"),
    code=Listing(
        "hw8.ipynb",
        2,
        (
            "def clip(<i>g</i>, max_value):",
            '    """</code></ol><script>alert(1)</script>"""',
            "    return 3 * g  # & more",
        ),
        4,
        below=7,
    ),
)
TWO_MISTAKES = Diagnosis((RESET_AFTER, RESET_UNUSED))
FINDINGS = Diagnosis(
    (),
    (
        Finding(
            Message("finding_factor", {"where": "result['<b>a</b>']", "factor": -2.5}),
            "test_sample.py::test_draws_with_the_right_probabilities",
            "public",
        ),
        Finding(
            Message("finding_summed", {"where": HIDDEN_TEXT, "axis": HIDDEN_TEXT}),
            f"test_sample.py::test_stops_at_newline[{HIDDEN_TEXT}]",
            "hidden",
        ),
    ),
    code=Listing(
        "hw8.ipynb",
        2,
        ("def sample(parameters):", "    y = softmax(parameters['<b>Wya</b>'] @ a)"),
        5,
        marked=(3,),
    ),
)


@pytest.fixture
def assignment() -> Assignment:
    """Six exercises worth 44 points."""
    return Assignment(
        id="hw8",
        title=Text("Recurrent networks & Seq2Seq", "循环神经网络与 Seq2Seq"),
        seed=8,
        exercises=(CLIP, SAMPLE, STEP, OPTIMIZE, GRU, SPEED),
        limits=Limits(),
        given={},
        folder=Path("assignments/hw8"),
        solution=Path("solutions/hw8"),
        golden=Path("data/golden/hw8.bin"),
    )


@pytest.fixture
def grade() -> Grade:
    """A grade that has something of everything; the student's texts are hostile."""
    clip = _result(
        CLIP,
        Fraction(11, 3),
        _passed("clip", "returns_five_arrays"),
        _case(
            "clip",
            "clips_every_gradient[0.1]",
            Verdict.FAILED,
            Message("wrong_value", {"call": "clip(gradients, 0.1)"}),
            difference=WRONG_VALUE,
            recipe=Recipe(
                "clip(gradients, 0.1)",
                (
                    "1. dict of 5: 'dWax': float64 array of shape (5, 3), "
                    "'dWaa': float64 array of shape (5, 5), ...",
                    "2. float 0.1",
                ),
                1234567,
                "assignments/hw8/test_clip.py::test_clips_every_gradient[0.1]",
            ),
            output="before clipping: 0.6273\n<script>alert('printed')</script>\n",
        ),
        _case(
            "clip",
            "clips_every_gradient[5.0]",
            Verdict.FAILED,
            Message("wrong_value", {"call": "clip(gradients, 5.0)"}),
        ),
        _hidden("clip", "clips_every_gradient", Verdict.FAILED),
        _hidden("clip", "clips_tiny", Verdict.PASSED),
        diagnosis=ONE_MISTAKE,
    )
    sample = _result(
        SAMPLE,
        Fraction(0),
        _case(
            "sample",
            "draws_with_the_right_probabilities",
            Verdict.ERRORED_STUDENT,
            Message(
                "raised",
                {
                    "exception": "KeyError",
                    "text": "'<b>Wya</b>' | `x` ::error::\x1b[31m",
                    "where": "hw8.ipynb[cell 5]:3",
                },
            ),
            place=Place("hw8.ipynb", 3, 5, "sample", "y = softmax(parameters['<b>Wya</b>'] @ a)"),
            recipe=Recipe("sample(parameters, char_to_ix, 0)", ("seed: int = 0",), 42, "x"),
        ),
        _hidden("sample", "stops_at_newline", Verdict.ERRORED_STUDENT),
        diagnosis=FINDINGS,
    )
    step = _result(
        STEP,
        Fraction(0),
        _case(
            "rnn_step_forward",
            "one_step",
            Verdict.NOT_IMPLEMENTED,
            Message("not_written", {"name": "rnn_step_forward"}),
        ),
    )
    optimize = _result(
        OPTIMIZE,
        Fraction(10),
        _passed("optimize", "loss", carried_forward=True),
        _passed("optimize", "parameters"),
        carried=5,
    )
    gru = _result(
        GRU,
        Fraction(0),
        _case(
            "GRUCell",
            "two_steps",
            Verdict.REFUSED,
            Message("refused", {"what": "opening /etc/passwd"}),
            place=Place("cells.py", 41, None, "forward", "open('/etc/passwd')"),
        ),
        diagnosis=TWO_MISTAKES,
    )
    speed = _result(SPEED, None, _case("speed", "ratio", Verdict.SKIPPED, Message("skipped_gpu")))
    return Grade(
        id="ada",
        name="Ada <Lovelace> & 张伟",
        assignment="hw8",
        status=Status.GRADED,
        score=Fraction(41, 3),
        max_score=Fraction(42),
        conditions=CONDITIONS,
        exercises=(clip, sample, step, optimize, gru, speed),
        notes=(Message("unreadable", {"file": "draft.ipynb", "reason": "not JSON"}),),
        duration_s=3.2512,
    )


@pytest.fixture
def not_graded() -> Grade:
    """A grade that the grader failed to make."""
    failed = _case("clip", "clips", Verdict.ERRORED_GRADER, Message("errored_grader"))
    return Grade(
        id="bob",
        name='=HYPERLINK("http://x")\nBob',
        assignment="hw8",
        status=Status.NOT_GRADED,
        score=None,
        max_score=Fraction(42),
        conditions=CONDITIONS,
        exercises=(
            _result(CLIP, None, failed),
            _result(SAMPLE, Fraction(12), _passed("sample", "all")),
        ),
    )


@pytest.fixture
def unreadable() -> Grade:
    """A grade of a submission without a readable file."""
    return Grade(
        id="../cy d",
        name="Cy \u202egro.live\u202c",
        assignment="hw8",
        status=Status.UNREADABLE,
        score=None,
        max_score=Fraction(42),
        conditions=CONDITIONS,
        notes=(Message("no_exercise_file"),),
    )


@pytest.fixture
def perfect() -> Grade:
    """A grade with full marks."""
    results = tuple(
        _result(exercise, Fraction(exercise.points), _passed(exercise.id, "all"))
        for exercise in (CLIP, SAMPLE, STEP, OPTIMIZE, GRU)
    )
    return Grade(
        id="dee",
        name="Dee",
        assignment="hw8",
        status=Status.GRADED,
        score=Fraction(42),
        max_score=Fraction(42),
        conditions=CONDITIONS,
        exercises=results,
        duration_s=1.0,
    )


@pytest.fixture
def grades(grade: Grade, not_graded: Grade, unreadable: Grade, perfect: Grade) -> list[Grade]:
    """A class of four, out of order."""
    return [perfect, grade, unreadable, not_graded]


@pytest.fixture
def secret() -> str:
    """Return what stands in every text of a hidden case."""
    return HIDDEN_TEXT


@pytest.fixture
def golden() -> Callable[[str, str | bytes], None]:
    """Compare a report with its golden file, or write that anew."""

    def compare(name: str, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        path = GOLDEN / name
        if os.environ.get("GRADER_REFRESH_GOLDEN"):
            path.write_bytes(data)
        assert data.decode() == path.read_bytes().decode()

    return compare


@pytest.fixture
def schema_errors() -> Callable[[str, bytes], list[str]]:
    """Check a document against one of the stored schemas, and return what is wrong with it."""

    def check(name: str, document: bytes) -> list[str]:
        schema = json.loads((SCHEMAS / name).read_bytes())
        Draft202012Validator.check_schema(schema)
        found = Draft202012Validator(schema).iter_errors(json.loads(document))
        return [f"{error.json_path}: {error.message}" for error in found]

    return check

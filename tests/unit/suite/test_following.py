"""Where an exercise goes wrong: the first value that is no step of the solution, and silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from grader.model import Verdict
from grader.suite import preparing
from grader.suite.session import RunSettings

if TYPE_CHECKING:
    from grader.model import Fault

RIGHT: Final = """
def double(x):
    total, out = 0 * x[0], []
    for row in x:
        gate = 1 / (1 + row * row)
        total = gate * total + (1 - gate) * row
        out.append(2 * total)
    return np.array(out)
"""
SUITE: Final = """
    @pytest.mark.parametrize("n", [4, 6])
    def test_doubles(check, rng, n):
        check.double(rng.standard_normal((n, 3)))
"""


@pytest.fixture(autouse=True)
def values_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the search among edits, which may well find the same line: one is too few."""
    monkeypatch.setattr(preparing, "SETTINGS", RunSettings(edits=1))


@pytest.fixture
def steps(course: Any) -> Any:
    """A course whose exercise has steps, turns and a state."""
    head = "import numpy as np\n\ndef halve(x):\n    return x / 2\n\n"
    total = "\n\ndef total(x):\n    return double(x).sum()\n"
    course.write("solutions/tiny/answers.py", head + RIGHT.strip() + total)
    toml = (course.folder / "exercises.toml").read_text("utf-8")
    formulas = 'id = "double"\nformulas = ["total_t = g * total_{t-1} + (1 - g) * x_t", "z = x"]'
    course.write("assignments/tiny/exercises.toml", toml.replace('id = "double"', formulas))
    course.suite(SUITE)
    return course


def _run(course: Any, code: str, *options: str) -> Any:
    return course.run(*options, submission=course.answer("import numpy as np\n\n" + code.strip()))


def _fault(run: Any) -> Fault | None:
    found = run.diagnoses.get("double")
    return None if found is None else found.fault


def _lines(run: Any) -> list[str]:
    fault = _fault(run)
    return [] if fault is None else [place.text for place in fault.places]


WRONG: Final = RIGHT.replace("(1 - gate) * row", "(1 - gate) * row + total.mean()")
OTHER: Final = """
def double(x):
    g = np.reciprocal(1 + x ** 2)
    fed = x - g * x
    s = np.zeros((len(x) + 1, x.shape[1]))
    for t in range(len(x)):
        s[t + 1] = g[t] * s[t] + np.tanh(fed[t])
    return 2 * s[1:]
"""


@pytest.mark.parametrize("isolated", [(), ("--isolate",)])
def test_the_line_the_value_and_what_is_right_are_told(
    steps: Any, isolated: tuple[str, ...]
) -> None:
    """In this process and in workers, with the handout's formula for what is computed there."""
    run = _run(steps, WRONG, *isolated)

    fault = _fault(run)
    assert fault is not None
    assert _lines(run) == ["total = gate * total + (1 - gate) * row + total.mean()"]
    assert fault.departure is not None
    assert fault.departure.text == "gate * total + (1 - gate) * row + total.mean()"
    assert "gate" in fault.departure.right
    assert fault.departure.turn == 2
    assert fault.formulas == ("total_t = g * total_{t-1} + (1 - g) * x_t",)
    assert run.diagnoses["double"].code.marked == (fault.places[0].line,)
    line = fault.places[0].line
    assert (
        f"Where it goes wrong: line {line}. The first value that is not right in every case: "
        "gate * total + (1 - gate) * row + total.mean(), from turn 2 of the loop in line "
        f"{line - 2} on."
    ) in " ".join(run.text.split())
    assert "the results of all 2 public cases are right." in " ".join(run.text.split())
    assert f"Right up to there: row, gate (line {line - 2} to {line - 1})." in " ".join(
        run.text.split()
    )


def test_it_is_told_in_chinese(steps: Any) -> None:
    """In the language of the run."""
    run = _run(steps, WRONG, "--lang", "zh")

    text = "".join(run.text.split())
    assert "第一个并非在所有用例里都正确的值" in text
    assert "gate*total+(1-gate)*row+total.mean()" in text
    assert "全部2个公开用例的结果就都对" in text
    assert "在此之前都正确的值" in text


def test_the_style_does_not_matter(steps: Any) -> None:
    """All steps at once where the reference has a loop; other names, another order of terms."""
    run = _run(steps, OTHER)

    assert _lines(run) == ["s[t + 1] = g[t] * s[t] + np.tanh(fed[t])"]


def test_helpers_are_followed(steps: Any) -> None:
    """Whoever calls what goes wrong inside is not told."""
    helper = "def _mix(g, s, r):\n    return g * s + (1 - g) * np.tanh(r)\n\n"
    run = _run(
        steps,
        helper + RIGHT.replace("gate * total + (1 - gate) * row", "_mix(gate, total, row)").strip(),
    )

    assert _lines(run) == ["return g * s + (1 - g) * np.tanh(r)"]


class TestSilence:
    """When nothing is said of values."""

    @pytest.mark.parametrize("code", [RIGHT, OTHER.replace("np.tanh(fed[t])", "fed[t]")])
    def test_of_what_is_right(self, steps: Any, code: str) -> None:
        """However it is computed."""
        run = _run(steps, code)

        assert run.diagnoses == {}

    def test_without_solutions(self, steps: Any) -> None:
        """A student's copy has no values of the reference's."""
        steps.release()
        steps.solution.rename(steps.root / "elsewhere")

        run = _run(steps, WRONG)

        assert run.verdicts["test_doubles[4]"] == Verdict.FAILED
        assert _fault(run) is None

    def test_where_two_lines_are_wrong(self, steps: Any) -> None:
        """One value put right is not all that it takes."""
        code = WRONG.replace("out.append(2 * total)", "out.append(2.5 * total)")

        assert _lines(_run(steps, code)) == []

    def test_where_right_values_are_mixed_up_in_many_lines(self, steps: Any) -> None:
        """A value of the solution's in a wrong place could have come from anywhere."""
        code = """
def double(x):
    out, gates = [], []
    for row in x:
        gates.append(1 / (1 + row * row))
    gates = gates[::-1]
    total = 0 * x[0]
    for row, gate in zip(x, gates):
        total = gate * total + (1 - gate) * row
        out.append(2 * total)
    return np.array(out)
"""

        assert _lines(_run(steps, code)) == []

    def test_where_an_error_comes_up(self, steps: Any) -> None:
        """It says more."""
        assert _fault(_run(steps, WRONG.replace("total.mean()", "total.nothing()"))) is None

    def test_where_only_one_case_is_put_right(self, steps: Any) -> None:
        """All of them have to be."""
        odd = "(np.tanh(row) if len(x) == 4 else row + (len(x) == 6))"
        code = RIGHT.replace("(1 - gate) * row", f"(1 - gate) * {odd}")

        fault = _fault(_run(steps, code))

        assert fault is None or fault.cases == 2

    def test_out_of_time(self, steps: Any) -> None:
        """Verdicts stay."""
        toml = (steps.folder / "exercises.toml").read_text("utf-8")
        short = toml.replace("call_s = 1.0", "call_s = 1.0\ndiagnosis_s = 0.001")
        steps.write("assignments/tiny/exercises.toml", short)

        run = _run(steps, WRONG, "--isolate")

        assert run.verdicts["test_doubles[4]"] == Verdict.FAILED
        assert _fault(run) is None


def _first(code: str) -> str:
    """Put something before all that the wrong version does."""
    return WRONG.replace("    total, out", f"{code}\n    total, out")


ODD: Final = """    class Odd:
        __array__ = None
        __len__ = None

    odd = Odd()
    [odd, {0: odd}, odd]"""
MARK: Final = "__grader_saw__"
HOSTILE: Final = {
    "traces": "import sys\n\nsys.settrace(lambda *a: None)\n" + WRONG,
    "lies to the recorder": _first(f"    __builtins__['{MARK}'] = lambda n, v: 7"),
    "tells too much": _first("    for i in range(30000):\n        i + 1"),
    "tells what is no value": _first(ODD),
    "ends when recorded": _first(
        f"    import os\n    if '{MARK}' in __builtins__:\n        os._exit(0)"
    ),
    "is right when recorded": _first(f"    if '{MARK}' in __builtins__:\n        return 2 * x"),
}


@pytest.mark.proof  # each has a server of its own
@pytest.mark.parametrize("code", HOSTILE.values(), ids=HOSTILE)
def test_what_is_hostile_changes_no_verdict(steps: Any, code: str) -> None:
    """It may lose its diagnosis, and nothing else changes."""
    steps.hurry("diagnosis_s = 6.0")

    run = _run(steps, code, "--isolate")

    assert run.verdicts["test_doubles[4]"] == Verdict.FAILED
    assert run.verdicts["test_doubles[6]"] == Verdict.FAILED
    assert "INTERNALERROR" not in run.text
    assert "NoDiagnosisWarning" not in run.text
    assert all(line in code for line in _lines(run))

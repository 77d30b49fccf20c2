"""A rule of an exercise costs what breaks it, is told in words, and is the same everywhere."""

from __future__ import annotations

from typing import Any

import pytest

from grader.texts import render

RULE = """
[rules.alone]
forbids = ["torch"]
reason = { en = "Do it by hand.", zh = "自己动手。" }
"""
BROKEN = "import torch\ndef double(x):\n    return 2 * torch.from_numpy(x).numpy()"
ROUNDABOUT = "def double(x):\n    return __import__('importlib').import_module('torch').add(x, x)"


@pytest.fixture
def ruled(course: Any) -> Any:
    """The tiny assignment, whose exercises are to do without torch."""
    text = (course.folder / "exercises.toml").read_text("utf-8")
    text = text.replace("points", 'rules = ["alone"]\npoints') + RULE
    course.write("assignments/tiny/exercises.toml", text)
    return course


@pytest.mark.parametrize("text", [BROKEN, ROUNDABOUT], ids=["plain", "roundabout"])
def test_a_broken_rule_is_refused_at_home_and_in_a_worker_alike(ruled: Any, text: str) -> None:
    """Verdict, name, reason and line are the same wherever the code runs."""
    answer = ruled.answer(text)

    home, apart = ruled.run(submission=answer), ruled.run("--isolate", submission=answer)

    first = home.result("test_doubles[2]")
    assert (first.verdict, first.message.key) == ("refused", "forbidden")
    said = render(first.message, "en")
    assert "double uses torch." in said
    assert said.endswith("which this exercise does not allow. Do it by hand.")
    assert render(first.message, "zh").endswith("自己动手。")
    assert first.place.line == len(answer.read_text("utf-8").rstrip().split("\n"))
    other = apart.result("test_doubles[2]")
    assert (other.verdict, other.message, other.place) == (
        first.verdict,
        first.message,
        first.place,
    )


def test_a_refused_upstream_is_a_wrong_upstream(ruled: Any) -> None:
    """What is built on it is judged with the reference's version, and earns its points."""
    run = ruled.run(submission=ruled.answer(BROKEN))

    assert run.result("test_totals").carried_forward
    assert run.verdicts["test_doubles[2]"] == "refused"


def test_a_rule_is_silent_where_it_is_kept(ruled: Any) -> None:
    """A file that imports torch for other exercises earns everything."""
    text = """
    import torch
    from torch import nn
    class Cell(nn.Module):
        pass
    def double(x):
        return x + x if not isinstance(x, torch.Tensor) else x
    """

    run = ruled.run(submission=ruled.answer(text))

    assert set(run.verdicts.values()) == {"passed"}

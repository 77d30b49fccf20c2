"""Make a runner of what pytest has collected: the cases, the submission, the reference."""

from __future__ import annotations

import functools
import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_timeout import is_debugging  # type: ignore[import-untyped]  # it has no types

from grader import clock
from grader.diagnose import pick_language, render
from grader.errors import IntakeError, UsageError
from grader.intake import read_given, read_submission
from grader.sandbox import LocalTransport
from grader.suite.collection import Cases
from grader.suite.golden import Golden
from grader.suite.grading import Grading
from grader.suite.reference import Reference
from grader.suite.runner import Runner
from grader.suite.summary import Rerun
from grader.suite.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Collection

    from grader.catalog import Assignment


def prepare(config: pytest.Config, items: list[pytest.Item]) -> Runner:
    """Sort the items by exercise and make ready the submission that the options name."""
    cases = Cases(items)
    cases.keep_exercise(config, items)
    items.sort(key=cases.order)
    runner = Runner(cases, {}, pick_language(config.getoption("lang"), os.environ))
    path = config.getoption("submission")
    if path is not None and len(cases.assignments) != 1:
        raise UsageError("--submission goes with the suites of one assignment")
    isolate = bool(config.getoption("isolate"))
    runner.timing = Timing(config.getoption("timing"), confined=isolate)
    runner.open_worker = runner.isolated if isolate else None
    for assignment in cases.assignments:
        replay = bool(config.getoption("replay")) or not assignment.solution.is_dir()
        target = assignment.folder if path is None else Path(path)
        _target(runner, assignment, target, replay=replay, isolate=isolate)
        folder = _seen_from(config.invocation_params.dir, assignment.folder)
        runner.reruns[assignment.id] = Rerun(folder, path or "")
    for item in items:
        owner = cases.get(item)
        if owner is not None:
            runner.items[owner[0].id, owner[1].id] = item
            _speak_plainly(runner, item)
            if config.pluginmanager.has_plugin("warnings"):
                # No project's settings may turn a warning into an error of a case.
                item.add_marker(pytest.mark.filterwarnings("ignore"))
        if owner is not None and not isolate:
            # Each call has its own bound. This is for what those cannot end, such as a lock in C.
            limits = owner[0].limits
            bound_s = limits.load_s + (owner[1].timeout_s or limits.call_s)
            item.add_marker(pytest.mark.timeout(clock.patience_s(bound_s)))
    if not isolate and any(case.exercise.torch for _, case in cases):
        _warm_up(
            {
                owner.folder / f"{case.exercise.module}.py"
                for owner, case in cases
                if case.exercise.torch
            }
        )
    if not cases.foreign:
        _hush(config)
    return runner


def _target(
    runner: Runner, assignment: Assignment, path: Path, *, replay: bool, isolate: bool
) -> None:
    """Read the submission to one assignment, and whatever it is compared with."""
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    submission = read_submission(
        path, modules=assignment.modules, exercises=names, assignment=assignment.id
    )
    if submission.source is None:
        reason = render(submission.problem, runner.lang) if submission.problem else ""
        raise IntakeError(f"{path} cannot be graded: {reason}")
    golden = Golden.read(assignment.golden) if replay else Golden()
    runner.submissions[assignment.id] = submission
    runner.gradings[assignment.id] = Grading(
        assignment,
        submission.source,
        read_given(assignment.folder, assignment.given),
        Reference(assignment, golden, live=not replay),
        functools.partial(runner.isolated, assignment.limits)
        if isolate
        else functools.partial(LocalTransport, limits=assignment.limits, held=is_debugging),
        patient=not isolate,
    )


def _seen_from(here: Path, folder: Path) -> str:
    """Return a path as one types it in a folder: relative if it lies below."""
    below = folder.is_relative_to(here.resolve())
    return str(folder.relative_to(here.resolve()) if below else folder)


def _warm_up(stubs: Collection[Path]) -> None:
    """Import torch before any case is timed; from a cold disk that may take longer than a call may.

    The first optimizer imports torch's compiler as well, which takes longer than all the rest.
    """
    torch = importlib.import_module("torch")
    if any(path.is_file() and "optim" in path.read_text("utf-8") for path in stubs):
        torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1).step()


def _speak_plainly(runner: Runner, item: pytest.Item) -> None:
    """Let a failing case be reported in words for the student, without a traceback."""
    original = item.repr_failure

    def repr_failure(excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ARG001 - pytest's own signature
        words = runner.words_for(item, excinfo.value)
        return original(excinfo) if words is None else words

    item.repr_failure = repr_failure  # type: ignore[method-assign]  # one item, not the class


def _hush(config: pytest.Config) -> None:
    """Leave out pytest's own sections, which the table replaces, unless they are asked for."""
    asked = any(str(arg).startswith(("--tb", "-r")) for arg in config.invocation_params.args)
    if not asked:
        config.option.tbstyle = "no"
        config.option.reportchars = ""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.reportchars = ""

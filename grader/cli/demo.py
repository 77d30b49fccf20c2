"""``grader demo``: run one of the systems of an assignment and watch it learn."""

from __future__ import annotations

import os
import sys
import types
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.catalog import all_assignments, demo_path, find_assignment, load_demos
from grader.cli.stage import Code, Screen, Show
from grader.errors import CatalogError, Field, UsageError
from grader.intake import read_given, read_submission
from grader.model import Message
from grader.report.chart import can_draw, chart_svg
from grader.texts import pick_language, render
from grader.worker.namespace import Namespace
from grader.worker.randomness import seed_all

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from grader.catalog import Assignment
    from grader.model import Demo

CANNOT_GO_ON: Final = 1
INTERRUPTED: Final = 130


def demo(options: argparse.Namespace) -> int:
    """Run a system, or list them; see ``grader demo --help``."""
    lang = pick_language(options.lang, os.environ)
    named, system = _words(options)
    assignments = (
        all_assignments(options.root) if named is None else [find_assignment(named, options.root)]
    )
    there = [(assignment, one) for assignment in assignments for one in load_demos(assignment)]
    if system is None:
        _list([one for _, one in there], lang)
        return 0
    found = [(assignment, one) for assignment, one in there if one.id == system]
    if not found:
        known = ", ".join(one.id for _, one in there) or "none"
        raise UsageError(f"no system {system!r}; there is {known}")
    if len(found) > 1:
        owners = ", ".join(assignment.id for assignment, _ in found)
        raise UsageError(f"{owners} have a system {system}: grader demo {found[0][0].id} {system}")
    return _run(*found[0], options, lang)


def _words(options: argparse.Namespace) -> tuple[str | None, str | None]:
    """Tell which assignment is named and which system; one word alone may be either."""
    named, system = options.assignment, options.system
    if named is None or system is not None:
        return named, system
    is_assignment = (options.root / "assignments" / named / "exercises.toml").is_file()
    return (named, None) if is_assignment else (None, named)


def _list(demos: list[Demo], lang: str) -> None:
    if not demos:
        raise UsageError("no systems here; run this in the folder that holds assignments/")
    width = max(len(one.id) for one in demos)
    for one in demos:
        print(f"{one.id:{width}}  {one.title.in_language(lang)}")


def _run(assignment: Assignment, one: Demo, options: argparse.Namespace, lang: str) -> int:
    """Run one demo; exit code 1 if the code that it calls does not let it go on."""
    text = _check_options(assignment, one, options)
    seed = (one.seed or 0) if options.seed is None else options.seed
    path, namespace = _namespace(assignment, one, options.submission, lang)
    code = Code(namespace, path)
    iterations = options.iterations or one.iterations or 0
    data = options.data or ""
    show = Show(Screen(), lang, iterations=iterations, seed=seed, text=text, data=data)
    begins: dict[str, Field] = {"system": one.id, "code": path, "text": text or None}
    begins["seed"] = None if one.seed is None else seed
    show.say(render(Message("demo_begins", begins), lang))
    ended, problem = 0, None
    script = demo_path(assignment, one)
    run = _load(script)
    with namespace, show:
        seed_all(seed)
        try:
            run(code, show)
        except KeyboardInterrupt:
            ended, problem = INTERRUPTED, Message("demo_interrupted")
        except BrokenPipeError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a submission's code has run
            ended, problem = CANNOT_GO_ON, code.explain(error, script)
    if problem is not None:
        sys.stdout.flush()
        print(render(problem, lang), file=sys.stderr)
    if options.plot is not None:
        _plot(show, options.plot, lang)
    return ended


def _check_options(assignment: Assignment, one: Demo, options: argparse.Namespace) -> str:
    """Refuse what the system has no use for; return the path of the text that it reads, if any."""
    for name, takes, why in [
        ("iterations", one.iterations is not None, "does not train"),
        ("seed", one.seed is not None, "draws no random numbers"),
        ("text", one.text is not None, "reads no text"),
        ("data", one.data, "reads no data of your own"),
        ("plot", one.curve, "has no curve"),
    ]:
        if getattr(options, name) is not None and not takes:
            raise UsageError(f"{one.id} {why}; leave --{name} out")
    plot: Path | None = options.plot
    if plot is not None and (plot.suffix.lower() != ".svg" or not plot.parent.is_dir()):
        raise UsageError(f"cannot plot into {plot}: give a .svg file in a folder that exists")
    if one.text is None:
        return ""
    text: Path = options.text or options.root / one.text
    if options.text is None and not text.is_file():
        # The archive may have been unpacked elsewhere than where the command is run.
        text = assignment.folder.parent.parent / one.text
    _check_text(text)
    return str(text)


def _check_text(path: Path) -> None:
    if zipfile.is_zipfile(path):
        return  # whoever reads it knows what is in it
    try:
        lines = path.read_bytes().decode("utf-8").split()
    except OSError as error:
        raise UsageError(f"the text {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"the text {path} is not UTF-8 (byte {error.start}); save it as UTF-8"
        ) from error
    if not lines:
        raise UsageError(f"the text {path} is empty; it needs one name a line")


def _namespace(
    assignment: Assignment, one: Demo, submission: Path | None, lang: str
) -> tuple[str, Namespace]:
    """Read the code to run: a submission, else the reference, else the stubs."""
    default = assignment.solution if assignment.solution.is_dir() else assignment.folder
    path = submission or Path(os.path.relpath(default))
    exercises = {exercise.id: exercise.names for exercise in assignment.exercises}
    read = read_submission(
        path, modules=assignment.modules, exercises=exercises, assignment=assignment.id
    )
    if read.source is None:
        problem = render(read.problem, lang) if read.problem else "nothing in it can be read"
        raise UsageError(f"{path}: {problem}")
    given = read_given(assignment.folder, assignment.given)
    return str(path), Namespace(read.source, given, one.module)


def _load(script: Path) -> Callable[[Code, Show], None]:
    """Run a demo's module and return its ``run``; it is the assignment's, not a submission's."""
    module = types.ModuleType(script.stem)
    exec(compile(script.read_text("utf-8"), str(script), "exec"), module.__dict__)  # noqa: S102
    run: Callable[[Code, Show], None] | None = module.__dict__.get("run")
    if run is None:
        raise CatalogError(f"{script} defines no function run(code, show)")
    return run


def _plot(show: Show, path: Path, lang: str) -> None:
    chart = show.chart()
    if chart is None or not can_draw(chart):
        show.say(render(Message("demo_nothing_to_plot"), lang))
        return
    try:
        path.write_text(chart_svg(chart), "utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    show.say(render(Message("demo_plotted", {"file": str(path)}), lang))

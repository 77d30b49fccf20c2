"""The exercise that a notebook runs from the top in a fresh kernel.

A kernel talks through sockets, which a worker must not have. So the cells are run where everything
else of a submission is run, in a worker of their own: one call a cell, in a namespace that they
share, with a deadline for each. Magics are left out, and packages that only show show nothing.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

import msgspec

from grader import wire
from grader.errors import CodeRaisedError, HarnessError, NotWrittenError, StudentError
from grader.intake.executable import notebooks_of
from grader.model import Message, Visibility
from grader.suite.case import Case
from grader.suite.performing import Outcome
from grader.suite.timing import SkippedError
from grader.trees import Flaw, parse

if TYPE_CHECKING:
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.intake.executable import RunCell
    from grader.sandbox import Client
    from grader.suite.grading import Grading
    from grader.suite.performing import Supplies
    from grader.suite.session import Suites

CASE: Final = "notebook::runs_from_the_top"
RUNNER: Final = "notebook_runner"
# Run in the worker, in front of the submission's modules; the cells' frames follow its own.
_RUNNER_TEXT: Final = """
_SCOPE = {"__name__": "__main__", "__builtins__": __builtins__}

def run_cell(text, filename):
    import ast, inspect
    code = compile(text, filename, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True)
    if code.co_flags & inspect.CO_COROUTINE:
        _loop().run_until_complete(eval(code, _SCOPE))
    else:
        exec(code, _SCOPE)

def _loop():
    import asyncio, time

    class Loop(asyncio.BaseEventLoop):
        # Waits for times alone: others watch a socket of their own, which a worker may not have.
        def __init__(self):
            super().__init__()
            self._selector = self

        def select(self, timeout=None):
            time.sleep(0.01 if timeout is None else max(0, timeout))
            return []

        def _process_events(self, events):
            pass

        def _write_to_self(self):
            pass

    return Loop()

def put_file(name, data, adds):
    import os, sys
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "ab" if adds else "wb") as opened:
        opened.write(data)
"""
_NAMES: Final = ("_SCOPE", "run_cell", "put_file", "_loop")
_NOBODY: Final = ("nobody asks for this",)


def with_notebook(suites: Suites) -> Suites:
    """Add the case that runs notebooks, where the assignment asks for it."""
    assignment = suites.assignment
    exercise = assignment.notebook_exercise
    if exercise is None:
        return suites
    case = Case(CASE, CASE, exercise, "public", Visibility.VISIBLE, Fraction(1))
    return msgspec.structs.replace(
        suites, cases=(*suites.cases, case), tests={**suites.tests, CASE: _perform}
    )


def _perform(supplies: Supplies) -> Outcome:
    """Run every notebook of a submission; see `grader.suite.performing`."""
    grading = supplies.grading
    try:
        notebooks = notebooks_of(grading.source)
        if not notebooks:
            raise SkippedError(Message("notebook_none"))
        for name, cells in notebooks.items():
            _run(grading, name, cells)
    except (Exception, SkippedError) as error:  # noqa: BLE001 - it becomes a verdict, as any test's
        return Outcome(error)
    return Outcome()


def _run(grading: Grading, name: str, cells: tuple[RunCell, ...]) -> None:
    assignment = grading.assignment
    client = grading.runner(_source(grading.source, cells), RUNNER, ("run_cell", "put_file"))
    try:
        for path in assignment.data:
            _put_data(client, assignment, path)
        for cell in cells:
            grading.account.check()
            _run_cell(client, name, cell, assignment.notebook.cell_s)
    finally:
        grading.keep_output(client)
        client.close()


def _put_data(client: Client, assignment: Assignment, path: Path) -> None:
    """Lay a file of the course where a notebook may look for it: below data/, and beside itself."""
    if not path.is_file():
        return
    for name in (assignment.data_name(path), path.name):
        try:
            client.call("put_file", [name, path.read_bytes(), False])
        except StudentError as error:
            raise HarnessError(
                f"{path.name} could not be laid beside a notebook: {error}"
            ) from error


def _run_cell(client: Client, name: str, cell: RunCell, cell_s: float) -> None:
    what = f"{name}, cell {cell.number}"
    if cell.writes:
        client.call("put_file", [cell.writes, cell.text.encode(), cell.adds], what=what)
        return
    tree = parse(cell.text)
    if isinstance(tree, Flaw) and "await" not in cell.text:
        raise CodeRaisedError(
            "notebook_raised", name=what, exception="SyntaxError", text=tree.text,
            where=f"{cell.filename}:{tree.line}", filename=cell.filename, line=tree.line,
        )  # fmt: skip
    try:
        client.call("run_cell", [cell.text, cell.filename], what=what, timeout_s=cell_s)
    except NotWrittenError as error:
        raise CodeRaisedError(
            "notebook_raised", name=what, exception="NotImplementedError", text=""
        ) from error
    except CodeRaisedError as error:
        raise _told(error, what) from error


def _told(error: CodeRaisedError, what: str) -> CodeRaisedError:
    """Say what a cell did in the words of a notebook."""
    if error.key in {"raised", "file_not_there"}:
        return CodeRaisedError("notebook_raised", **{**error.fields, "name": what})
    if error.key == "global_unknown":
        return CodeRaisedError("notebook_unknown", **{**error.fields, "cell": what})
    return error


def _source(source: wire.Source, cells: tuple[RunCell, ...]) -> wire.Source:
    """Put the runner before a submission's modules, and the cells beside it, for tracebacks.

    Nobody asks for the cells by a name, so that no loading runs them. Of the notebooks nothing else
    is there; modules that were handed in beside them can be imported.
    """
    runner = wire.Module(
        RUNNER, RUNNER, (wire.Piece(_RUNNER_TEXT, RUNNER, 1, "definition", _NAMES),)
    )
    shown = tuple(
        wire.Piece(cell.text, cell.filename, 1, "definition", (), _NOBODY) for cell in cells
    )
    beside = [
        msgspec.structs.replace(module, left_out=(), unwritten=())
        for module in source.modules
        if not module.cells
    ]
    texts = {cell.filename: cell.text for cell in cells}
    notebook = wire.Module("__notebook__", "notebook", shown, cells=texts)
    return wire.Source((runner, notebook, *beside))

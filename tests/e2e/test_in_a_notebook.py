"""`%check` in a real kernel: what it shows, and that the kernel stays as it was."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

from tests.tiny import write_tiny, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

LOAD: Final = "%load_ext grader"
IMPORT: Final = "import numpy as np"
WRONG: Final = "def double(x):\n    return x + 1"
RIGHT: Final = "def double(x):\n    return 2 * x"
TOTAL: Final = "def total(x):\n    return double(x).sum()"
# What a kernel is, as far as somebody could change it from within.
STATE: Final = """
def _state():
    import os, random, signal, sys, threading, warnings
    import numpy
    return {
        "names": {name: id(value) for name, value in globals().items() if name[0] != "_"},
        "modules": sorted(sys.modules),
        "path": list(sys.path), "meta_path": list(map(id, sys.meta_path)),
        "random": random.getstate(), "numpy": str(numpy.random.get_state()),
        "folder": os.getcwd(), "environ": dict(os.environ),
        "warnings": list(map(str, warnings.filters)), "streams": (id(sys.stdout), id(sys.stderr)),
        "alarm": signal.getsignal(signal.SIGALRM), "interrupt": signal.getsignal(signal.SIGINT),
        "threads": threading.active_count(), "recursion": sys.getrecursionlimit(),
        "hooks": (sys.gettrace(), sys.getprofile(), sys.excepthook),
        "last": get_ipython().user_ns.get("_"), "outs": sorted(Out),
    }
"""


class Kernel:
    """A kernel that runs one cell after the other, as a student does."""

    def __init__(self, client: NotebookClient) -> None:
        self._client = client

    def run(self, text: str) -> list[dict[str, Any]]:
        """Run a cell; return what it shows."""
        cell = nbformat.v4.new_code_cell(text)
        self._client.nb.cells.append(cell)
        self._client.execute_cell(cell, len(self._client.nb.cells) - 1)
        return list(cell.outputs)

    def check(self, text: str) -> Mapping[str, str]:
        """Run a cell that checks; return what that shows, by type."""
        (shown,) = (out["data"] for out in self.run(text) if out["output_type"] == "display_data")
        return dict(shown)

    def value(self, text: str) -> Any:
        """Print something as JSON and read it."""
        (shown,) = self.run(f"import json; print(json.dumps({text}))")
        assert shown["output_type"] == "stream", shown
        return json.loads(shown["text"])


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course, as students have it."""
    root = tmp_path_factory.mktemp("course")
    write_tiny(root)
    return root


@pytest.fixture(scope="module")
def kernel_in() -> Iterator[Callable[..., Kernel]]:
    """Start kernels in folders, with variables of the environment besides."""
    opened = []

    def start(folder: Path, *cells: str, **environ: str) -> Kernel:
        notebook = nbformat.v4.new_notebook()
        client = NotebookClient(
            notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}}
        )
        client.create_kernel_manager()
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("JPY_SESSION_NAME", raising=False)
            for name, text in environ.items():
                patch.setenv(name, text)
            client.start_new_kernel()
        client.start_new_kernel_client()
        opened.append(client)
        kernel = Kernel(client)
        for cell in cells:
            kernel.run(cell)
        return kernel

    yield start
    for client in opened:
        client._cleanup_kernel()  # noqa: SLF001 - its context has a kernel for one call alone


@pytest.fixture(scope="module")
def kernel(course: Path, kernel_in: Callable[..., Kernel]) -> Kernel:
    """A kernel beside the assignment, which has never heard of a file."""
    return kernel_in(course / "assignments" / "tiny", LOAD, IMPORT)


def test_a_cell_is_run_and_checked(kernel: Kernel) -> None:
    """What it defines is there afterwards; what is wrong is told with the code, and a picture."""
    shown = kernel.check(f"%%check double\n{WRONG}")

    assert "gives a wrong result" in shown["text/plain"]
    assert "[cell " in shown["text/plain"]
    assert 'class="exercise zero"' in shown["text/html"]
    assert "return x + <" in shown["text/html"] or "x + " in shown["text/html"]
    assert kernel.value("double(3)") == 4

    shown = kernel.check(f"%%check double\n{RIGHT}")
    assert "all 2 cases passed" in shown["text/plain"]
    assert kernel.value("double(3)") == 6


def test_an_exercise_may_be_spread_over_cells(kernel: Kernel) -> None:
    """With helpers and constants in cells of their own, and checked from code."""
    kernel.run("FACTOR = 2")
    kernel.run("def times(x):\n    return FACTOR * x")
    kernel.run("def double(x):\n    return times(x)")
    kernel.run(TOTAL)
    shown = kernel.check("import grader\ngrader.check('double', 'total')")
    assert shown["text/plain"].count("passed") == 2

    kernel.run("FACTOR = 3")
    shown = kernel.check("%check total")
    assert "wrong result" in shown["text/plain"]


def test_a_list_of_all(kernel: Kernel) -> None:
    """What there is to do comes first."""
    kernel.run(RIGHT)
    kernel.run("def total(x):\n    return x.sum()")
    shown = kernel.check("%check --lang zh")
    kernel.check("%check --lang en double")

    assert [line.split()[0] for line in shown["text/plain"].splitlines()[:2]] == [
        "total",
        "double",
    ]
    assert "加倍" in shown["text/html"]


def test_names_that_there_are_not(kernel: Kernel) -> None:
    """Near ones are named; options that there are not, too."""
    assert "do you mean double?" in kernel.check("%check double2")["text/plain"]
    assert "--assignment and --lang" in kernel.check("%check --what")["text/plain"]
    told = kernel.check("%check --assignment nothing double")["text/plain"]
    assert "No homework was found" in told


def test_a_cell_that_is_no_python(kernel: Kernel) -> None:
    """Neither is what it held before: in the file it would not be there any more."""
    kernel.run(f"%%check double\n{RIGHT}")
    outputs = kernel.run("%%check double\ndef double(x:\n    return 2 * x")
    (shown,) = (out["data"] for out in outputs if out["output_type"] == "display_data")

    assert "Python cannot read" in shown["text/plain"]
    assert "passed" not in shown["text/plain"]


def test_the_kernel_stays_as_it_was(kernel: Kernel) -> None:
    """Whatever the code that is checked does: it did that elsewhere."""
    vandal = written(
        "import numpy as np, os, random, sys, warnings; random.seed(1); np.random.seed(1);"
        " os.chdir('/'); warnings.simplefilter('ignore'); sys.path.append('x');"
        " sys.setrecursionlimit(99); import colorsys; globals()['stray'] = 1; return 2 * x"
    )
    kernel.run(f"{STATE}\n_state()")  # which imports what it needs
    kernel.run(vandal)
    kernel.check("%check double")
    kernel.run("7 * 6")
    kernel.run("_before = _state()")
    shown = kernel.check("import grader as _grader; _grader.check('double')")
    kernel.check("%check total")
    kernel.run("_after = _state()")

    changed = kernel.value(
        "{part: sorted(set(map(str, _after[part])) ^ set(map(str, _before[part])))"
        " if isinstance(_after[part], (list, dict)) else [str(_before[part]), str(_after[part])]"
        " for part in _before if _before[part] != _after[part]}"
    )
    assert "passed" in shown["text/plain"]
    assert changed == {}


@pytest.mark.proof
def test_code_without_an_end_is_interrupted_by_its_deadline(kernel: Kernel) -> None:
    """The kernel waits, and is there again."""
    shown = kernel.check("%%check double\ndef double(x):\n    while True: pass")

    assert "did not" in shown["text/plain"] or "took" in shown["text/plain"]
    assert kernel.value("1 + 1") == 2


def test_the_file_is_known_where_jupyter_tells_of_it(
    course: Path, kernel_in: Callable[..., Kernel]
) -> None:
    """What was never run in this kernel is read from the file; lines are those of its cells."""
    path = course / "assignments" / "tiny" / "my.zh.ipynb"
    cells = [nbformat.v4.new_code_cell(text) for text in (IMPORT, "", RIGHT, TOTAL)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    kernel = kernel_in(course, LOAD, JPY_SESSION_NAME=str(path))

    assert "全部通过" in kernel.check("%check double")["text/plain"]

    shown = kernel.check(f"%%check double\n{WRONG}")["text/plain"]
    assert "my.zh.ipynb[cell" in shown
    path.unlink()


def test_a_cell_is_known_by_its_id(course: Path) -> None:
    """As JupyterLab sends it: what it holds now takes the place of what was saved."""
    path = course / "assignments" / "tiny" / "ids.ipynb"
    texts = [LOAD, IMPORT, "def double(x):\n    return np.add(x, 1)", TOTAL]
    cells = [nbformat.v4.new_code_cell(text) for text in texts]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    environ = os.environ | {"JPY_SESSION_NAME": str(path)}
    manager, client = start_new_kernel(cwd=str(path.parent), env=environ)

    def run(text: str, cell: int) -> str:
        """Run a text in one of the cells; return what is displayed."""
        content = {"code": text, "silent": False, "store_history": True, "allow_stdin": False}
        asked = client.session.msg(
            "execute_request", content, metadata={"cellId": cells[cell]["id"]}
        )
        client.shell_channel.send(asked)
        shown = ""
        while True:
            told = client.get_iopub_msg(timeout=120)
            if told["parent_header"].get("msg_id") != asked["header"]["msg_id"]:
                continue
            shown += str(told["content"].get("data", {}).get("text/plain", ""))
            if told["content"].get("execution_state") == "idle":
                return shown

    try:
        run(LOAD, 0)
        run(IMPORT, 1)
        wrong = run("%%check double\ndef double(x):\n    return np.add(x, 2)", 2)
        right = run("%%check double total\ndef double(x):\n    return np.multiply(x, 2)", 2)
        gone = run("%%check total\npass", 2)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        path.unlink()

    assert "gives a wrong result" in wrong
    assert "ids.ipynb[cell 3]" in wrong
    assert right.count("cases passed") + right.count("case passed") == 2, right
    assert "passed" not in gone


@pytest.mark.proof
def test_one_of_several_assignments_is_named(
    tmp_path: Path, kernel_in: Callable[..., Kernel]
) -> None:
    """Where the notebook lies in none of their folders; they are listed."""
    write_tiny(tmp_path)
    (tmp_path / "assignments" / "other").mkdir()
    (tmp_path / "assignments" / "other" / "exercises.toml").write_text("")
    kernel = kernel_in(tmp_path, LOAD, IMPORT, RIGHT)

    told = kernel.check("%check double")["text/plain"]
    assert "other, tiny" in told
    assert "passed" in kernel.check("%check --assignment tiny double")["text/plain"]
    assert "passed" in kernel.check("%check double")["text/plain"]


@pytest.mark.proof
def test_the_magics_go_again(kernel: Kernel) -> None:
    """With the extension."""
    kernel.run("%unload_ext grader")
    (told,) = kernel.run("%check double")
    kernel.run(LOAD)

    assert "not found" in (told.get("text", "") + told.get("evalue", ""))


def test_elsewhere_there_is_no_notebook() -> None:
    """A program that calls it is told so."""
    import grader  # noqa: PLC0415
    from grader.errors import UsageError  # noqa: PLC0415

    with pytest.raises(UsageError, match="works in a notebook"):
        grader.check("double")

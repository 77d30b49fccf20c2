"""`%%check` and `%check` in a notebook, and `grader.check`.

The kernel asks the checker and shows what it answers; nothing else of the kernel is touched. This
module and what it imports are all of the package that the kernel sees.
"""

from __future__ import annotations

import atexit
import builtins
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grader.errors import UsageError
from grader.study.checker import Asking
from grader.study.messages import Ask, Checked, Page, Ran
from grader.texts import pick_language, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OPTIONS: Final = ("--assignment", "--lang")
EXERCISES: Final = "exercises.toml"
SUFFIX: Final = ".ipynb"
UNKNOWN: Final = f"notebook{SUFFIX}"  # what a notebook is called whose file cannot be found
# Where a kernel learns of its notebook: from Jupyter's server, and from VS Code.
SESSION: Final = "JPY_SESSION_NAME"
VS_CODE: Final = "__vsc_ipynb_file__"


class Words:
    """What was written behind a magic.

    Parameters
    ----------
    line : str
        Names of exercises; ``--assignment NAME`` and ``--lang LANG``.

    Raises
    ------
    UsageError
        For any other option, or one without its value.
    """

    def __init__(self, line: str) -> None:
        self.exercises: list[str] = []
        self.options: dict[str, str] = {}
        try:
            words = iter(shlex.split(line))
        except ValueError as error:
            raise UsageError(f"%check: {error}") from error
        for word in words:
            if not word.startswith("-"):
                self.exercises.append(word)
                continue
            name, is_one, value = word.partition("=")
            if name not in OPTIONS:
                raise UsageError(f"%check takes {' and '.join(OPTIONS)}, not {name}")
            found = value if is_one else next(words, "")
            if not found:
                raise UsageError(f"%check {name} needs a value")
            self.options[name] = found


class _Shown:
    """What stands below a cell: a page, and then another one in its place."""

    def __init__(self, publisher: Any) -> None:
        self._publisher = publisher
        self._name = ""

    def show(self, page: Page) -> None:
        """Show a page."""
        data = {"text/plain": page.text} | ({"text/html": page.html} if page.html else {})
        update, self._name = bool(self._name), self._name or os.urandom(8).hex()
        self._publisher.publish(data, transient={"display_id": self._name}, update=update)


class Magic:
    """The magics of one kernel.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's, which the kernel runs.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._cells: dict[str, str] = {}
        self._here = Path.cwd()
        self._folder: Path | None = None
        self._asking: Asking | None = None
        self._known: dict[str, Checked] = {}
        self._lang = ""
        atexit.register(self.close)

    def start(self) -> None:
        """Start the checker, if it is clear already of which assignment."""
        found = candidates(self._notebook() or self._here / UNKNOWN, self._here)
        if len(found) == 1:
            self._open(found[0])

    def close(self) -> None:
        """End the checker."""
        if self._asking is not None:
            self._asking.close()
            self._asking = None

    def note_cell(self, info: Any) -> None:
        """Remember in which cell a text is about to be run; IPython calls this.

        It does not say under which number, so what was run is found by its text. Of two cells with
        the same text it does not matter which is which.
        """
        if getattr(info, "store_history", False) and getattr(info, "cell_id", None):
            self._cells[info.raw_cell.rstrip("\n")] = str(info.cell_id)

    def check(self, line: str, cell: str | None = None) -> None:
        """Check exercises, after the cell has been run.

        Parameters
        ----------
        line : str
            See `Words`; without a name, all exercises are listed.
        cell : str or None
            What stands below ``%%check``.
        """
        if cell is not None:
            self._shell.run_cell(cell)
        shown = _Shown(self._shell.display_pub)
        try:
            page = self._page(Words(line), shown.show)
        except UsageError as error:
            page = Page("", str(error))
        shown.show(page)

    def _page(self, words: Words, show: Callable[[Page], None]) -> Page:
        notebook = self._notebook()
        chosen = words.options.get("--lang", self._lang)
        if chosen:
            self._lang = pick_language(chosen, os.environ)
        elif notebook is not None and notebook.name.endswith(f".zh{SUFFIX}"):
            chosen = "zh"
        lang = pick_language(chosen or None, os.environ)
        asking = self._assignment(words.options.get("--assignment", ""), notebook, lang)
        ask = Ask(
            path=str(notebook or UNKNOWN),
            cells=self._ran(),
            exercises=tuple(words.exercises),
            known=tuple(self._known.values()),
            page=lang,
        )
        replies = asking.ask(ask, show)
        for reply in replies:
            if reply.checked is not None:
                self._known[reply.checked.result.id] = reply.checked
            if reply.failed:
                raise UsageError(reply.failed)
            if reply.ended is not None and reply.ended.page is not None:
                return reply.ended.page
        raise UsageError(words_of("study", lang)("gone"))

    def _assignment(self, named: str, notebook: Path | None, lang: str) -> Asking:
        """Return the checker of an assignment; without a name, that of the notebook's own."""
        if not named and self._asking is not None:
            return self._asking
        found = candidates(notebook or self._here / UNKNOWN, self._here, named)
        if len(found) != 1:
            listed = ", ".join(folder.name for folder in found)
            key = "several" if found else "none"
            told = words_of("study", lang)(key, names=listed, folder=str(self._here))
            raise UsageError(told)
        return self._open(found[0])

    def _open(self, folder: Path) -> Asking:
        if self._asking is None or folder != self._folder:
            self.close()
            self._folder, self._known = folder, {}
            self._asking = Asking(folder)
            self._asking.start()
        return self._asking

    def _notebook(self) -> Path | None:
        """Find the file of the notebook, where somebody tells."""
        told = self._shell.user_ns.get(VS_CODE) or os.environ.get(SESSION)
        if not isinstance(told, str) or not told.endswith(SUFFIX):
            return None
        path = self._here / told
        return path if path.is_file() else None

    def _ran(self) -> tuple[Ran, ...]:
        texts: Sequence[str] = self._shell.history_manager.input_hist_raw
        return tuple(
            Ran(count, text, self._cells.get(text.rstrip("\n"), ""))
            for count, text in enumerate(texts)
            if count and text.strip()
        )


def candidates(notebook: Path, here: Path, named: str = "") -> list[Path]:
    """List the folders of the assignments that a notebook may belong to.

    Parameters
    ----------
    notebook : Path
        The notebook.
    here : Path
        The folder that the kernel was started in.
    named : str
        An assignment's name, or the path of its folder; empty for whichever there is.

    Returns
    -------
    list of Path
        One, where the notebook lies in an assignment's folder, has its name, or there is no other.
    """
    if named and (here / named / EXERCISES).is_file():
        return [(here / named).resolve()]
    above = dict.fromkeys([*notebook.resolve().parents, *here.resolve().parents, here.resolve()])
    if not named:
        for folder in notebook.resolve().parents:
            if (folder / EXERCISES).is_file():
                return [folder]
    for folder in sorted(above, key=lambda one: -len(one.parts)):
        found = sorted(path.parent for path in folder.glob(f"assignments/*/{EXERCISES}"))
        alike = named or notebook.name.partition(".")[0]
        exact = [path for path in found if path.name == alike]
        if exact or (found and not named):
            return exact or found
    return []


def load(shell: Any) -> Magic:
    """Give a shell its magics; the same ones where it has them already."""
    known = magic_of(shell)
    if known is not None:
        return known
    magic = Magic(shell)
    shell.register_magic_function(magic.check, "line_cell", "check")
    shell.events.register("pre_run_cell", magic.note_cell)
    magic.start()
    return magic


def unload(shell: Any) -> None:
    """Take the magics away again."""
    magic = magic_of(shell)
    if magic is not None:
        for kind in ("line", "cell"):
            del shell.magics_manager.magics[kind]["check"]
        shell.events.unregister("pre_run_cell", magic.note_cell)
        magic.close()


def magic_of(shell: Any) -> Magic | None:
    """Return what serves a shell's ``%check``, if it is ours."""
    owner = getattr(shell.find_line_magic("check"), "__self__", None)
    return owner if isinstance(owner, Magic) else None


def check(*exercises: str) -> None:
    """Check exercises in the notebook that is being run; see `grader.check`."""
    ask_for = getattr(builtins, "get_ipython", None)
    shell = None if ask_for is None else ask_for()
    if shell is None:
        raise UsageError(
            "grader.check works in a notebook; in a terminal: pytest assignments/hw8 -k EXERCISE"
        )
    load(shell).check(shlex.join(exercises))

"""What stands in for progress bars, plots and the notebook's own names: it does and shows nothing.

Where submissions are graded nobody looks on, and the packages that draw are not there. Code that
uses them is not wrong for that. The table names packages that only show; whatever else is missing
may matter to a result, and is `absent`.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PACKAGES: Final = _words(
    """
    IPython alive_progress altair bokeh colorama fastprogress google.colab ipykernel ipywidgets
    livelossplot matplotlib mpl_toolkits plotly prettytable progressbar pylab rich seaborn tabulate
    tensorboard tensorboardX termcolor torch.utils.tensorboard torchinfo torchsummary torchviz
    tqdm visdom wandb
    """
)
_PROGRESS: Final = _words(
    "alive_it master_bar progress_bar progressbar tnrange tqdm tqdm_notebook track trange"
)


class Nothing:
    """An object of which every attribute, item and call is nothing again.

    Parameters
    ----------
    parts : iterable
        What is there for code that takes it apart, as in ``figure, axes = plt.subplots()``.
    """

    def __init__(self, parts: Iterable[Any] | None = None) -> None:
        self._parts = parts

    def __getattr__(self, name: str) -> Any:
        """Return what a package for show has under a name."""
        return _named(name)

    def __call__(self, *args: Any, **_options: Any) -> Any:
        """Give a decorated function back as it is; do nothing with anything else."""
        if len(args) == 1 and isinstance(args[0], types.FunctionType | type):
            return args[0]
        return Nothing()

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[type, ...]:
        """Let a class derive from what is only for show."""
        return (Nothing,)

    def __iter__(self) -> Iterator[Any]:
        """Go over the parts; one, if nothing is known of them: ``line, = plt.plot(x)``."""
        return iter((Nothing(),) if self._parts is None else self._parts)

    def __len__(self) -> int:
        """Count the parts; never by going over them, which might use them up."""
        return 1 if self._parts is None else len(self._parts)  # type: ignore[arg-type]  # or a TypeError, as at home

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, key: Any) -> Any:
        return Nothing()

    def __setitem__(self, key: Any, value: Any) -> None: ...

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exc: object) -> None: ...

    def __add__(self, other: Any) -> Any:
        """Colour a text by leaving it as it is: ``Fore.RED + text``."""
        return other

    __radd__ = __add__

    def __str__(self) -> str:
        return ""

    __repr__ = __str__


class _Progress(Nothing):
    """``tqdm`` and its like: hands on what it is given, one by one."""

    def __init__(self, *, counts: bool = False) -> None:
        super().__init__()
        self._counts = counts

    def __call__(self, *args: Any, **options: Any) -> Any:
        if self._counts:
            return Nothing(range(*[part for part in args if isinstance(part, int)]))
        return Nothing(args[0] if args else options.get("iterable", ()))


class ShowModule(types.ModuleType):
    """A package that only shows, or a part of one."""

    def __getattr__(self, name: str) -> Any:
        """Return what such a package has under a name; no dunder, for which Python asks itself."""
        if name.startswith("__"):
            raise AttributeError(name)
        return _named(name)


def only_shows(module: str) -> bool:
    """Tell whether a module is there for people to look at."""
    parts = module.split(".")
    return any(".".join(parts[:end]) in _PACKAGES for end in range(1, len(parts) + 1))


def show_module(name: str, *, whole: bool) -> types.ModuleType:
    """Make the module that an import statement wants.

    Parameters
    ----------
    name : str
        Dotted name, as imported.
    whole : bool
        Whether the package at its root is wanted (``import a.b``) or the part (``from a.b``).
    """
    module = ShowModule(name if not whole else name.partition(".")[0])
    module.__path__ = []
    return module


def notebook_names() -> dict[str, Any]:
    """List what a notebook has without an import; of no effect where nobody looks on."""
    shell = Nothing()
    return {
        "display": lambda *_values, **_options: None,
        "get_ipython": lambda: shell,
        "In": [],
        "Out": {},
        "_": "",
        "__": "",
        "___": "",
    }


def _named(name: str) -> Any:
    if name in _PROGRESS:
        return _Progress(counts="range" in name)
    if name == "subplots":
        return _subplots
    if name == "hist":
        return lambda *_args, **_options: Nothing([Nothing(), Nothing(), Nothing()])
    if name == "get_ipython":
        return Nothing
    if name.startswith("__"):
        raise AttributeError(name)
    return Nothing()


def _subplots(nrows: int = 1, ncols: int = 1, *_args: Any, **_options: Any) -> tuple[Any, Any]:
    """Return a figure and as many axes as code may want to go through or take apart."""
    row = [Nothing() for _ in range(ncols)]
    if nrows == 1:
        return Nothing(), Nothing() if ncols == 1 else Nothing(row)
    below = [Nothing(row) if ncols > 1 else Nothing() for _ in range(nrows)]
    return Nothing(), Nothing(below)

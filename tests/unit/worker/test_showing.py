"""Progress bars and plots: they do nothing, and code that uses them is none the worse."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from grader.worker.output import Output

if TYPE_CHECKING:
    from collections.abc import Callable

    Served = Callable[..., Any]


@pytest.mark.parametrize(
    "text",
    [
        "from tqdm import tqdm\ndef f(): return [i for i in tqdm(range(3), desc='a')]",
        "from tqdm.auto import tqdm as bar\ndef f(): return list(bar(i for i in range(3)))",
        "import tqdm\ndef f(): return list(tqdm.tqdm(iterable=[0, 1, 2]))",
        "import tqdm.notebook\ndef f(): return list(tqdm.notebook.trange(3))",
        "def f():\n    from tqdm import trange\n    return list(trange(0, 3))",
        "from rich.progress import track\ndef f(): return list(track(range(3)))",
    ],
)
def test_a_progress_bar_hands_on_what_it_is_given(served: Served, text: str) -> None:
    """One by one, and nothing else."""
    assert served(text, output=Output(100)).value("f") == [0, 1, 2]


def test_a_progress_bar_by_hand_does_nothing(served: Served) -> None:
    """Its methods may be called, and it may be a context."""
    text = (
        "from tqdm import tqdm\ndef f():\n    with tqdm(total=3) as bar:\n"
        "        bar.update(1)\n        bar.set_postfix(loss=0.5)\n    tqdm.write('done')\n"
        "    loop = tqdm([1, 2])\n    loop.set_description('x')\n    return len(loop), sum(loop)\n"
    )

    assert served(text, output=Output(100)).value("f") == (2, 3)


PLOTS = """
import matplotlib.pyplot as plt
import matplotlib
import seaborn as sns
from IPython.display import clear_output, display, HTML
from mpl_toolkits.mplot3d import Axes3D
from ipywidgets import interact
import ipywidgets as widgets
from colorama import Fore
from torch.utils.tensorboard import SummaryWriter

@interact(k=(0, 3))
def shown(k=1):
    return k

@interact
def also(k=2):
    return k

class Callback(widgets.Widget):
    size = 3

def f(x):
    plt.figure(figsize=(3, 4))
    figure, axes = plt.subplots()
    axes.plot(x)
    figure, (left, right) = plt.subplots(1, 2)
    figure, rows = plt.subplots(2, 2)
    for row in rows:
        for axis in row:
            axis.set_title('a')
    rows[0, 1].imshow(x)
    line, = plt.plot(x, 'r--', label='a')
    counts, bins, patches = plt.hist(x)
    matplotlib.rcParams['figure.figsize'] = (3, 4)
    with plt.style.context('dark'):
        sns.heatmap(x, cmap=plt.cm.Blues)
    clear_output(wait=True)
    display(HTML('<b>x</b>'))
    print(Fore.RED + 'red')
    SummaryWriter('runs').add_scalar('loss', 1, 2)
    plt.show()
    return shown(), also(), Callback().size, sum(x)
"""


@pytest.mark.parametrize("output", [Output(100), None], ids=["in a worker", "at home"])
def test_plots_do_nothing(
    served: Served, output: Output | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is drawn on, taken apart, decorated with or derived from."""
    for name in [*sys.modules, "matplotlib"]:
        if name.partition(".")[0] == "matplotlib":
            monkeypatch.setitem(sys.modules, name, None)  # as where it is not installed

    assert served(PLOTS, output=output).value("f", [1, 2]) == (1, 2, 3, 3)


def test_a_package_that_only_shows_can_be_tried_for(served: Served) -> None:
    """``try: import tqdm`` finds it, so the way without it is not needed."""
    text = (
        "try:\n    from tqdm import tqdm\nexcept ImportError:\n    tqdm = None\n"
        "def f(): return list(tqdm([1]))"
    )

    assert served(text, output=Output(100)).value("f") == [1]


def test_libraries_do_not_find_what_only_shows(served: Served) -> None:
    """The stand-ins are for the submission's own import statements."""
    text = "import importlib\ndef f():\n    try:\n        importlib.import_module('seaborn')\n"
    text += "    except ImportError:\n        return 'none'\n"

    assert served(text, output=Output(100)).value("f") == "none"

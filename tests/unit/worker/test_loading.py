"""What a submission's code finds around it while it is loaded and called."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from grader import wire

if TYPE_CHECKING:
    from collections.abc import Callable

    ModuleOf = Callable[..., wire.Module]
    Served = Callable[..., Any]

FUTURE = "from __future__ import annotations\n"


@pytest.mark.parametrize("name", ["answers", "random", "numpy"])
@pytest.mark.parametrize("future", [FUTURE, ""])
def test_a_dataclass_is_made_with_or_without_evaluated_annotations(
    served: Served, module: ModuleOf, name: str, future: str
) -> None:
    """Its module is where it looks its types up, whatever the file is called."""
    text = (
        f"{future}from dataclasses import dataclass, field\nfrom typing import ClassVar\n"
        "@dataclass\nclass State:\n    h: list[float]\n    n: int = 3\n"
        "    size: ClassVar[int] = 9\n"
        "def f(): return State([1.0]).n, [one for one in State.__dataclass_fields__]\n"
    )

    assert served(module(text, name), home=name).value("f")[0] == 3


def test_types_can_be_asked_for(served: Served) -> None:
    """Hints, enums and named tuples find their module, at load and in a call."""
    text = (
        "import enum, typing\n"
        "class Gate(enum.Enum):\n    RESET = 1\n"
        "class State(typing.NamedTuple):\n    h: int = 2\n    gate: Gate = Gate.RESET\n"
        "def f():\n    hints = typing.get_type_hints(State)\n"
        "    return State().h, hints['gate'] is Gate, State.__module__\n"
    )

    assert served(text).value("f") == (2, True, "answers")


def test_an_annotation_is_not_evaluated(served: Served) -> None:
    """A type that is not there costs nothing, neither of a parameter nor of a variable."""
    text = (
        "from no_such_package import Float\nsize: Float['a'] = 4\n"
        "def f(x: Float['h d'], y: Float = 2) -> Float: return x + y + size"
    )

    assert served(text).value("f", 1) == 7


def test_modules_are_there_during_calls_and_gone_after_them(served: Served) -> None:
    """A class made inside of a call finds its module too; afterwards nothing is left."""
    text = (
        "import dataclasses, sys\n"
        "def f():\n    @dataclasses.dataclass\n    class Made:\n        x: dataclasses.InitVar\n"
        "    return len(dataclasses.fields(Made)), sys.modules[__name__].__dict__ is globals()\n"
    )
    before = dict(sys.modules)

    assert served(text).value("f") == (0, True)
    assert {name: sys.modules.get(name) for name in before} == before
    assert "answers" not in sys.modules


def test_one_submission_served_inside_of_another_keeps_its_own_modules(
    served: Served, module: ModuleOf
) -> None:
    """Reference and submission have the same file names, and may run one inside of the other."""
    upstream = served(
        module("from other import x\ndef f(n):\n    import other\n    return x + other.x + n"),
        module("x = 10", "other"),
    )

    def ask(question: wire.Asked) -> wire.Supplied:
        (argument,) = wire.decode(question.args_payload)
        result = upstream.value("f", argument)
        return wire.Supplied(wire.encode(result), question.args_payload)

    outer = served(
        module(
            "import other\ndef g():\n    first = f(1)\n    import other\n    return first, other.x"
        ),
        module("x = 1", "other"),
        supplied={"f": "(n)"},
        ask=ask,
    )

    assert outer.value("g") == (21, 1)
    assert "other" not in sys.modules


def test_a_file_has_a_name_and_a_path(served: Served) -> None:
    """Code that looks beside itself finds nothing there, but finds itself."""
    text = "from pathlib import Path\nROOT = Path(__file__).parent\n"
    text += "def f(): return str(ROOT), __name__"

    assert served(text).value("f") == (".", "answers")


def test_names_of_a_notebook_work_and_show_nothing(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """``display`` and the shell are there without an import, for the submission alone."""
    text = (
        "def f(x):\n    display(x, 'two')\n    shell = get_ipython()\n"
        "    shell.run_line_magic('matplotlib', 'inline')\n    shell.events.register('a', f)\n"
        "    return len(In), Out, _\n"
    )

    assert served(text).value("f", 1) == (0, {}, "")
    assert capsys.readouterr().out == ""
    with pytest.raises(NameError):
        eval("display")  # noqa: S307 - our own text; nobody else is to see the name


def test_a_display_of_the_students_own_counts(served: Served) -> None:
    """A built-in name is a default."""
    assert served("def display(x): return x + 1\ndef f(x): return display(x)").value("f", 1) == 2


def test_relative_imports_inside_of_functions_find_the_files(
    served: Served, module: ModuleOf
) -> None:
    """The files of a submission are no package, wherever the import stands."""
    text = "def f():\n    from .other import x\n    from . import other\n    return x, other.x"

    assert served(module(text), module("x = 1", "other")).value("f") == (1, 1)


def test_what_is_run_for_one_name_waits_for_it(served: Served) -> None:
    """Only who needs a constant that does work pays for it, and then once."""
    pieces = (
        wire.Piece("seen = []", "answers.py", 1, "constant", ("seen",)),
        wire.Piece("size = seen.append(1)", "answers.py", 2, "constant", ("size",), ("f",)),
        wire.Piece("def f(): return size, seen", "answers.py", 3, "definition", ("f",)),
        wire.Piece("def g(): return seen", "answers.py", 4, "definition", ("g",)),
    )
    host = served(wire.Module("answers", "answers.py", pieces))

    assert host.value("g") == []
    assert host.value("f") == (None, [1])
    assert host.value("f") == (None, [1])


def test_what_failed_to_amend_a_class_is_told_where_the_class_is_used(served: Served) -> None:
    """A class whose method could not be added is not "not written yet"."""
    pieces = (
        wire.Piece("class Cell: pass", "answers.py", 1, "definition", ("Cell",)),
        wire.Piece(
            "setattr(Cell, 'forward', forwrad)", "answers.py", 2, "constant", (), (), ("Cell",)
        ),
    )

    reply = served(wire.Module("answers", "answers.py", pieces)).call("Cell")

    assert (reply.key, reply.fields["name"]) == ("global_unknown", "forwrad")

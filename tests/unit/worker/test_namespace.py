"""Where a name comes from, and what is said when it is not there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from grader import wire

if TYPE_CHECKING:
    from collections.abc import Callable

    ModuleOf = Callable[..., wire.Module]
    Served = Callable[..., Any]

CELLS = {"hw8.ipynb[cell 3]": "def f(", "hw8.ipynb[cell 4]": "data = load()"}


def test_the_home_module_comes_first(served: Served, module: ModuleOf) -> None:
    """Of two definitions, the one in the exercise's own module counts."""
    other = module("def f(): return 'other'", "another")
    home = module("def f(): return 'home'")

    assert served(other, home).value("f") == "home"


def test_the_rest_of_the_modules_comes_next(served: Served, module: ModuleOf) -> None:
    """A definition in another file counts where the home module has none."""
    host = served(module("x = 1"), module("def f(): return 'other'", "another"))

    assert host.value("f") == "other"


def test_a_written_definition_comes_before_a_stub_at_home(served: Served, module: ModuleOf) -> None:
    """The stub file handed in beside the notebook hides nothing."""
    stub = module("def f(): raise NotImplementedError", unwritten=("f",))

    assert served(stub, module("def f(): return 1", "notebook")).value("f") == 1


def test_the_last_definition_of_a_module_counts(served: Served) -> None:
    """As Python has it."""
    assert served("def f(): return 1\ndef f(): return 2").value("f") == 2


def test_functions_see_what_the_assignment_gives(served: Served, module: ModuleOf) -> None:
    """A given function need not be handed in."""
    given = module("import numpy as np\ndef softmax(x): return x + 1")

    assert served("def f(x): return softmax(x)", given=[given]).value("f", 1) == 2


def test_a_given_name_can_itself_be_found(served: Served, module: ModuleOf) -> None:
    """A look-up ends at what the assignment gives, as `Namespace.find` promises."""
    given = module("def softmax(x): return x + 1")

    assert served("def f(x): return x", given=[given]).value("softmax", 1) == 2


def test_a_given_name_finds_what_is_graded(served: Served, module: ModuleOf) -> None:
    """A given function that a submission lacks calls the submission's functions all the same."""
    given = module("def twice(x): return f(f(x))")
    host = served("def f(x): return x + 1", given=[given])

    assert host.value("f", 1) == 2
    assert host.value("twice", 1) == 3


def test_a_star_import_keeps_what_is_given(served: Served, module: ModuleOf) -> None:
    """The copy that another file has of it finds that file's functions, so it does not come in."""
    given = module("def twice(x): return f(f(x))")
    home = module("from another import *\ndef f(x): return x + ONE")

    host = served(home, module("ONE = 1", "another"), given=[given])

    assert host.value("f", 1) == 2
    assert host.value("twice", 1) == 3


@pytest.mark.parametrize("order", [1, -1], ids=["stub first", "answer first"])
def test_a_given_name_comes_from_beside_the_answer(
    served: Served, module: ModuleOf, order: int
) -> None:
    """Stubs that were handed in beside the written version have it too, and call the stub."""
    twice = "def twice(x): return f(f(x))\n"
    stub = module(f"{twice}def f(x): raise NotImplementedError", unwritten=("f",))
    answer = module(f"{twice}def f(x): return x + 1", "notebook")

    host = served(*(stub, answer)[::order], names=("f",))

    assert host.value("f", 1) == 2
    assert host.value("twice", 1) == 3


def test_the_submissions_own_version_of_a_given_name_counts(
    served: Served, module: ModuleOf
) -> None:
    """What is given is a default, not a law."""
    given = module("def softmax(x): return 'given'")
    text = "def softmax(x): return 'own'\ndef f(x): return softmax(x)"

    assert served(text, given=[given]).value("f", 1) == "own"


def test_a_name_that_nobody_defines_is_missing(served: Served, module: ModuleOf) -> None:
    """The reply names the files that were searched."""
    reply = served("x = 1", module("y = 2", "another")).call("f")

    assert reply.key == "missing"
    assert reply.fields == {"name": "f", "file": "answers.py, another.py"}


def test_what_was_put_off_may_bring_in_a_file_with_more_of_it(
    served: Served, module: ModuleOf
) -> None:
    """Each piece is run once, however deep the need for it begins."""
    lazy = "def make():\n    import other\n    return other.h()"
    home = module(f"def f(): return 1\n{lazy}\nTABLE = make()\ndef g(): return TABLE")
    other = module(
        "runs = []\ndef h(): return runs.append(1) or len(runs)\nMORE = h()\ndef k(): return MORE",
        "other",
    )

    host = served(_put_off(home, "TABLE", "g"), _put_off(other, "MORE", "k"))

    assert [host.value(name) for name in "fgk"] == [1, 2, 1]


def _put_off(module: wire.Module, name: str, needed_by: str) -> wire.Module:
    """Have what sets a name run only where something graded is asked for."""
    pieces = [
        msgspec.structs.replace(piece, needed_by=(needed_by,)) if piece.names == (name,) else piece
        for piece in module.pieces
    ]
    return msgspec.structs.replace(module, pieces=tuple(pieces))


def test_a_failed_import_is_named_when_it_is_used(served: Served) -> None:
    """One missing package costs only what uses it."""
    host = served("import no_such_package as nsp\ndef f(): return nsp.g()\ndef h(): return 1")

    reply = host.call("f")

    assert host.value("h") == 1
    assert reply.key == "import_failed"
    assert reply.fields == {"module": "no_such_package", "where": "answers.py:1"}


def test_a_failed_star_import_is_named_when_a_name_is_missing(served: Served) -> None:
    """It may be the source of any name that nothing defines, and need not be."""
    host = served("from no_such_package import *\ndef f(): return helper()\ndef h(): return 1")

    reply = host.call("f")

    assert host.value("h") == 1
    assert reply.key == "import_star_failed"
    assert (reply.fields["name"], reply.fields["module"]) == ("helper", "no_such_package")


def test_a_constant_that_failed_is_told_with_its_own_error(served: Served) -> None:
    """What it raised and where, not that nobody ran it."""
    reply = served("x = 1\nsize = int('5.0')\ndef f(): return size").call("f")

    assert reply.key == "global_failed"
    assert reply.fields["name"] == "size"
    assert reply.fields["where"] == "answers.py:2"
    assert reply.fields["exception"] == "ValueError"
    assert "5.0" in reply.fields["text"]


def test_a_constant_that_needs_what_was_left_out_names_that(
    served: Served, module: ModuleOf
) -> None:
    """However long the chain, its first link is what the student has to mend."""
    left = wire.LeftOut(("data",), "hw8.ipynb[cell 4]", 2, "outside", "data = open('d').read()")
    text = "chars = sorted(data)\nsize = len(chars)\ndef f(): return size"

    reply = served(module(text, left_out=(left,), cells=CELLS)).call("f")

    assert (reply.key, reply.fields) == (
        "global_needs",
        {
            "name": "size",
            "needs": "data",
            "where": "hw8.ipynb[cell 4]:2",
            "reason_line": "data = open('d').read()",
        },
    )


def test_constants_that_need_each_other_end_somewhere(served: Served) -> None:
    """A circle of names is told as the error that it is."""
    reply = served("a = b\nb = a\ndef f(): return a").call("f")

    assert reply.key == "global_failed"
    assert reply.fields["exception"] == "NameError"


@pytest.mark.parametrize(
    ("reason", "key"),
    [("call", "global_missing"), ("outside", "global_outside"), ("tries", "global_tried")],
)
def test_why_a_global_was_left_out_is_told(
    served: Served, module: ModuleOf, reason: str, key: str
) -> None:
    """A file, an exercise, or work in general: each has its own sentence."""
    left = wire.LeftOut(("data",), "hw8.ipynb[cell 4]", 2, reason, "data = load()")

    reply = served(module("def f(): return data", left_out=(left,), cells=CELLS)).call("f")

    assert reply.key == key


def test_a_global_that_intake_left_out_is_named_with_its_place(
    served: Served, module: ModuleOf
) -> None:
    """Code that only a whole run would execute is named, not run."""
    left = wire.LeftOut(("data",), "hw8.ipynb[cell 4]", 2, "call", "data = load()")

    reply = served(module("def f(): return data", left_out=(left,), cells=CELLS)).call("f")

    assert reply.key == "global_missing"
    assert reply.fields == {
        "name": "data", "where": "hw8.ipynb[cell 4]:2", "reason_line": "data = load()",
    }  # fmt: skip


def test_what_is_handed_out_finds_that_the_graded_one_is_missing(
    served: Served, module: ModuleOf
) -> None:
    """No line of the submission uses the name, so none is misspelt there."""
    given = module("def apart(x): return double(x) + 0")
    other = module("def f(x): return x", "another")

    reply = served(other, given=[given]).call("apart", 1)

    assert (reply.key, reply.fields["name"]) == ("missing", "double")


def test_a_misspelt_name_is_explained_with_its_line(served: Served) -> None:
    """A NameError that nothing explains says where."""
    reply = served("def f():\n    return lenght").call("f")

    assert (reply.key, reply.fields) == (
        "global_unknown",
        {"name": "lenght", "where": "answers.py:2"},
    )


def test_an_unbound_local_is_the_students_own_error(served: Served, module: ModuleOf) -> None:
    """A local variable is no global, even where one of that name was left out."""
    left = wire.LeftOut(("total",), "hw8.ipynb[cell 4]", 2, "call", "total = load()")
    text = "def f(flag):\n    if flag:\n        total = 1\n    return total"

    reply = served(module(text, left_out=(left,))).call("f", False)

    assert isinstance(reply, wire.Raised)
    assert reply.exception == "UnboundLocalError"


def test_a_definition_that_does_not_parse_is_told_with_its_place(
    served: Served, module: ModuleOf
) -> None:
    """Intake cut it out; whoever needs it reads why."""
    broken = wire.LeftOut(("f",), "hw8.ipynb[cell 3]", 5, "syntax", "invalid syntax")

    reply = served(module("x = 1", left_out=(broken,), cells=CELLS)).call("f")

    assert (reply.key, reply.fields) == (
        "syntax", {"where": "hw8.ipynb[cell 3]:5", "text": "invalid syntax"},
    )  # fmt: skip


def test_a_caller_of_what_does_not_parse_is_told_too(served: Served, module: ModuleOf) -> None:
    """The broken definition is named, not the one that calls it."""
    broken = wire.LeftOut(("g",), "hw8.ipynb[cell 3]", 5, "syntax", "invalid syntax")

    reply = served(module("def f(): return g()", left_out=(broken,))).call("f")

    assert reply.key == "syntax"


def test_a_piece_that_only_the_compiler_refuses_raises_when_used(served: Served) -> None:
    """Such as a ``return`` outside a function, which parses; the rest runs."""
    piece = wire.Piece("class f:\n    return 1", "answers.py", 1, "definition", ("f",))
    fine = wire.Piece("def g(): return 1", "answers.py", 3, "definition", ("g",))
    host = served(wire.Module("answers", "answers.py", (piece, fine)))

    reply = host.call("f")

    assert host.value("g") == 1
    assert reply.key == "raised_loading"
    assert (reply.fields["exception"], reply.fields["where"]) == ("SyntaxError", "answers.py:2")


def test_a_definition_that_failed_is_told_with_the_line_that_raised(served: Served) -> None:
    """A class body that raises is no missing class."""
    reply = served("class f:\n    size = 1 / 0\ndef g(): return 1").call("f")

    assert (reply.key, reply.fields) == (
        "raised_loading",
        {"exception": "ZeroDivisionError", "text": "division by zero", "where": "answers.py:2"},
    )


def test_a_value_that_cannot_be_called_is_told_with_its_type(served: Served) -> None:
    """A number under the name of an exercise is not the student's TypeError."""
    reply = served("f = 5\ndef g(): return 1").call("f")

    assert (reply.key, reply.fields) == ("not_callable", {"name": "f", "type": "int"})


@pytest.mark.parametrize(
    ("reason", "key"), [("text", "missing_in_text"), ("call", "missing_left_out")]
)
def test_a_graded_name_that_is_there_but_was_not_run_is_told_so(
    served: Served, module: ModuleOf, reason: str, key: str
) -> None:
    """The place is named; the name is not called missing altogether."""
    left = wire.LeftOut(("f",), "hw8.ipynb[cell 4]", 2, reason, "f = make()")

    reply = served(module("x = 1", left_out=(left,), cells=CELLS)).call("f")

    assert reply.key == key
    assert "hw8.ipynb[cell 4]" in reply.fields["where"]


def test_a_place_is_named_as_the_student_knows_it(served: Served, module: ModuleOf) -> None:
    """A file that is no notebook goes by its own name, whatever tracebacks call it."""
    left = wire.LeftOut(("data",), "answers.py", 7, "call", "data = load()")
    text = module("def f(): return data", left_out=(left,))

    reply = served(msgspec.structs.replace(text, origin="my homework.py")).call("f")

    assert reply.fields["where"] == "my homework.py:7"


def test_a_shadowed_definition_explains_nothing(served: Served, module: ModuleOf) -> None:
    """It was replaced, not lost; the name is simply missing."""
    left = wire.LeftOut(("f",), "answers.py", 2, "shadowed", "")

    assert served(module("x = 1", left_out=(left,))).call("f").key == "missing"


def test_a_main_guard_sets_only_what_nothing_else_has_set(served: Served) -> None:
    """Constants under ``if __name__ == '__main__'`` are a fallback."""
    pieces = (
        wire.Piece("size = 1", "answers.py", 1, "constant", ("size",)),
        wire.Piece("def f(): return size, depth", "answers.py", 2, "definition", ("f",)),
        wire.Piece("size = 9", "answers.py", 4, "fallback", ("size",)),
        wire.Piece("depth = 9", "answers.py", 5, "fallback", ("depth",)),
    )

    assert served(wire.Module("answers", "answers.py", pieces)).value("f") == (1, 9)


def test_a_future_import_reaches_the_whole_file(served: Served) -> None:
    """Annotations that are never evaluated at home are not evaluated here."""
    text = "from __future__ import annotations\ndef f(x: NoSuchType) -> int: return x"

    assert served(text).value("f", 1) == 1


def test_files_import_each_other(served: Served, module: ModuleOf) -> None:
    """By name, in any order, also inside a function, also in a circle."""
    one = module("import two\ndef f(): return two.g() + 1\ndef base(): return 1", "one")
    two = module("def g():\n    from one import base\n    return base() + 10", "two")

    assert served(one, two, home="one").value("f") == 12


def test_an_import_of_a_missing_file_is_no_import_of_a_part(
    served: Served, module: ModuleOf
) -> None:
    """Only whole module names are found."""
    reply = served(module("import one.part\ndef f(): return one"), module("x = 1", "one")).call("f")

    assert reply.key == "import_failed"


def test_the_submissions_modules_leave_nothing_behind(served: Served, module: ModuleOf) -> None:
    """After each request ``sys.modules`` and ``sys.meta_path`` are as they were."""
    before = (set(sys.modules), list(sys.meta_path))

    served(module("import helper\ndef f(): return helper.x"), module("x = 1", "helper")).value("f")

    assert (set(sys.modules), list(sys.meta_path)) == before


@pytest.mark.parametrize("name", ["numpy", "random", "torch", "json"])
def test_a_file_named_like_a_library_shadows_nothing(
    served: Served, module: ModuleOf, name: str
) -> None:
    """A numpy.py beside the submission is a file of the submission and nothing more."""
    text = f"import {name}\ndef f(): return getattr({name}, 'marker', None), {name}.__name__"

    assert served(text, module("marker = 1", name)).value("f") == (None, name)


def test_a_module_is_run_once(served: Served) -> None:
    """Globals live as long as the worker."""
    host = served("seen = []\ndef f():\n    seen.append(1)\n    return len(seen)")

    assert [host.value("f"), host.value("f")] == [1, 2]


def test_loading_again_starts_afresh(served: Served, module: ModuleOf) -> None:
    """A second `Load` forgets modules and objects of the first."""
    host = served("seen = []\ndef f():\n    seen.append(1)\n    return len(seen)")
    host.value("f")
    source = wire.Source(modules=(module("def f(): return 'new'"),))
    host.serve(wire.Load, source=source, given=wire.Source(modules=()), home="answers")

    assert host.value("f") == "new"


def test_nothing_runs_before_a_name_is_needed(served: Served) -> None:
    """A file that ends the process at import is charged to the first call."""
    host = served("raise SystemExit(3)\ndef f(): return 1")

    assert host.value("f") == 1

"""Run the pieces of a `Source` and find names in what they define."""

from __future__ import annotations
import __future__

import importlib.abc
import importlib.machinery
import re
import sys
import types
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader import wire

LINE_END: Final = re.compile(r"\r\n|\r|\n")  # what Python ends lines at; str knows more


class Unavailable(Exception):  # noqa: N818 - an answer to a look-up, not a fault
    """A name cannot be had; `key` and `fields` name the text that says why."""

    def __init__(self, key: str, **fields: str) -> None:
        super().__init__(key)
        self.key = key
        self.fields = fields


class Namespace:
    """The definitions of one submission, run module by module when a name is first needed.

    Parameters
    ----------
    source : Source
        The submission.
    given : Source
        What the assignment hands out, for names that the submission lacks.
    home : str
        Module in which names are looked up first.
    """

    def __init__(self, source: wire.Source, given: wire.Source, home: str) -> None:
        self._source = source
        self._given = given
        self._home = home
        self._modules: dict[str, types.ModuleType] = {}
        self._failures: dict[str, tuple[wire.Piece, BaseException]] = {}
        self._failed_stars: list[wire.Piece] = []
        self._overrides: dict[str, Any] = {}
        self._finder = _Finder(self)
        self.lines = _lines(source)
        self._origins = {
            filename: filename if filename in module.cells else module.origin
            for module in source.modules
            for filename in _filenames(module)
        }

    def __enter__(self) -> Namespace:
        """Let the submission's files import each other."""
        # Last in the path: a submission's numpy.py or random.py shadows nothing.
        sys.meta_path.append(self._finder)
        return self

    def __exit__(self, *exc: object) -> None:
        """Take the submission's modules out of ``sys.modules`` again."""
        sys.meta_path.remove(self._finder)
        for module in self._modules.values():
            if sys.modules.get(module.__name__) is module:
                del sys.modules[module.__name__]

    def supply(self, name: str, function: Any) -> None:
        """Put a function in the place of every definition of that name."""
        self._overrides[name] = function
        for module in self._modules.values():
            module.__dict__[name] = function

    def find(self, name: str) -> Any:
        """Look a name up: the home module, then the rest, then what the assignment gives.

        Raises
        ------
        Unavailable
            When no module defines it, with the reason that intake or the run has found.
        """
        for module in self._candidates(name):
            found = self.module(module.name).__dict__
            if name in found:
                return found[name]
            if name in self._failures:
                raise self._failures[name][1]
        given = self._given_scope()
        if name in given:
            return given[name]
        raise self._why_missing(name)

    def module(self, name: str) -> types.ModuleType:
        """Return a module of the submission, running its pieces first if need be."""
        if name not in self._modules:
            described = next(module for module in self._source.modules if module.name == name)
            self._run(described)
        return self._modules[name]

    def names(self) -> frozenset[str]:
        """Names of the submission's modules."""
        return frozenset(module.name for module in self._source.modules)

    def origin(self, filename: str) -> str:
        """Return what the student calls a file or cell that a traceback names."""
        return self._origins.get(filename, filename)

    def why_global_missing(self, name: str) -> Unavailable | None:
        """Explain a NameError in the submission's code; None if nothing is known."""
        if name in self._failures:
            piece, _ = self._failures[name]
            where = f"{self.origin(piece.filename)}:{piece.line}"
            if piece.kind == "import":
                return Unavailable("import_failed", module=name, where=where)
            return Unavailable(
                "global_missing", name=name, where=where, reason_line=_first_line(piece.code)
            )
        left = self._left_out(name)
        if left is None:
            return self._star_failed()
        if left.reason == "syntax":
            return Unavailable(
                "syntax", where=f"{self.origin(left.filename)}:{left.line}", text=left.detail
            )
        return Unavailable(
            "global_missing",
            name=name,
            where=f"{self.origin(left.filename)}:{left.line}",
            reason_line=left.detail,
        )

    def _star_failed(self) -> Unavailable | None:
        """Name a star import that failed: the likeliest source of a name that nobody defines."""
        for piece in self._failed_stars:
            where = f"{self.origin(piece.filename)}:{piece.line}"
            return Unavailable("import_failed", module=piece.code.split()[1], where=where)
        return None

    def _given_scope(self) -> dict[str, Any]:
        """Run what the assignment gives for the home module, on its own."""
        module = types.ModuleType(self._home)
        for given in self._given.modules:
            if given.name == self._home:
                for piece in given.pieces:
                    self._run_piece(piece, module.__dict__, 0)
        return module.__dict__

    def _candidates(self, name: str) -> Sequence[wire.Module]:
        """List the modules that define a name: written before unwritten, home before the rest."""
        defining = [
            module
            for module in self._source.modules
            if any(name in piece.names for piece in module.pieces)
        ]
        return sorted(
            defining, key=lambda module: (name in module.unwritten, module.name != self._home)
        )

    def _why_missing(self, name: str) -> Unavailable:
        left = self._left_out(name)
        if left is not None and left.reason == "syntax":
            return Unavailable(
                "syntax", where=f"{self.origin(left.filename)}:{left.line}", text=left.detail
            )
        files = ", ".join(module.origin for module in self._source.modules)
        return Unavailable("missing", name=name, file=files)

    def _left_out(self, name: str) -> wire.LeftOut | None:
        for module in self._source.modules:
            for left in module.left_out:
                if name in left.names and left.reason != "shadowed":
                    return left
        return None

    def _run(self, described: wire.Module) -> None:
        module = types.ModuleType(described.name)
        self._modules[described.name] = module
        scope = module.__dict__
        given = next((m for m in self._given.modules if m.name == self._home), None)
        for piece in given.pieces if given else ():
            self._run_piece(piece, scope, 0)
        flags = 0
        for piece in described.pieces:
            if piece.kind == "fallback" and all(name in scope for name in piece.names):
                continue
            flags |= _future_flags(piece)
            self._run_piece(piece, scope, flags)
        scope.update(self._overrides)

    def _run_piece(self, piece: wire.Piece, scope: dict[str, Any], flags: int) -> None:
        try:
            padded = "\n" * (piece.line - 1) + piece.code
            code = compile(padded, piece.filename, "exec", flags=flags, dont_inherit=True)
            exec(code, scope)  # noqa: S102 - the one place where a submission is run
        except (Exception, SystemExit) as error:  # noqa: BLE001 - told when the name is used
            if piece.kind == "import" and not piece.names:
                self._failed_stars.append(piece)
            for name in piece.names:
                self._failures.setdefault(name, (piece, error))


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets the files of a submission import each other by name."""

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace

    def find_spec(
        self, fullname: str, _path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._namespace.names():
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return self._namespace.module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Do nothing: `create_module` has run the pieces."""


def _lines(source: wire.Source) -> dict[str, dict[int, str]]:
    """Index the text of all pieces by origin and line, for tracebacks."""
    index: dict[str, dict[int, str]] = {}
    for module in source.modules:
        for piece in module.pieces:
            lines = index.setdefault(piece.filename, {})
            lines.update(enumerate(LINE_END.split(piece.code), piece.line))
    return index


def _filenames(module: wire.Module) -> set[str]:
    """List what tracebacks call the module's file or cells."""
    return {piece.filename for piece in module.pieces} | {left.filename for left in module.left_out}


def _future_flags(piece: wire.Piece) -> int:
    """Return the compiler flags of ``from __future__ import ...``, for all later pieces."""
    if piece.kind != "import" or "__future__" not in piece.code:
        return 0
    features = (getattr(__future__, name, None) for name in piece.names)
    return sum(feature.compiler_flag for feature in features if feature is not None)


def _first_line(code: str) -> str:
    return next(iter(code.splitlines()), "")[:200]


def origins(source: wire.Source) -> Iterator[tuple[str, str]]:
    """Yield each origin that is no real file, with its text."""
    for module in source.modules:
        yield from module.cells.items()

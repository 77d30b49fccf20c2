"""Run the pieces of a `Source` and find names in what they define."""

from __future__ import annotations
import __future__

import ast
import functools
import sys
import types
import warnings
from typing import TYPE_CHECKING, Any, Final

from grader.worker.absent import AbsentError
from grader.worker.importing import Finder, Importer, StudentModule, runtime_names
from grader.worker.lines import lines_of
from grader.worker.reasons import Failure, Reasons, origin_names

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from grader import wire

# Annotations stay text until somebody asks for them: a type that is not there costs nothing.
_UNEVALUATED: Final = __future__.annotations.compiler_flag


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
    graded : collection of str
        What will be called. Where several modules have another name, such as one that is handed
        out with the stubs, it is looked up beside these.
    quiet : bool
        Whether progress bars and plots are kept from showing even where they could.

    Notes
    -----
    A module is in ``sys.modules`` while its pieces run and while calls are served, as dataclasses,
    enums and type hints expect. Where a library has its name, it is there under another one.
    """

    def __init__(
        self,
        source: wire.Source,
        given: wire.Source,
        home: str,
        *,
        graded: Collection[str] = (),
        quiet: bool = False,
    ) -> None:
        self._source = source
        self._given = given
        self._home = home
        self._graded = frozenset(graded)
        self._modules: dict[str, StudentModule] = {}
        self._postponed: dict[str, list[wire.Piece]] = {}
        self._wanted: set[str] = set()
        self._overrides: dict[str, Any] = {}
        self._overridden: dict[str, dict[str, Any]] = {}
        self._handed: list[Any] = []
        self._displaced: list[tuple[str, types.ModuleType | None]] = []
        self._runtime = runtime_names(self.names())
        self._importer = Importer(self._runtime, self._imported, self._offered, quiet=quiet)
        self._builtins = self._importer.builtins()
        self._finder = Finder(self._runtime, self._imported)
        self._origins = origin_names(source)
        self._reasons = Reasons(source, self.origin)
        self.why_missing = self._reasons.why_missing
        self.why_global_missing = self._reasons.why_global_missing
        self.why_import_failed = self._reasons.why_import_failed

    def __enter__(self) -> Namespace:
        """Let the submission's files import each other."""
        # Last in the path: a submission's numpy.py or random.py shadows nothing.
        sys.meta_path.append(self._finder)
        for module in self._modules.values():
            self._register(module)
        return self

    def __exit__(self, *exc: object) -> None:
        """Take the submission's modules out of ``sys.modules`` again."""
        sys.meta_path.remove(self._finder)
        while self._displaced:
            name, before = self._displaced.pop()
            sys.modules.pop(name, None)
            if before is not None:
                sys.modules[name] = before

    @functools.cached_property
    def lines(self) -> dict[str, dict[int, str]]:
        """The text of each line by origin, which only a traceback quotes."""
        return lines_of(self._source)

    def supply(self, name: str, function: Any) -> None:
        """Put a function in the place of every definition of that name."""
        self._overrides[name] = function
        for module in self._modules.values():
            self._override(module)

    def offer(self, name: str, function: Any) -> None:
        """Let all of the submission's code find a function, as if it were built in."""
        self._builtins[name] = function

    def own(self, name: str) -> Any:
        """Return the submission's version of what is put in; raises NameError if it has none."""
        for described in self._candidates(name):
            own = self._overridden.get(self.module(described.name).__name__, {})
            if name in own:
                return own[name]
        raise NameError(f"name {name!r} is not defined", name=name)

    def find(self, name: str) -> Any:
        """Look a name up: the home module, then the rest, then what the assignment gives.

        Raises
        ------
        Unavailable
            When no module defines it, with the reason that intake or the run has found.
        """
        self._want(name)
        for module in self._candidates(name):
            found = self.module(module.name).__dict__
            self._reasons.check_amended(name)
            if name in found:
                return found[name]
            self._reasons.check(name)
        given = self._given_scope()
        if name not in given:
            raise self._reasons.why_missing(name)
        # One that calls what is graded must find the submission's version of it.
        scopes = [module.__dict__ for module in self._modules.values()]
        return next((scope[name] for scope in scopes if name in scope), given[name])

    def module(self, name: str) -> types.ModuleType:
        """Return a module of the submission, running its pieces first if need be."""
        if name not in self._modules:
            described = next(module for module in self._source.modules if module.name == name)
            self._run(described)
        return self._modules[name]

    def names(self) -> frozenset[str]:
        """Names of the submission's modules."""
        return frozenset(module.name for module in self._source.modules)

    def is_own(self, module: object) -> bool:
        """Tell whether that is what ``__module__`` says of the submission's own classes."""
        return isinstance(module, str) and module in self._runtime.values()

    def origin(self, filename: str) -> str:
        """Return what the student calls a file or cell that a traceback names."""
        return self._origins.get(filename, filename)

    def _given_scope(self) -> dict[str, Any]:
        """Run what the assignment gives for the home module, on its own."""
        module = StudentModule(self._home)
        module.__dict__["__builtins__"] = self._builtins
        self._run_given(module)
        return module.__dict__

    def _offered(self, package: str, name: str, own: bool) -> Any:  # noqa: FBT001 - a callback
        """Return what can be had of a module that is not there; raises KeyError."""
        part = self._part(package, name)
        if part is not None:
            return part
        if name in self._overrides:
            return self._overrides[name]
        if own:
            for described in self._candidates(name):
                scope = self.module(described.name).__dict__
                if name in scope and not isinstance(scope[name], types.ModuleType):
                    return scope[name]
        return self._given_scope()[name]

    def _part(self, package: str, name: str) -> types.ModuleType | None:
        """Return a file of the submission that lies in a folder of a package's name."""
        folder = f"/{package.replace('.', '/')}"
        for described in self._source.modules:
            if described.name == name:
                inside = f"/{described.origin.rpartition('/')[0]}".endswith(folder)
                return self._imported(name) if inside else None
        return None

    def _candidates(self, name: str) -> Sequence[wire.Module]:
        """List the modules that define a name: the one that counts first.

        Written comes before unwritten, and home before the rest; but what is not graded comes from
        beside what is, so that it calls the version that counts.
        """
        beside = frozenset() if name in self._graded else self._graded

        def rank(module: wire.Module) -> tuple[bool, bool, bool]:
            apart = bool(beside) and beside.isdisjoint(_written(module))
            return name in module.unwritten, apart, module.name != self._home

        defining = [module for module in self._source.modules if name in _defined(module)]
        return sorted(defining, key=rank)

    def _run(self, described: wire.Module) -> None:
        module = StudentModule(self._runtime[described.name])
        self._modules[described.name] = module
        self._register(module)
        scope = module.__dict__
        scope["__builtins__"] = self._builtins
        scope["__file__"] = described.origin
        handed = self._run_given(module)
        for piece in described.pieces:
            if piece.kind == "fallback" and all(name in scope for name in piece.names):
                continue
            if piece.needed_by and self._wanted.isdisjoint(piece.needed_by):
                self._postponed.setdefault(described.name, []).append(piece)
            else:
                self._run_piece(piece, scope)
            if piece.kind == "import" and not piece.names:
                # A star brings the other module's copy of what is given, which finds that module's
                # functions and not this one's.
                scope.update(
                    (name, value)
                    for name, value in handed.items()
                    if any(scope[name] is other for other in self._handed)
                )
        self._override(module)

    def _override(self, module: StudentModule) -> None:
        scope = module.__dict__
        kept = self._overridden.setdefault(module.__name__, {})
        for name, function in self._overrides.items():
            if scope.get(name, function) is not function:
                kept[name] = scope[name]
        scope.update(self._overrides)

    def _run_given(self, module: StudentModule) -> dict[str, Any]:
        """Run what the assignment gives inside a module; return its definitions."""
        given = next((m for m in self._given.modules if m.name == self._home), None)
        pieces = given.pieces if given else ()
        for piece in pieces:
            self._run_piece(piece, module.__dict__)
        names = {name for piece in pieces if piece.kind == "definition" for name in piece.names}
        handed = {name: module.__dict__[name] for name in names if name in module.__dict__}
        self._handed += handed.values()
        return handed

    def _imported(self, name: str) -> types.ModuleType:
        """Return a module for another one, which may need anything that it sets."""
        module = self.module(name)
        self._catch_up(name, self._postponed.get(name, ()))
        return module

    def _want(self, name: str) -> None:
        """Run what was put off until a name is wanted that needs it."""
        self._wanted.add(name)
        for module in list(self._postponed):  # what is run may bring in further ones
            due = [piece for piece in self._postponed[module] if name in piece.needed_by]
            self._catch_up(module, due)

    def _catch_up(self, module: str, due: Sequence[wire.Piece]) -> None:
        pieces = self._postponed.get(module, [])
        self._postponed[module] = [piece for piece in pieces if piece not in due]
        for piece in due:
            self._run_piece(piece, self._modules[module].__dict__)

    def _run_piece(self, piece: wire.Piece, scope: dict[str, Any]) -> None:
        try:
            self._execute(piece, scope)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - told when the name is used
            failure = Failure(piece, error)
            if piece.kind == "import" and self._stand_in(failure, scope):
                return
            if piece.kind == "definition" and self._undecorated(failure, scope):
                return
            self._reasons.failed(failure)

    def _execute(self, piece: wire.Piece, scope: dict[str, Any]) -> None:
        padded = "\n" * (piece.line - 1) + piece.code
        code = compile(padded, piece.filename, "exec", flags=_UNEVALUATED, dont_inherit=True)
        exec(code, scope)  # noqa: S102 - the one place where a submission is run

    def _stand_in(self, failure: Failure, scope: dict[str, Any]) -> bool:
        """Bind ``import module`` to what can be had without the module; tell whether that works."""
        error = failure.error
        if type(error) is not ModuleNotFoundError:
            return False
        match ast.parse(failure.piece.code).body:
            case [ast.Import(names=[alias])]:
                root = alias.name.partition(".")[0]
                if error.name != root or root in self.names():
                    return False  # it is there, and has no such part
                where = self._reasons.where(failure.piece)
                module = alias.name if alias.asname else root
                package, _, last = module.rpartition(".")
                part = self._part(package, last) if package else None
                scope[alias.asname or root] = part or self._importer.absent(module, root, where)
                return True
        return False

    def _undecorated(self, failure: Failure, scope: dict[str, Any]) -> bool:
        """Run a definition without those decorators that a missing package would have provided.

        Compilers, type checkers and loggers leave the result as it is; what does matter is named
        when it is missed.
        """
        piece, error = failure.piece, failure.error
        if not issubclass(type(error), AbsentError | NameError):
            return False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse("\n" * (piece.line - 1) + piece.code)
        (node,) = tree.body[:1] or (None,)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return False
        kept = [one for one in node.decorator_list if not self._reasons.is_absent(one, scope)]
        if len(kept) == len(node.decorator_list):
            return False
        node.decorator_list = kept
        try:
            code = compile(tree, piece.filename, "exec", flags=_UNEVALUATED, dont_inherit=True)
            exec(code, scope)  # noqa: S102 - the same piece, less what it lacks
        except (Exception, SystemExit):  # noqa: BLE001 - the first error is the one to tell
            return False
        self._reasons.amend_failed(failure)
        return True

    def _register(self, module: StudentModule) -> None:
        name = module.__name__
        self._displaced.append((name, sys.modules.get(name)))
        sys.modules[name] = module


def _defined(module: wire.Module) -> set[str]:
    return {name for piece in module.pieces for name in piece.names}


def _written(module: wire.Module) -> set[str]:
    return _defined(module) - set(module.unwritten)

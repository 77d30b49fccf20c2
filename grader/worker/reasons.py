"""Why a name of a submission is not there: what intake left out, and what failed when it ran."""

from __future__ import annotations

import ast
import sys
import traceback
from typing import TYPE_CHECKING, Any, Final

import msgspec

from grader import wire
from grader.worker.absent import Absent, AbsentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TEXT_CHARS: Final = 2000
# What intake gives as a reason -> the text on a global that is missing for it.
_LEFT: Final = {"outside": "global_outside", "tries": "global_tried"}
_NOT_RUN: Final = frozenset({"global_missing", "global_needs", *_LEFT.values()})


class Unavailable(Exception):  # noqa: N818 - an answer to a look-up, not a fault
    """A name cannot be had; `key` and `fields` name the text that says why."""

    def __init__(self, key: str, **fields: str) -> None:
        super().__init__(key)
        self.key = key
        self.fields = fields


class Failure(msgspec.Struct, frozen=True):
    """A piece that raised when it was run."""

    piece: wire.Piece
    error: BaseException


class Reasons:
    """Remembers what failed, and words it for the name that is missed.

    Parameters
    ----------
    source : Source
        The submission, with what intake left out.
    origin : callable
        What the student calls a file or cell.
    """

    def __init__(self, source: wire.Source, origin: Callable[[str], str]) -> None:
        self._source = source
        self._origin = origin
        self._failures: dict[str, Failure] = {}
        self._amendments: dict[str, Failure] = {}
        self._stars: list[Failure] = []

    def failed(self, failure: Failure) -> None:
        """Remember a failure under each name that the piece would have bound or changed."""
        if failure.piece.kind == "import" and not failure.piece.names:
            self._stars.append(failure)
        for name in failure.piece.names:
            self._failures.setdefault(name, failure)
        self.amend_failed(failure)

    def amend_failed(self, failure: Failure) -> None:
        """Remember that something that was to change a definition did not."""
        for name in failure.piece.amends:
            self._amendments.setdefault(name, failure)

    def check_amended(self, name: str) -> None:
        """Raise what kept a later change from a definition: without it, it is not whole."""
        if name in self._amendments:
            self._raise(self._amendments[name])

    def check(self, name: str) -> None:
        """Raise what kept a name from being defined, if anything did."""
        if name in self._failures:
            self._raise(self._failures[name])

    def is_absent(self, decorator: ast.expr, scope: Mapping[str, Any]) -> bool:
        """Tell whether a decorator comes from a module that is not there."""
        for part in ast.walk(decorator):
            if isinstance(part, ast.Name):
                known = self._failures.get(part.id)
                lost = known is not None and _is_a(known.error, ImportError)
                if type(scope.get(part.id)) is Absent or (lost and part.id not in scope):
                    return True
        return False

    def why_global_missing(self, name: str) -> Unavailable | None:
        """Explain a NameError in the submission's code; None if nothing is known."""
        return self._why(name, frozenset())

    def _why(self, name: str, seen: frozenset[str]) -> Unavailable | None:
        if name in self._failures and name not in seen:
            return self._why_failed(name, self._failures[name], seen | {name})
        left = self._left_out(name)
        if left is None:
            return None if name in seen else self._star_failed(name)
        unread = self._unread(name, left)
        if unread is not None:
            return unread
        where = f"{self._origin(left.filename)}:{left.line}"
        key = _LEFT.get(left.reason, "global_missing")
        return Unavailable(key, name=name, where=where, reason_line=left.detail)

    def why_missing(self, name: str) -> Unavailable:
        """Explain why a name that is graded is not there."""
        left = self._left_out(name)
        files = ", ".join(module.origin for module in self._source.modules)
        if left is None:
            return Unavailable("missing", name=name, file=files)
        unread = self._unread(name, left)
        if unread is not None:
            return unread
        where = f"{self._origin(left.filename)}:{left.line}"
        return Unavailable("missing_left_out", name=name, where=where, reason_line=left.detail)

    def _unread(self, name: str, left: wire.LeftOut) -> Unavailable | None:
        """Explain a definition that stands there, but not as code that this Python reads."""
        file = self._origin(left.filename)
        where = f"{file}:{left.line}"
        if left.reason == "syntax":
            return Unavailable("syntax", where=where, text=left.detail)
        if left.reason == "newer":
            here = f"{sys.version_info.major}.{sys.version_info.minor}"
            return Unavailable("syntax_newer", where=where, needs=left.detail, here=here)
        if left.reason == "text":
            return Unavailable("missing_in_text", name=name, where=file)
        return None

    def why_import_failed(self, error: BaseException, where: str) -> Unavailable:
        """Name the module that is not there, by its own name; `where` it was needed, at least."""
        imported = error.where if type(error) is AbsentError else ""
        module = _name(error, ImportError) or "?"
        return Unavailable("import_failed", module=module, where=imported or where)

    def where(self, piece: wire.Piece) -> str:
        """Return file or cell, and line, of a piece."""
        return f"{self._origin(piece.filename)}:{piece.line}"

    def _why_failed(self, name: str, failure: Failure, seen: frozenset[str]) -> Unavailable | None:
        error = failure.error
        if _is_a(error, ModuleNotFoundError):
            return self._why_import(failure)
        missed = _name(error, NameError)
        if missed:
            root = self._why(missed, seen)
            if root is not None and (root.key not in _NOT_RUN or root.fields["name"] == name):
                return root
            if root is not None:
                fields = {**root.fields, "needs": root.fields.get("needs", root.fields["name"])}
                return Unavailable("global_needs", **{**fields, "name": name})
        return Unavailable("global_failed", name=name, **self._told(failure))

    def _why_import(self, failure: Failure) -> Unavailable:
        return self.why_import_failed(failure.error, self.where(failure.piece))

    def _raise(self, failure: Failure) -> None:
        """Raise what is to be told of a definition that failed."""
        error = failure.error
        if _is_a(error, ModuleNotFoundError):
            raise self._why_import(failure) from error
        if _is_a(error, NameError):
            raise error
        raise Unavailable("raised_loading", **self._told(failure)) from error

    def _told(self, failure: Failure) -> dict[str, str]:
        """List type, text and place of what a piece raised."""
        error = failure.error
        lines = [
            line
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_code.co_filename == failure.piece.filename
        ]
        line = lines[-1] if lines else failure.piece.line
        if type(error) is SyntaxError and error.lineno:
            line = error.lineno
        return {
            "exception": wire.type_name(error),
            "text": safe_text(error),
            "where": f"{self._origin(failure.piece.filename)}:{line}",
        }

    def _star_failed(self, name: str) -> Unavailable | None:
        """Name a star import that failed: a name that nobody defines may come from there."""
        for failure in self._stars:
            if _is_a(failure.error, ModuleNotFoundError):
                cause = self._why_import(failure)
                return Unavailable("import_star_failed", name=name, **cause.fields)
            return Unavailable("raised_loading", **self._told(failure))
        return None

    def _left_out(self, name: str) -> wire.LeftOut | None:
        for module in self._source.modules:
            for left in module.left_out:
                if name in left.names and left.reason != "shadowed":
                    return left
        return None


def origin_names(source: wire.Source) -> dict[str, str]:
    """Map what tracebacks call each file or cell to what the student calls it."""
    return {
        filename: module.called(filename)
        for module in source.modules
        for filename in _filenames(module)
    }


def _filenames(module: wire.Module) -> set[str]:
    """List what tracebacks call the module's file or cells."""
    return {piece.filename for piece in module.pieces} | {left.filename for left in module.left_out}


def _is_a(error: BaseException, kind: type[BaseException]) -> bool:
    """Tell the kind of an exception, whatever its class says of itself."""
    return issubclass(type(error), kind)


def _name(error: BaseException, kind: type[BaseException]) -> str:
    """Return what an ImportError or NameError is about; nothing if that is unknown."""
    if not _is_a(error, kind):
        return ""
    name = kind.__dict__["name"].__get__(error)
    return name if isinstance(name, str) else ""


def safe_text(error: BaseException) -> str:
    """Return what an exception says, cut to a bound, whatever its class makes of that."""
    try:
        text = str(error)
    except BaseException as second:  # noqa: BLE001 - an exception's __str__ is hostile ground
        text = f"(its text cannot be had: {wire.type_name(second)})"
    return str.encode(text[:_TEXT_CHARS], "utf-8", "replace").decode()

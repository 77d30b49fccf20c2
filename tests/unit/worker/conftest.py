"""Submissions made of text, and a host that serves them in this process."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from grader import wire
from grader.worker.host import Host

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.worker.output import Output

ModuleOf = Callable[..., wire.Module]
Served = Callable[..., "Serving"]
EMPTY = wire.Source(modules=())


def _kind(node: ast.stmt) -> str:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return "import"
    return "definition" if isinstance(node, ast.FunctionDef | ast.ClassDef) else "constant"


def _names(node: ast.stmt) -> tuple[str, ...]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        bound = [(alias.asname or alias.name).split(".")[0] for alias in node.names]
        return tuple(name for name in bound if name != "*")
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return (node.name,)
    return tuple(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _stored(n))


def _stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _pieces(text: str, filename: str) -> tuple[wire.Piece, ...]:
    lines = text.split("\n")
    pieces = []
    for node in ast.parse(text).body:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *[decorator.lineno for decorator in decorators]])
        code = "\n".join(lines[first - 1 : node.end_lineno])
        pieces.append(wire.Piece(code, filename, first, _kind(node), _names(node)))
    return tuple(pieces)


class Serving:
    """A host with one submission loaded, and calls on it."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self._nonce = 1

    def serve(self, kind: type[Any], **fields: Any) -> Any:
        """Send one request."""
        self._nonce += 1
        return self.host.serve(kind(nonce=self._nonce, **fields))

    def call(
        self, target: str | int, *args: Any, draws: Any = None, cotangent: Any = None, **fields: Any
    ) -> Any:
        """Call a function or the object behind a handle; return the reply."""
        return self.serve(
            wire.Call,
            target=target,
            args_payload=wire.encode(args),
            draws_payload=wire.encode(draws),
            cotangent_payload=wire.encode(cotangent),
            **fields,
        )

    def value(self, target: str | int, *args: Any, **fields: Any) -> Any:
        """Call and decode the result."""
        reply = self.call(target, *args, **fields)
        assert isinstance(reply, wire.Returned), reply
        return wire.decode(reply.value_payload)


@pytest.fixture
def module() -> ModuleOf:
    """Cut a text into the pieces of a module, one for each top-level statement."""

    def make(text: str, name: str = "answers", **fields: Any) -> wire.Module:
        filename = f"{name}.py"
        pieces = _pieces(textwrap.dedent(text), filename)
        return wire.Module(name=name, origin=filename, pieces=pieces, **fields)

    return make


@pytest.fixture
def served(module: ModuleOf) -> Served:
    """Load modules, or the text of one, into a fresh host."""

    def refuse(question: wire.Asked) -> wire.Supplied:
        raise AssertionError(f"nobody supplies {question.name}")

    def load(
        *parts: str | wire.Module,
        given: Sequence[wire.Module] = (),
        home: str = "answers",
        supplied: dict[str, str] | None = None,
        ask: Any = refuse,
        output: Output | None = None,
        forbidden: tuple[str, ...] = (),
        names: tuple[str, ...] = (),
    ) -> Serving:
        modules = tuple(module(part) if isinstance(part, str) else part for part in parts)
        host = Host(ask, output)
        host.serve(
            wire.Load(
                nonce=1,
                source=wire.Source(modules=modules),
                given=wire.Source(modules=tuple(given)),
                home=home,
                names=names,
                supplied=supplied or {},
                forbidden=forbidden,
            )
        )
        return Serving(host)

    return load

"""Which engine grades a batch, as the command line says."""

from __future__ import annotations

import functools
import importlib.util
from typing import TYPE_CHECKING, Final

from grader.batch import local_engine
from grader.cli.printing import say
from grader.errors import UsageError
from grader.sandbox import open_server
from grader.suite.session import warming_up
from grader.suite.timing import AUTO, OFF, device_of
from grader.worker.garbage import everything_kept

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from grader.batch.grade import OpenEngine
    from grader.sandbox import ForkServer

LOCAL: Final = "local"
DASK: Final = "dask"
FOR_DASK: Final = ("distributed", "cryptography")
NODES: Final = 2


def check(options: argparse.Namespace) -> None:
    """Raise `UsageError` for options that do not go together, or a package that is not there."""
    if options.engine == LOCAL:
        given = {
            "--scheduler": options.scheduler,
            "--nodes": options.nodes,
            "--node-root": options.node_root,
        }
        for name, value in given.items():
            if value is not None:
                raise UsageError(f"{name} says where nodes are; add --engine dask")
        return
    if options.scheduler is not None and options.nodes is not None:
        raise UsageError("--nodes is for a cluster on this machine; leave it or --scheduler out")
    for package in FOR_DASK:
        if importlib.util.find_spec(package) is None:
            raise UsageError(
                f"--engine dask needs the package {package}, which is not installed; install what "
                "it needs, in a checkout: pip install '.[dask]'"
            )


def timing_of(options: argparse.Namespace) -> tuple[str, bool | None]:
    """Return where speed is measured, and whether there is a GPU there; None if that is to be seen.

    Nodes differ, and a grade must not depend on which of them made it: so none measures speed on
    its own account. Where it is asked for, it is on nodes that declare that they can.

    Raises
    ------
    UsageError
        When a GPU is asked for on this machine, which has none.
    """
    mode: str = options.timing
    if options.engine == DASK and mode == AUTO:
        return OFF, None
    gpu = None if options.scheduler is None else True
    device_of(mode, gpu=gpu)
    return mode, gpu


def start_server(isolation: str, *, torch: bool, kept: Sequence[Path]) -> ForkServer:
    """Start a fork server; this process imports meanwhile what that one does."""
    with everything_kept(), warming_up(torch=torch):
        return open_server(isolation, torch=torch, kept=kept)


def server_of(options: argparse.Namespace, *, torch: bool, kept: Sequence[Path]) -> ForkServer:
    """Return the fork server of a batch, which the caller ends.

    The workers of a cluster come from its nodes. Which tier these must have is what can be proven
    here, by a server that imports little and has ended when it is returned.
    """
    if options.engine == LOCAL:
        return start_server(options.isolation, torch=torch, kept=kept)
    server = open_server(options.isolation, torch=False, kept=kept, groups=False)
    server.stop()
    return server


def opener(options: argparse.Namespace, jobs: int, kept: Sequence[Path]) -> OpenEngine:
    """Return what opens the engine that was asked for; the other one is not imported.

    Parameters
    ----------
    options : Namespace
        Of the command line; `check` has passed them.
    jobs : int
        Submissions at a time.
    kept : sequence of Path
        What no submission may read.
    """
    if options.engine == LOCAL:
        return local_engine
    from grader.batch.cluster import Place, dask_engine  # noqa: PLC0415 - an extra

    place = Place(
        scheduler=options.scheduler,
        nodes=min(options.nodes or NODES, jobs),
        root=None if options.node_root is None else str(options.node_root),
        isolation=options.isolation,
        kept=tuple(str(path.absolute()) for path in kept),
    )
    return functools.partial(dask_engine, place, say)

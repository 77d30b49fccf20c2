"""A batch on a real Dask cluster: a scheduler and workers as processes of this machine."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from distributed import Client

from grader.author.new import write_new
from grader.batch.cluster import DaskCluster
from grader.batch.hosting import Host
from grader.batch.node import Ground, pack
from grader.environment import OPTIONS, closed
from grader.model import Conditions
from grader.suite.session import RunSettings
from tests.attacks import tree
from tests.attacks.attack import RIGHT_CLIP, RIGHT_FORWARD, RIGHT_STEP

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.proof

RIGHT: Final = f"{RIGHT_CLIP}{RIGHT_STEP}{RIGHT_FORWARD}\n"
WRONG: Final = RIGHT.replace("def clip(", "def clap(")
COUNT: Final = 24
PATIENCE_S: Final = 100.0
POLL_S: Final = 0.05


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A small copy of hw8 with right and wrong submissions."""
    tree.build(tmp_path, {place: tree.plant(place) for place in tree.PLACES})
    for number in range(COUNT):
        path = tmp_path / "submissions" / f"s{number:02d}.py"
        path.write_text(RIGHT if number % 3 else WRONG)
    return tmp_path


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and three workers with one thread each."""
    folder = tmp_path / "dask"
    folder.mkdir()
    told = folder / "scheduler.json"
    dask = [sys.executable, *OPTIONS, "-m"]
    common = ["--scheduler-file", str(told), "--no-dashboard"]
    with contextlib.ExitStack() as stack:

        def start(*words: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [*dask, *words, *common], cwd=folder, env=closed(os.environ),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            stack.callback(process.wait)
            stack.callback(process.terminate)
            return process

        start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        wait_until(told.is_file)
        worker = ("distributed.cli.dask_worker", "--no-nanny", "--nthreads", "1")
        workers = [start(*worker, "--local-directory", str(folder)) for _ in range(3)]
        yield json.loads(told.read_text())["address"], workers


@contextlib.contextmanager
def grade(
    course: Path, out: str, *words: str, assignment: str = "hw8", **variables: str
) -> Iterator[subprocess.Popen[str]]:
    """Start a batch, and let it not outlive the test."""
    command = [sys.executable, *OPTIONS, "-m", "grader.cli", "grade", assignment]
    paths = [str(course / "submissions"), "--root", str(course), "-o", str(course / out)]
    with subprocess.Popen(
        [*command, *paths, *words],
        env=closed(os.environ) | variables, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def wait_until(condition: object) -> None:
    """Wait for something that must come about."""
    assert callable(condition)
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(POLL_S)


def graded(book: Path) -> int:
    """Count the grades in a gradebook that another process writes."""
    with (
        contextlib.suppress(sqlite3.OperationalError),  # it is being made, or written
        contextlib.closing(sqlite3.connect(f"file:{book}?mode=ro", uri=True)) as connection,
    ):
        (count,) = connection.execute("SELECT count(*) FROM submission").fetchone()
        return int(count)
    return 0


def begun(workers: list[subprocess.Popen[bytes]]) -> list[subprocess.Popen[bytes]]:
    """Return the workers that have a grader."""
    lists = ((one, Path(f"/proc/{one.pid}/task")) for one in workers if one.poll() is None)
    return [
        one
        for one, tasks in lists
        if any((task / "children").read_text().split() for task in tasks.iterdir())
    ]


def test_a_lost_worker_changes_no_grade(
    course: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    """One of three is killed amid the batch; the table is that of a batch on this machine.

    A worker whose assignment is another one takes no part, and says why.
    """
    address, workers = cluster
    other = course / "other"
    shutil.copytree(course / "assignments", other / "assignments")
    shutil.copytree(course / "solutions", other / "solutions")
    with (other / "solutions" / "hw8" / "char_rnn.py").open("a") as reference:
        reference.write("# changed\n")

    with grade(course, "local") as local:
        wanted = local.communicate()
    with grade(course, "dask", "--engine", "dask", "--scheduler", address) as dask:
        wait_until(lambda: graded(course / "dask" / "gradebook.sqlite") > COUNT // 8)
        begun(workers)[0].send_signal(signal.SIGKILL)
        _, told = dask.communicate(timeout=PATIENCE_S)
    with grade(
        course, "refused", "--engine", "dask", "--scheduler", address, "--node-root", str(other)
    ) as refused:
        _, why = refused.communicate(timeout=PATIENCE_S)

    assert (local.returncode, dask.returncode) == (0, 0), (wanted, told)
    tables = [(course / out / "grades.csv").read_bytes() for out in ("local", "dask")]
    assert tables[0] == tables[1]
    assert " is lost. What it had in hand is graded again." in told
    assert refused.returncode == 3
    assert "no node takes part" in why
    assert "it would grade under other conditions: reference" in why
    assert not (course / "refused" / "grades.csv").exists()


@pytest.mark.timeout(PATIENCE_S)
def test_an_answer_that_was_lost_with_its_worker_is_waited_for_by_nobody(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    """The worker has it, and is killed before anybody has fetched it."""
    address, workers = cluster
    ground = Ground(
        str(tmp_path / "nowhere"), "none", "salt", "off", RunSettings(),
        Conditions("A", "salt", "hash"), (), 1,
    )  # fmt: skip
    with Client(address, set_as_default=False, deserializers=["dask", "msgpack"]) as client:
        client.register_plugin(Host("lost", pack(ground)))
        reached = DaskCluster(client, "lost", None)
        wait_until(lambda: len(reached.workers()) == len(workers))
        errand = reached.begin(next(iter(reached.workers())))
        wait_until(lambda: any(client.who_has().values()))
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
        wait_until(lambda: not reached.workers())

        assert reached.done(1.0) is None
        errand.drop()
        assert reached.done(0.1) is None


def test_a_node_takes_what_it_has_proven_before(tmp_path: Path) -> None:
    """The reference is not run again: the file is used and stays; a damaged one is made anew."""
    write_new("tiny", tmp_path)
    reference = (tmp_path / "solutions" / "tiny" / "probabilities.py").read_text("utf-8")
    (tmp_path / "submissions").mkdir()
    (tmp_path / "submissions" / "right.py").write_text(reference, "utf-8")
    (tmp_path / "submissions" / "wrong.py").write_text(reference.replace("axis=1", "axis=0"))
    cache, proofs, tables = tmp_path / "cache", [], []
    for out in ("first", "second", "third"):
        with grade(
            tmp_path, out, "--engine", "dask", "--nodes", "1",
            assignment="tiny", XDG_CACHE_HOME=str(cache),
        ) as batch:  # fmt: skip
            _, told = batch.communicate(timeout=PATIENCE_S)
        assert batch.returncode == 0, told
        tables.append((tmp_path / out / "grades.csv").read_bytes())
        (proof,) = (cache / "grader" / "proofs").iterdir()
        found = proof.stat()
        proofs.append((found.st_ino, found.st_mtime > 0))
        if out == "second":
            proof.write_bytes(b"damaged")
        os.utime(proof, (0, 0))

    first, second, third = proofs
    assert first == second == (first[0], True)
    assert third[0] != first[0]
    assert tables == [tables[0]] * 3

"""Which tier is taken, what proves it, and what stands in where the strong layers are missing.

Layers are switched off by asking for fewer; what a kernel lacks cannot be shown otherwise.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.batch import kept_from_workers
from grader.catalog import load_assignment
from grader.cli.grade import tell_what_is_not_run
from grader.errors import RefusedError, SandboxError, UsageError
from grader.sandbox import Client, ForkServer, open_server, remedy
from grader.sandbox.selftest import samples
from grader.sandbox.tiers import CHOICES, HIDDEN_REFUSED, TIERS, leaks_of
from grader.worker.confine import Layers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.model import Limits

REPOSITORY = Path(__file__).parents[3]
READ_ONLY = """
import os
def write(): open('file', 'w').close()
def append(): open('/dev/null', 'a').close()
def make(): os.mkdir('folder')
def remove(): os.remove('file')
def rename(): os.rename('a', 'b')
def nameless(): os.open('.', os.O_TMPFILE | os.O_RDWR)
def read():
    with open('/dev/urandom', 'rb') as file:
        return len(file.read(3))
"""


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder of solutions that everybody may read."""
    for folder in [tmp_path, *tmp_path.parents]:
        if folder.stat().st_uid == os.geteuid() and len(folder.parts) > 2:
            folder.chmod(0o755)
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "answers.py").write_text("x = 1")
    (tmp_path / "solutions" / os.fsdecode(b"\xff")).write_text("a name that is no text")
    return tmp_path / "solutions"


@contextlib.contextmanager
def running(layers: Layers) -> Iterator[ForkServer]:
    """Start a server, or skip the test where these layers cannot be formed."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(ForkServer(torch=False, layers=layers))
        except SandboxError as error:
            pytest.skip(f"{layers} cannot be formed here: {error}")
        yield server


@pytest.mark.parametrize("tier", ["A", "B", "C-bubblewrap"])
def test_a_tier_keeps_everything_from_a_worker(tier: str, kept: Path) -> None:
    """Every attempt of the self-test fails, that on files which everybody may read among them."""
    with running(TIERS[tier]) as server:
        assert leaks_of(server, [kept]) == []


def test_the_self_test_names_what_could_be_read(layers: Layers, kept: Path) -> None:
    """Without layers, or with modes alone, what is open is found and named."""
    with running(Layers()) as server:
        leaks = leaks_of(server, [kept])

    assert f"read what is kept from students: {kept}" in leaks


def test_the_sample_is_the_outermost_and_small(tmp_path: Path) -> None:
    """Folders, some files of each, and files by themselves; never a walk without end."""
    for number in range(200):
        (tmp_path / f"{number}" / "deep").mkdir(parents=True)
        (tmp_path / f"{number}.py").write_text("")

    found = samples([tmp_path, tmp_path / "0.py"])

    assert found[0] == str(tmp_path)
    assert found[-1] == str(tmp_path / "0.py")
    assert len(found) < 400


def test_what_python_needs_is_no_leak_where_it_lies_among_submissions(tmp_path: Path) -> None:
    """`grader grade hw8 .` may be asked for where an environment lies too."""
    root = REPOSITORY

    found = samples([root])

    assert str(root) not in found
    assert not any(path.startswith(f"{root / 'grader'}/") for path in found)
    assert str(root / "pyproject.toml") in found or str(root / "CHANGELOG.md") in found
    assert samples([root / "grader"])[0] == str(root / "grader")


@pytest.mark.parametrize("name", ["write", "append", "make", "remove", "rename", "nameless"])
def test_where_no_folder_is_a_workers_own_it_writes_nothing(
    name: str, limits: Limits, source: Callable[[str], Any], layers: Layers
) -> None:
    """Nothing else would keep what one leaves from the next; the student is told what was tried."""
    read_only = Layers(namespaces=layers.namespaces, seccomp=True, other_user=True)
    with running(read_only) as server:
        client = Client(server.worker(limits), limits)
        loaded = source(READ_ONLY)
        client.load(loaded, loaded, "answers")

        try:
            with pytest.raises(RefusedError):
                client.call(name, ())
            assert client.call("read", ()).value == 3
        finally:
            client.close()


def test_the_tiers_that_run_hidden_suites_have_more_than_bounds() -> None:
    """Best tries them from the strongest to the one that refuses; strict takes the first alone."""
    assert CHOICES["best"][-1] == HIDDEN_REFUSED
    assert TIERS[HIDDEN_REFUSED] == Layers()
    assert all(layers.seccomp for tier, layers in TIERS.items() if tier != HIDDEN_REFUSED)
    assert CHOICES["strict"] == ("A",)


def test_another_word_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(UsageError, match="strict, best, off"):
        open_server("none", torch=False)


def test_the_remedy_names_commands_and_folders(tmp_path: Path) -> None:
    """What can be copied into a terminal, with the folders that are meant, quoted."""
    folder = tmp_path / "the course"
    folder.mkdir()

    text = remedy([folder, tmp_path / "not there"])

    assert "apt-get install bubblewrap" in text
    assert f"chmod 700 '{folder}'" in text
    assert "not there" not in text


def test_what_is_not_run_is_said_with_why_and_what_helps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An instructor must not take public marks for the whole; else nothing is said."""
    assignment = load_assignment(REPOSITORY / "assignments" / "hw8")
    kept = kept_from_workers(assignment, tmp_path, None)
    refused = ForkServer(tier="C", reasons=["tier A: no user namespaces"])
    run = ForkServer(tier="C-user")

    tell_what_is_not_run(assignment, run, kept)
    nothing = capsys.readouterr().err
    tell_what_is_not_run(assignment, refused, kept)
    said = capsys.readouterr().err

    assert nothing == ""
    assert "no user namespaces" in said
    assert "hidden suites are not run" in said
    assert str(tmp_path) in said
    assert assignment.solution in kept

"""Grade every attack in one batch, between right submissions, and judge what came of it.

    python -m tests.attacks.driver TIER [--narrow] [CLASS ...]

``--narrow`` grades an attack on the exercises that it names alone; in others it defines nothing.
Nor is the line looked for at which it goes wrong. The right submissions between the attacks are
graded whole.

It prints one JSON document: the classes with their attacks and, for each, what is wrong. It ends
with code `UNAVAILABLE`, and a line that says why, where the tier cannot be formed.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from grader import wire
from grader.batch import BatchOptions, KeptRun, grade_all
from grader.catalog import load_assignment
from grader.errors import SandboxError
from grader.gradebook import Gradebook
from grader.intake.collect import collect
from grader.model import Grade, Limits
from grader.sandbox import Client, ForkServer
from grader.sandbox.tiers import TIERS, leaks_of
from grader.suite.session import RunSettings
from tests.attacks import judge, tree
from tests.attacks.as_user import NOBODY, UNAVAILABLE
from tests.attacks.attack import (
    ABSOLUTE,
    RIGHT_CLIP,
    RIGHT_FORWARD,
    RIGHT_STEP,
    Attack,
    attacks_of,
    classes,
)
from tests.attacks.memory import FALLBACKS, Memory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.worker.confine import Layers

PR_SET_CHILD_SUBREAPER: Final = 36
# What tiers without Landlock do not keep from a worker; docs/security.md says so.
NOT_PROMISED: Final = ("command_lines",)
# How many attacks stand between two right submissions.
APART: Final = 4
# How long the canary lives if nobody ends it.
CANARY_S: Final = "3600"
WHERE: Final = (
    "import os\n\ndef where():\n    return os.getcwd(), sorted(os.listdir('/proc/self/fd'))\n"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Surroundings:
    """What the test itself has put around the submissions.

    Parameters
    ----------
    tree : Path
        The copy of the assignment, and the secrets.
    canaries : mapping of str to str
        Place to secret.
    victim : subprocess.Popen
        A stopped process of the workers' own user; who can signal it can wake it.
    values : mapping of str to str
        What attacks know: paths, process ids, the port.
    listeners : sequence of socket.socket
        That nobody may connect to.
    """

    tree: Path
    canaries: Mapping[str, str]
    victim: subprocess.Popen[bytes]
    values: Mapping[str, str]
    listeners: Sequence[socket.socket]


@contextlib.contextmanager
def surroundings() -> Iterator[Surroundings]:
    """Plant secrets, start the canary process and the listeners; take all away again."""
    canaries = {place: tree.plant(place) for place in tree.PLACES}
    canaries["environment"] = os.environ.get("ATTACK_CANARY", canaries["environment"])
    folder = Path(tempfile.mkdtemp(prefix="attacks-"))
    folder.chmod(0o755)
    tree.build(folder, canaries)
    user = NOBODY if os.geteuid() == 0 else None
    victim = subprocess.Popen(["sleep", CANARY_S], user=user)  # noqa: S607
    os.kill(victim.pid, signal.SIGSTOP)
    abstract = f"attacks-{secrets.token_hex(8)}"
    by_port = socket.create_server(("127.0.0.1", 0))
    port = by_port.getsockname()[1]
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", port))
    by_name = socket.socket(socket.AF_UNIX)
    by_name.bind(f"\0{abstract}")
    by_name.listen()
    values = {
        "TREE": str(folder), "PORT": str(port), "ABSTRACT": abstract,
        "CANARY": str(victim.pid), "GRADER": str(os.getpid()),
    }  # fmt: skip
    listeners = (by_port, datagrams, by_name)
    try:
        yield Surroundings(folder, canaries, victim, values, listeners)
    finally:
        for listener in listeners:
            listener.close()
        victim.kill()
        victim.wait()
        shutil.rmtree(folder)


def touched(around: Surroundings) -> list[str]:
    """List what has reached the canary process or a listener."""
    problems = []
    state = Path(f"/proc/{around.victim.pid}/stat").read_text().rpartition(")")[2].split()[0]
    if state != "T":
        problems.append(f"the canary process was reached: its state is {state}")
    for listener in around.listeners:
        listener.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            listener.recv(1) if listener.type == socket.SOCK_DGRAM else listener.accept()
            problems.append(f"something came in at {listener.getsockname()!r}")
    dropped = sorted(path.name for path in (around.tree / "drop").iterdir())
    if dropped != ["file"]:
        problems.append(f"files were left behind: {dropped}")
    if Path(ABSOLUTE).exists():
        problems.append(f"{ABSOLUTE} was left behind")
    if (around.tree / "drop" / "file").read_text() != "as it was":
        problems.append("a file was changed")
    return problems


def grade(
    attacks: Sequence[Attack], layers: Layers, tier: str, *, jobs: int = 2, narrow: bool = False
) -> dict[str, list[str]]:
    """Grade attacks in one batch, each on all exercises or, narrowly, on those that it names.

    Returns
    -------
    dict of str to list of str
        For each attack, and for ``around``, what is wrong.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with surroundings() as around:
        open_before = descriptors()
        folder = around.tree / "submissions"
        canary = around.canaries["neighbour"]
        right = f"{RIGHT_CLIP}{RIGHT_STEP}{RIGHT_FORWARD}\n# {canary}\n"
        (folder / "right.py").write_text(right)
        (around.tree / "drop" / "file").write_text("as it was")
        assignment = load_assignment(around.tree / "assignments" / "hw8")
        values = {**around.values, **tables(assignment, attacks)}
        for attack in attacks:
            tree.lay_out(attack, folder, values)
        if layers.other_user:
            tree.close_to_others(around.tree)
        submissions = read(assignment, folder)
        ordered = interleaved(submissions)
        torch = any(attack.imports_torch for attack in attacks)  # which takes its time
        named = {attack.entry: attack.names_of(tree.KEPT) for attack in attacks} if narrow else {}
        graded, temporary, around_problems = run(
            assignment, ordered, layers, tier, jobs, around, torch=torch, named=named
        )
        around_problems += touched(around)
        opened = sorted(set(descriptors()) - set(open_before))
        if opened:
            around_problems.append(f"the grader has more descriptors open than before: {opened}")
        if temporary is not None and temporary.exists():
            around_problems.append("the fork server's folder was left behind")
        around_problems += left_processes(around)
        secrets_ = tuple(around.canaries.values())
        entries = {made.id: submission.path.name for submission, made in graded}
        pages, broken = judge.write_all(assignment, [made for _, made in graded], around.tree)
        problems = {"around": around_problems + broken}
        rights = [made for _, made in graded if entries[made.id] == "right.py"]
        for made in rights:
            problems["around"] += judge.full(made)
        slowness = judge.slowness(rights)
        by_entry = {entries[made.id]: made for _, made in graded}
        for attack in attacks:
            found = by_entry.get(attack.entry)
            if found is None:
                problems[attack.name] = ["it was not graded at all"]
                continue
            problems[attack.name] = judge.attack(attack, found, pages[found.id], secrets_, slowness)
            other = by_entry.get(f"{attack.alike}.py")
            if other is not None:
                problems[attack.name] += judge.alike(
                    found.id, pages[found.id], other.id, pages[other.id]
                )
        return problems


def tables(assignment: Assignment, attacks: Sequence[Attack]) -> dict[str, str]:
    """Write what is known of public cases, if an attack asks for it, by what else it does."""
    if not any("{MEMORY" in attack.source for attack in attacks):
        return {}
    memory = Memory(assignment)
    return {
        f"MEMORY_{fallback.replace(' ', '_')}": memory.submission(fallback)
        for fallback in FALLBACKS
    }


def descriptors() -> list[str]:
    """List this process' open descriptors, each with what it stands for."""
    folder = "/proc/self/fd"
    found = []
    for number in os.listdir(folder):  # noqa: PTH208 - descriptors, no files
        with contextlib.suppress(FileNotFoundError):  # the one that lists them
            found.append(f"{number} {os.readlink(f'{folder}/{number}')}")  # noqa: PTH115
    return found


def read(assignment: Assignment, folder: Path) -> list[Submission]:
    """Read the submissions as the command line does."""
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    return list(collect(folder, modules=assignment.modules, exercises=names).submissions)


def interleaved(submissions: Sequence[Submission]) -> list[Submission]:
    """Put the right submission, under ever new ids, before and after every few others."""
    right = next(one for one in submissions if one.path.name == "right.py")
    ordered = [right]
    for number, one in enumerate(submissions):
        if one is not right:
            ordered.append(one)
        if number % APART == 0:
            ordered.append(msgspec.structs.replace(right, id=f"right-{number}"))
    return [*ordered, msgspec.structs.replace(right, id="right-last")]


def run(
    assignment: Assignment,
    submissions: Sequence[Submission],
    layers: Layers,
    tier: str,
    jobs: int,
    around: Surroundings,
    *,
    torch: bool,
    named: Mapping[str, Sequence[str]],
) -> tuple[list[tuple[Submission, Grade]], Path | None, list[str]]:
    """Run the batch as the command line does, gradebook included."""
    graded: list[tuple[Submission, Grade]] = []
    problems: list[str] = []
    salt = secrets.token_hex(8)
    with (
        ForkServer(torch=torch, layers=layers, tier=tier) as server,
        Gradebook.open(around.tree / "results" / "gradebook.sqlite") as book,
    ):
        before, inherited = worker_folder(server)
        settings = RunSettings(edits=0) if named else RunSettings()
        options = BatchOptions(jobs=jobs, salt=salt, run=settings)
        plan = KeptRun(book, assignment.id, submissions)

        def keep(submission: Submission, made: Grade) -> None:
            graded.append((submission, made))
            try:
                plan.keep(submission, made)
            except Exception as error:  # noqa: BLE001 - the attack that did it is to be named
                problems.append(f"{made.id!r} breaks the gradebook: {type(error).__name__}")

        def exercises_of(submission: Submission) -> Sequence[str]:
            return named.get(submission.path.name, tree.KEPT)

        grade_all(assignment, submissions, options, server, keep, exercises_of, plan)
        after, inherited_after = worker_folder(server)
        if inherited != inherited_after:
            problems.append(f"workers inherit {inherited_after}, at first {inherited}")
        temporary = None if layers.namespaces else before.parent
        if temporary is not None and os.access(temporary, os.R_OK):
            left = set(temporary.iterdir()) - {before, after}
            problems += [f"a worker's folder was left behind: {len(left)} of them"] if left else []
    return graded, temporary, problems


def worker_folder(server: ForkServer) -> tuple[Path, list[str]]:
    """Ask a worker where it works, and which descriptors it has."""
    limits = Limits(call_s=20, load_s=20, memory_mib=256)
    client = Client(server.worker(limits), limits)
    piece = wire.Piece(WHERE, "where.py", 1, "definition", ("os", "where"))
    try:
        module = wire.Module(name="where", origin="where.py", pieces=(piece,))
        client.load(wire.Source((module,)), wire.Source(()), "where")
        folder, descriptors = client.call("where", ()).value
    finally:
        client.close()
    return Path(folder), list(descriptors)


def left_processes(around: Surroundings) -> list[str]:
    """List processes that are still there; orphans have become this process' children."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    left = [int(pid) for pid in listed if int(pid) != around.victim.pid]
    names = []
    for pid in left:
        with contextlib.suppress(OSError):
            names.append(Path(f"/proc/{pid}/comm").read_text().strip())
        # A child of this process, so its number belongs to nobody else until it is waited for.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    return [f"processes were left behind: {names}"] if names else []


def main(arguments: list[str]) -> None:
    """Grade the classes named, or all, in a tier."""
    tier, *chosen = arguments
    narrow = "--narrow" in chosen
    chosen = [word for word in chosen if word != "--narrow"]
    if TIERS[tier].other_user and os.geteuid() != 0:
        print(f"tier {tier} needs root to start from", file=sys.stderr)
        raise SystemExit(UNAVAILABLE)
    try:
        with (
            surroundings() as around,
            ForkServer(torch=False, layers=TIERS[tier], tier=tier) as server,
        ):
            open_ = leaks_of(server, [around.tree / "solutions"])
            leaks = leaks_of(server, tree.close_to_others(around.tree))
    except SandboxError as error:
        print(f"tier {tier} cannot be formed here: {error}", file=sys.stderr)
        raise SystemExit(UNAVAILABLE) from None
    found = {klass: attacks_of(klass) for klass in chosen or classes()}
    left_out = NOT_PROMISED if tier.startswith("C-") else ()
    found = {
        klass: tuple(attack for attack in members if attack.name not in left_out)
        for klass, members in found.items()
    }
    attacks = [attack for klass in found.values() for attack in klass]
    problems = grade(attacks, TIERS[tier], tier, narrow=narrow)
    problems["around"] += [f"the self-test says that a worker could {leak}" for leak in leaks]
    if TIERS[tier].other_user and not any("solutions" in leak for leak in open_):
        problems["around"].append("the self-test overlooks solutions that everybody may read")
    document: dict[str, Any] = {
        klass: {attack.name: problems[attack.name] for attack in members}
        for klass, members in found.items()
    }
    document["around"] = {"around": problems["around"]}
    print(json.dumps(document))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Many hand in at once while processes are killed: nothing is lost, and nothing graded twice."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from grader.environment import closed
from grader.gradebook import Gradebook, at_work
from tests.e2e.serving import GRADER, PATIENCE_S, Crowd, Service, in_a_batch, outcome, wait_until
from tests.postgres import GUARDED, PASSWORD
from tests.tiny import write_tiny, written

if TYPE_CHECKING:
    from tests.postgres import Server

ROOT: Final = Path(__file__).parents[2]
RIGHT: Final = {"double": "return 2 * x", "total": "return double(x).sum()"}
KILLS: Final = "import os\nimport signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
KINDS: Final = (
    written(**RIGHT),
    written(double="return 3 * x", total="return double(x).sum()"),
    written(),
    written(**RIGHT) + KILLS,
    "def double(x:\n",
    written(double="raise ValueError('no')", total="return 0"),
)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Return a course with one small assignment."""
    write_tiny(tmp_path / "course")
    return tmp_path / "course"


def kill(pid: int | None) -> None:
    """End a process as the kernel does when memory runs out."""
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("count", "kind"),
    [
        (12, "sqlite"),
        pytest.param(12, "postgresql", marks=pytest.mark.proof),
        pytest.param(200, "sqlite", marks=pytest.mark.proof),
    ],
)
def test_nothing_is_lost_and_nothing_graded_twice(
    request: pytest.FixtureRequest, course: Path, tmp_path: Path, count: int, kind: str
) -> None:
    """Each ends with one result, which is the batch's of the same file.

    The process that grades is killed, then the server, amid uploads; then what grades again, and
    the database where it has a server of its own.
    """
    postgres: Server | None = None
    options = ["--jobs", "2"]
    if kind == "postgresql":
        postgres = request.getfixturevalue("postgres")
        options += ["--database", postgres.url()]
    codes = {
        f"s{number:03d}": f"{KINDS[number % len(KINDS)]}# {number}\n".encode()
        for number in range(count)
    }
    service = Service(course, tmp_path / "out", *options)
    service.start()
    crowd = Crowd(service, codes)
    crowd.begin()
    wait_until(lambda: len(crowd.ids) >= count // 6)
    kill(service.grading_pid())
    wait_until(lambda: len(crowd.ids) >= count // 3)
    service.kill()
    with service:
        if postgres is not None:
            postgres.stop()
            postgres.start()
        ids = crowd.wait()
        kill(service.grading_pid())
        told = {student: service.wait(upload) for student, upload in ids.items()}
        wait_until(lambda: at_work(service.out / "tiny") is None)
        feedback = service.ask("GET", f"{told['s000']['self']}/feedback", accept="text/html")

    assert len(set(ids.values())) == count
    assert feedback[0] == 200
    expected = in_a_batch(course, codes, tmp_path / "batch")
    with Gradebook.of(service.out / "tiny") as book:
        assert {grade.id: outcome(grade) for grade in book.grades()} == expected
        uploads = book.uploads.done()
        assert [one.grades for one in book.batches()] == [count]
    assert {one.student for one in uploads} == set(codes)
    assert len(uploads) == count
    pages = {path.stem for path in (service.out / "tiny" / "feedback").iterdir()}
    assert pages == set(codes)
    received = service.out / "tiny" / "received"
    assert {path.name for path in received.iterdir()} == set(ids.values())
    for student, upload in ids.items():
        assert (received / upload / "answers.py").read_bytes() == codes[student]


def test_an_end_that_is_asked_for_is_clean(course: Path, tmp_path: Path) -> None:
    """What was running is queued again, with no try counted, and every process is gone."""
    endless = written(double="while True: pass").encode()
    service = Service(course, tmp_path / "out", "--jobs", "1")
    service.start()
    upload = service.hand_in("ada", endless)
    wait_until(
        lambda: service.ask("GET", f"/v1/tiny/submissions/{upload}")[1]["state"] == "running"
    )
    grading = service.grading_pid()

    code = service.stop()

    assert code == 0
    assert grading is not None
    with pytest.raises(ProcessLookupError):
        os.kill(grading, 0)
    with Gradebook.open(service.out / "tiny" / "gradebook.sqlite") as book:
        left = book.uploads.get(upload)
    assert left is not None
    assert (left.state, left.tries) == ("queued", 0)
    assert "Traceback" not in "".join(service.said)


def test_an_end_that_is_asked_for_while_it_starts_is_clean(course: Path, tmp_path: Path) -> None:
    """SIGTERM counts from the beginning: a container's first process would ignore it otherwise."""
    words = ["serve", "tiny", "-o", str(tmp_path / "out"), "--port", "0", "--root", str(course)]
    process = subprocess.Popen(
        [*GRADER, *words],
        env=closed(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_until((tmp_path / "out" / "tiny").exists)

    process.send_signal(signal.SIGTERM)

    said, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, said
    assert "Traceback" not in said


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.proof)])
def test_the_desks_commands_work_on_it(
    request: pytest.FixtureRequest,
    course: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    """A mark by hand and a regrade stay, and the service goes on.

    Where the gradebook is in a database, they find it by the folder, and its password by a
    variable; that is nowhere else.
    """
    if kind == "postgresql":
        postgres: Server = request.getfixturevalue("postgres")
        url = postgres.url("desk", user=GUARDED, password=PASSWORD)
        postgres.execute(f"CREATE DATABASE desk OWNER {GUARDED}")
        monkeypatch.setenv("GRADER_DATABASE", url)
    service = Service(course, tmp_path / "out", "--jobs", "1")
    out = service.out / "tiny"
    wrong = written(double="return 3 * x", total="return double(x).sum()").encode()

    def grader(*words: str) -> None:
        done = subprocess.run(
            [*GRADER, *words, "--root", str(course)], env=closed(os.environ),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    with service:
        ada = service.wait(service.hand_in("ada", wrong))
        wait_until(lambda: at_work(out) is None)
        grader("override", str(out), "ada", "double", "4", "--because", "it was meant so")
        grader("regrade", str(out), "--where", "student=ada", "--timing", "off", "--by", "prof")
        bob = service.wait(service.hand_in("bob", written(**RIGHT).encode()))
        again = service.ask("GET", ada["self"])[1]
        environment = Path(f"/proc/{service.grading_pid()}/environ").read_text()
        page = service.ask("GET", ada["feedback"], accept="text/plain")[1].decode()

    assert (ada["score"], again["score"], bob["score"]) == (0.0, 4.0, 10.0)
    assert "it was meant so" in page
    grader("report", str(out))
    assert (out / "gradebook.sqlite").exists() == (kind == "sqlite")
    assert "GRADER_DATABASE" not in environment
    there = [path.read_bytes() for path in service.out.rglob("*") if path.is_file()]
    assert not any(b"p%40ss" in one or PASSWORD.encode() in one for one in there)
    assert "p%40ss" not in "".join(service.said)
    table = (out / "grades.csv").read_text()
    assert "ada" in table
    assert "bob" in table


def _tried_to_serve(course: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Start a service that is to end by itself."""
    return subprocess.run(
        [*GRADER, "serve", "tiny", "-o", str(out), "--port", "0", "--root", str(course)],
        env=closed(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )


def test_two_services_do_not_share_a_folder(course: Path, tmp_path: Path) -> None:
    """The second one says who is there."""
    with Service(course, tmp_path / "out"):
        done = _tried_to_serve(course, tmp_path / "out")

    assert done.returncode == 2
    assert "another run is at work" in done.stderr


def test_what_cannot_be_graded_is_not_taken_in(course: Path, tmp_path: Path) -> None:
    """A broken suite ends the service before it listens."""
    suite = course / "assignments" / "tiny" / "test_answers.py"
    suite.write_text(suite.read_text() + "\nraise RuntimeError('by a slip')\n")

    done = _tried_to_serve(course, tmp_path / "out")

    assert done.returncode == 2
    assert "tiny cannot be graded" in done.stderr
    assert "http://" not in done.stdout


def test_the_process_that_answers_has_no_torch(course: Path, tmp_path: Path) -> None:
    """Nor does it read what is handed in."""
    with Service(course, tmp_path / "out") as service:
        service.wait(service.hand_in("ada", written(**RIGHT).encode()))
        maps = service.proc("maps")

    assert "libtorch" not in maps


def test_a_token_that_is_set_is_said_to_nobody(course: Path, tmp_path: Path) -> None:
    """It opens the service, and stands in no file, in no line, and not where code is graded."""
    token = "0123456789abcdef" * 2
    service = Service(course, tmp_path / "out", token=token)
    with service:
        status, _ = service.ask("GET", "/v1/tiny/submissions?student=ada")
        wrong, _ = service.ask("GET", "/v1/tiny/submissions", authorization=f"Bearer {token}x")
        variables = Path(f"/proc/{service.grading_pid()}/environ").read_bytes()

    assert (status, wrong) == (200, 401)
    assert b"PATH=" in variables
    assert token.encode() not in variables
    assert "The course's token is in GRADER_TOKEN." in "".join(service.said)
    assert token not in "".join(service.said)
    for path in service.out.rglob("*"):
        assert path.name != "token"
        assert not path.is_file() or token.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("token", "words", "says"),
    [("short", [], "GRADER_TOKEN: a token has 20 to"), ("", [], "GRADER_TOKEN: a token has"),
     ("x" * 20, ["--token-file", "t"], "leave one of them out")],
)  # fmt: skip
def test_a_token_that_is_set_wrongly_is_not_replaced(
    course: Path, tmp_path: Path, token: str, words: list[str], says: str
) -> None:
    """Nobody is to guess it, or to wonder which of two it is."""
    done = subprocess.run(
        [*GRADER, "serve", "tiny", "-o", str(tmp_path / "out"), "--root", str(course), *words],
        env=closed(os.environ | {"GRADER_TOKEN": token}),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert says in done.stderr
    assert not (tmp_path / "out" / "token").exists()


@pytest.mark.proof
def test_damaged_requests_and_files_crash_hang_and_lose_nothing() -> None:
    """For a while; `python -m tests.fuzz.fuzz_service --seconds 600` goes on for longer."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.fuzz_service", "--seconds", "20"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing crashed, hung or was lost" in done.stdout

"""What the reference answered is kept for the next batch, believed only if whole and one's own."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from grader.batch import BatchOptions, cache_folder, grade_all
from grader.batch.proofs import KEPT, Proofs, key_of
from grader.errors import CatalogError, SandboxError
from grader.intake import read_submission
from grader.sandbox import ForkServer, open_server
from grader.sandbox.tiers import TIERS, leaks_of
from grader.suite.collecting import collected
from grader.suite.session import prove, recalled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.model import Grade

WRONG = "def double(x):\n    return x + 2\n\ndef total(x):\n    return double(x).sum()\n"


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    """A fork server for the batches of all tests."""
    with open_server("best", torch=False) as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where proofs are kept."""
    return tmp_path / "cache" / "proofs"


def graded(course: Any, server: ForkServer, folder: Path | None, salt: str = "s") -> Grade:
    """Grade one wrong submission; return its grade, without how long that took."""
    submission = read_submission(
        course.write("ada.py", WRONG), modules=("answers",),
        exercises={"double": ("double",), "total": ("total",)},
    )  # fmt: skip
    made: list[Grade] = []
    options = BatchOptions(salt=salt, proofs=folder)
    grade_all(course.assignment(), [submission], options, server, lambda _, one: made.append(one))
    course.forget()
    (grade,) = made
    exercises = tuple(
        msgspec.structs.replace(
            one,
            cases=tuple(msgspec.structs.replace(case, duration_s=0.0) for case in one.cases),
        )
        for one in grade.exercises
    )
    return msgspec.structs.replace(grade, duration_s=0.0, exercises=exercises)


def files(folder: Path) -> list[Path]:
    """List what is kept."""
    return sorted(folder.iterdir())


def test_a_grade_is_the_same_with_what_was_proven_before(
    course: Any, server: ForkServer, folder: Path
) -> None:
    """Hidden cases, diagnoses and all: field by field."""
    course.hide(
        "@pytest.mark.exercise('total')\ndef test_more(check, rng): check.total(rng.random(9))"
    )
    proven = graded(course, server, None)

    grades = [graded(course, server, folder) for _ in range(2)]

    assert grades == [proven, proven]
    assert len(files(folder)) == 1


def test_the_reference_is_not_run_again(course: Any, server: ForkServer, folder: Path) -> None:
    """A proof that names other answers is believed, since its digest and its key are right."""
    assignment = course.assignment()
    with collected(assignment) as suites:
        session = prove(suites, "s")
        conditions = BatchOptions(salt="s").conditions(suites, server.tier)
        other = session.proof
        for case in other.golden.cases():
            other.golden.begin(case)
        Proofs(folder).keep(other, conditions, "s")
    course.forget()

    grade = graded(course, server, folder)

    assert {case.verdict.value for one in grade.exercises for case in one.cases} == {
        "errored_grader"
    }


@pytest.mark.parametrize("change", ["reference", "suite", "salt"])
def test_what_it_depends_on_makes_another_proof(
    course: Any, server: ForkServer, folder: Path, change: str
) -> None:
    """The reference, the suites, the salt: the old proof stays, and a new one is made."""
    graded(course, server, folder)
    if change == "reference":
        path = course.solution / "answers.py"
        path.write_text(path.read_text().replace("2 * x", "x * 2"))
    if change == "suite":
        path = course.folder / "test_answers.py"
        path.write_text(path.read_text().replace("[2, 5]", "[2, 6]"))

    graded(course, server, folder, salt="t" if change == "salt" else "s")

    assert len(files(folder)) == 2


def test_a_reference_that_fails_leaves_no_proof(
    course: Any, server: ForkServer, folder: Path
) -> None:
    """Nothing is kept of a broken assignment."""
    course.suite("def test_broken(check): assert False")

    with pytest.raises(CatalogError):
        graded(course, server, folder)

    assert files(folder) == []


@pytest.mark.parametrize(
    "damage", ["a bit", "its end", "everything", "its owner", "its mode", "a link"]
)
def test_what_cannot_be_believed_is_made_again(
    course: Any, server: ForkServer, folder: Path, tmp_path: Path, damage: str
) -> None:
    """A damaged file, and one that another user may have written, count for nothing."""
    right = graded(course, server, folder)
    (path,) = files(folder)
    whole = path.read_bytes()
    if damage == "a bit":
        path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    elif damage == "its end":
        path.write_bytes(whole[:-1])
    elif damage == "everything":
        path.write_bytes(b"")
    elif damage == "its owner":
        if os.geteuid() != 0:
            pytest.skip("only root can give a file away")
        os.chown(path, 12345, 12345)
    elif damage == "its mode":
        path.chmod(0o666)
    else:
        path.rename(tmp_path / "elsewhere")
        path.symlink_to(tmp_path / "elsewhere")

    assert graded(course, server, folder) == right

    assert path.read_bytes() == whole
    assert not path.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_uid == os.geteuid()


def test_a_folder_that_others_may_enter_is_not_used(
    course: Any, server: ForkServer, folder: Path
) -> None:
    """Neither read nor written; the batch is graded all the same."""
    folder.mkdir(parents=True)
    folder.chmod(0o755)

    grade = graded(course, server, folder)

    assert grade.score is not None
    assert files(folder) == []


def test_few_proofs_are_kept(course: Any, folder: Path) -> None:
    """Those that were used last; what a killed process left of a file goes as well."""
    with collected(course.assignment()) as suites:
        proof = prove(suites, "").proof
        conditions = BatchOptions().conditions(suites, "A")
    kept = Proofs(folder)
    kept.keep(proof, conditions, "first")
    (folder / ".half.1").write_bytes(b"half")
    os.utime(folder / ".half.1", (0, 0))

    for number in range(KEPT):
        assert kept.find(conditions, "first") is not None
        kept.keep(proof, conditions, str(number))

    assert len(files(folder)) == KEPT
    assert kept.find(conditions, "first") is not None
    assert kept.find(conditions, "0") is None
    assert not (folder / ".half.1").exists()


def test_a_proof_says_all_that_a_session_needs(course: Any, folder: Path) -> None:
    """Answers, traces and what was asked come back as they were."""
    with collected(course.assignment()) as suites:
        session = prove(suites, "s")
        conditions = BatchOptions().conditions(suites, "A")
        Proofs(folder).keep(session.proof, conditions, "s")
        proof = Proofs(folder).find(conditions, "s")
        assert proof is not None
        again = recalled(suites, "s", proof)

    assert again.reference.golden.to_bytes() == session.reference.golden.to_bytes()
    # A sketch read back has lists for tuples, as those of known mistakes have.
    assert msgspec.json.encode(again.proof[1:]) == msgspec.json.encode(session.proof[1:])
    assert not again.reference.live


def test_the_key_tells_neither_salt_nor_answers(course: Any, folder: Path) -> None:
    """Names of files are hashes."""
    with collected(course.assignment()) as suites:
        conditions = BatchOptions().conditions(suites, "A")

    assert key_of(conditions, "secret") != key_of(conditions, "other")
    assert "secret" not in key_of(conditions, "secret")


@pytest.mark.parametrize("tier", ["A", "B", "C-bubblewrap", "C-user"])
def test_no_worker_can_read_a_proof(course: Any, folder: Path, tier: str) -> None:
    """It holds answers to hidden cases; a worker tries to list the folder and to read the file."""
    with collected(course.assignment()) as suites:
        conditions = BatchOptions().conditions(suites, tier)
        Proofs(folder).keep(prove(suites, "s").proof, conditions, "s")
    if tier == "C-user" and os.geteuid() != 0:
        pytest.skip("only root has other users")
    try:
        started = ForkServer(torch=False, layers=TIERS[tier]).__enter__()
    except SandboxError as error:
        pytest.skip(f"tier {tier} cannot be formed here: {error}")
    with started as confined:
        assert leaks_of(confined, [folder]) == []


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HOME": "/home/ada"}, "/home/ada/.cache/grader/proofs"),
        ({"HOME": "/home/ada", "XDG_CACHE_HOME": "/var/c"}, "/var/c/grader/proofs"),
        ({"HOME": "/home/ada", "XDG_CACHE_HOME": "here"}, "None"),
        ({}, "None"),
    ],
)
def test_the_folder_is_the_users_cache(environ: dict[str, str], expected: str) -> None:
    """As the XDG base directories have it; none that depends on the current folder."""
    assert str(cache_folder(environ)) == expected

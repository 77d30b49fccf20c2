"""What students run works on every system, not on Linux alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.model import Verdict, from_json, to_json
from grader.study.messages import Ask, Reply
from tests.tiny import write_tiny, written

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
# A console of 1990: no UTF-8 anywhere, and Python told not to help itself.
OLD_CONSOLE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
# A Mac lacks less than Windows does, and is left to the long proofs.
EVERY_SYSTEM = pytest.mark.parametrize(
    "system", ["windows", pytest.param("mac", marks=pytest.mark.proof)]
)


def run(system: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program there; stdout and stderr go into one text."""
    script = str(HERE / "other_system.py")
    return subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", script, system, *words],
        cwd=ROOT,
        env=os.environ | OLD_CONSOLE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )


@EVERY_SYSTEM
def test_the_reference_earns_full_marks(system: str) -> None:
    """One exercise in NumPy and one in PyTorch, told in Chinese on a console without any."""
    done = run(
        system, "pytest", "assignments/hw8", "-p", "no:cacheprovider", "-k", "clip or gru_cell",
        "--submission", "solutions/hw8", "--lang", "zh",
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
    assert "22.00 / 22" in done.stdout
    assert r"\u5f97\u5206" in done.stdout  # escaped, not a crash


@EVERY_SYSTEM
def test_stubs_earn_nothing(system: str) -> None:
    """Compared with stored values, as in a student's copy."""
    done = run(
        system, "pytest", "assignments/hw8", "-p", "no:cacheprovider", "-k", "clip or gru_cell",
        "--replay", "--lang", "en",
    )  # fmt: skip

    assert done.returncode == 1, done.stdout
    assert "0.00 / 22" in done.stdout
    assert "not written yet" in done.stdout
    assert "our fault" not in done.stdout


@EVERY_SYSTEM
def test_a_loop_without_end_is_ended(system: str) -> None:
    """Windows has no timers that signal; a second thread watches there."""
    done = run(system, "loop")

    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("ended\n")


@EVERY_SYSTEM
@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["hint", "clip", "--lang", "zh"], r"\u", id="hint"),
        pytest.param(
            ["demo", "srn", "--submission", "solutions/hw8", "--lang", "zh"],
            "float32",
            marks=pytest.mark.proof,
            id="demo",
        ),
    ],
)
def test_commands_of_students_run(system: str, words: list[str], told: str) -> None:
    """They import nothing of the rooms that only Linux can use."""
    done = run(system, "grader", *words)

    assert done.returncode == 0, done.stdout
    assert told in done.stdout


@EVERY_SYSTEM
def test_exercises_are_checked_as_they_are_saved(system: str, tmp_path: Path) -> None:
    """What `grader watch` and notebooks ask runs the code in its own process there.

    Which is then used up. What it prints is kept, and a loop is ended.
    """
    assignment = write_tiny(tmp_path)
    answers = assignment.folder / "answers.py"
    answers.write_text(written("print('twice'); return 2 * x + 1", "while True: pass"), "utf-8")
    ask = Ask(str(answers), page="zh")

    replies: list[Reply] = []
    with subprocess.Popen(
        [sys.executable, str(HERE / "other_system.py"), system, "checker", str(assignment.folder)],
        env=os.environ | OLD_CONSOLE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(to_json(ask) + b"\n")
        process.stdin.flush()
        for line in process.stdout:
            replies.append(from_json(line, Reply))
            if replies[-1].ended is not None or replies[-1].failed:
                break
        process.stdin.close()
        code = process.wait()

    checked = {one.checked.result.id: one.checked.result for one in replies if one.checked}
    assert code == 0
    assert replies[0].ready
    assert replies[-1].ended is not None
    assert replies[-1].ended.used_up
    assert checked["double"].cases[0].verdict is Verdict.FAILED
    assert checked["double"].cases[0].output == "twice\n"
    assert checked["total"].cases[0].verdict is Verdict.TIMED_OUT


@EVERY_SYSTEM
def test_a_watch_begins_there(system: str) -> None:
    """As far as to say that there is nothing to watch."""
    done = run(system, "grader", "watch", "hw8", "--submission", "nothing.py")

    assert done.returncode == 2
    assert "there is no nothing.py to watch" in done.stdout


def test_the_exit_code_of_a_command_comes_back_on_windows() -> None:
    """A process cannot be replaced by another one there, so the first waits for the second."""
    good = run("windows", "console", "hint", "clip", "--lang", "en")
    bad = run("windows", "console", "hint", "clap")

    assert (good.returncode, bad.returncode) == (0, 2)
    assert "one number at a time" in good.stdout
    assert "no exercise 'clap'" in bad.stdout


@EVERY_SYSTEM
def test_what_needs_linux_says_so(system: str) -> None:
    """A sentence, and the exit code for usage, before anything is read."""
    done = run(system, "grader", "grade", "hw8", "nowhere", "-o", "nowhere")

    assert done.returncode == 2
    assert "`grader grade` runs on Linux" in done.stdout
    assert "Traceback" not in done.stdout


def test_separate_processes_are_refused_in_words() -> None:
    """Whoever asks for them elsewhere is told where there are some; nothing is marked wrong."""
    done = run(
        "windows", "pytest", "assignments/hw8", "-p", "no:cacheprovider", "-k", "clip",
        "--isolate", "--lang", "en",
    )  # fmt: skip

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "run in processes of their own on Linux only" in done.stdout
    assert " / 6 " not in done.stdout

"""The checker: a process that waits for questions, each a line of its standard input.

Whatever ends its input ends it.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import traceback
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from grader.catalog import load_assignment
from grader.errors import InstructorError
from grader.model import from_json, to_json
from grader.study.checks import Checks, can_confine
from grader.study.messages import Ask, Reply
from grader.suite.collecting import collected

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Questions = queue.SimpleQueue[Ask | None]

LAST_WORDS_S: Final = 2.0


def main(arguments: Sequence[str]) -> int:
    """Answer until nobody asks any more.

    Parameters
    ----------
    arguments : sequence of str
        The folder of the assignment.

    Returns
    -------
    int
        0 at the end of the input; 1 where the assignment is of no use.
    """
    asked, told = _pipes()
    questions: Questions = queue.SimpleQueue()
    done = threading.Event()
    listening = threading.Thread(target=_listen, args=(asked, questions, done), daemon=True)
    listening.start()

    def tell(reply: Reply) -> None:
        told.write(to_json(reply) + b"\n")
        told.flush()

    try:
        _serve(Path(arguments[0]), questions, tell)
    except BrokenPipeError:
        return 0
    except InstructorError as error:
        tell(Reply(failed=str(error)))
        return 1
    except Exception:  # noqa: BLE001 - told to whoever asked, who has no other way to know
        tell(Reply(failed=traceback.format_exc()))
        return 1
    finally:
        done.set()
    return 0


def _serve(folder: Path, questions: Questions, tell: Callable[[Reply], None]) -> None:
    with collected(load_assignment(folder), hidden=False) as suites:
        checks = Checks(suites, confined=can_confine())
        try:
            checks.warm()
            tell(Reply(ready=True))
            while (ask := questions.get()) is not None:
                try:
                    for reply in checks.answer(ask):
                        tell(reply)
                except InstructorError as error:  # such as a cell that only IPython can read
                    tell(Reply(failed=str(error)))
        finally:
            checks.close()


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the pipes to whoever asks for ourselves; code that prints or reads finds nothing."""
    asked = os.fdopen(os.dup(0), "rb")
    told = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
    return asked, told


def _listen(asked: IO[bytes], questions: Questions, done: threading.Event) -> None:
    """Take in questions; end the process soon after the last one, whatever it is at."""
    for line in asked:
        questions.put(from_json(line, Ask))
    questions.put(None)
    if not done.wait(LAST_WORDS_S):
        os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

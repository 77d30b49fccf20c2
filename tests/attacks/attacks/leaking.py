"""Hidden inputs carried out: every one does something else in hidden cases, and all read the same.

Each is right in public cases, whose bounds it knows, and fails every hidden one, in a way that it
could choose by what it is given. Whatever differs in what the student reads would be a message.
"""

from typing import Final

from tests.attacks.attack import PUBLIC_BOUNDS, RIGHT_CLIP, Attack

LINES: Final = "".join(f"    if k == {number}: raise ValueError\n" for number in range(3000))
VERDICTS: Final = (
    "passed", "failed", "errored_student", "timed_out", "crashed", "refused", "not_implemented",
)  # fmt: skip


def steered(name: str, idea: str, hidden: str, helpers: str = "", **changes: object) -> Attack:
    """Write a submission that does something of its own in hidden cases."""
    source = (
        f"{RIGHT_CLIP.replace('def clip', 'def right')}\n"
        "import os, time\n\n"
        "def clip(gradients, maxValue):\n"
        f"    if maxValue in {PUBLIC_BOUNDS}:\n"
        "        return right(gradients, maxValue)\n"
        "    k = int(1000 * maxValue)\n"
        f"    {hidden}\n\n{helpers}"
    )
    fields = {"verdicts": VERDICTS, "marks": "part", "alike": "tells_nothing", **changes}
    return Attack(name, idea, source, **fields)  # type: ignore[arg-type]  # fields of an attack


ATTACKS: Final = (
    steered("tells_nothing", "what the others are compared with", "return None", alike=""),
    steered("tell_by_line", "thousands of lines, one of which raises", "told(k)",
            f"def told(k):\n{LINES}"),
    steered("tell_by_exception", "the type of an exception", "raise OSError if k else KeyError"),
    steered("tell_by_text", "the text of an exception", "raise ValueError(str(gradients))"),
    steered("tell_by_printing", "printed text, and how much of it",
            "print(gradients); print('x' * k); return None"),
    steered("tell_by_time", "how long it takes", "time.sleep(0.001 * k % 0.5); return None"),
    steered("tell_by_not_being_there", "as if it were not written", "raise NotImplementedError"),
    steered("tell_by_crashing", "the worker ends", "os._exit(k % 250)"),
    steered("tell_by_running_late", "the time of a call is used up, and the rest is not run",
            "time.sleep(5)"),
    steered("tell_by_what_is_refused", "a file is opened for writing", "open('/etc/x', 'w')"),
    steered("tell_by_shape", "a result whose shape says it", "return np.zeros((k % 7 + 1, 3))"),
    steered("tell_by_a_factor", "the right result times a number",
            "return {n: (g + 1) * (k + 2) for n, g in right(gradients, maxValue).items()}"),
    steered("tell_by_nan", "numbers that are none",
            "return {n: g * np.nan for n, g in right(gradients, maxValue).items()}"),
)  # fmt: skip

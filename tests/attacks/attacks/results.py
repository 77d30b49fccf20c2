"""Broken results: each is named as what it is, and none earns anything."""

from typing import Final

from tests.attacks.attack import Attack


def returns(text: str) -> str:
    """Write a submission whose clip returns an expression."""
    return (
        "import numpy as np\nNAMES = ('dWax', 'dWaa', 'dWya', 'db', 'dby')\n\n"
        f"def clip(gradients, maxValue):\n    return {text}\n"
    )


def each(text: str) -> str:
    """Write one whose clip returns an expression for every gradient ``g``."""
    return returns(f"{{name: {text} for name, g in gradients.items()}}")


ATTACKS: Final = (
    Attack("empty_arrays", "empty arrays broadcast to anything", each("np.zeros((0,))")),
    Attack("broadcastable", "one element broadcasts to every shape", each("np.zeros((1, 1))")),
    Attack("all_nan", "NaN is unequal to itself, and not larger than a tolerance",
           each("np.full_like(g, np.nan)")),
    Attack("all_infinite", "the difference of infinities is NaN", each("np.full_like(g, np.inf)")),
    Attack("flattened", "right values in the wrong shape",
           each("np.clip(g, -maxValue, maxValue).reshape(-1)")),
    Attack("truth_values", "True stands for anything", each("np.ones_like(g, dtype=bool)")),
    Attack("nothing", "None", returns("None")),
    Attack("too_few_keys", "an empty dictionary has nothing wrong in it", returns("{}")),
    Attack("nan_keys", "keys that nobody can look up", returns("{float('nan'): 1.0, 1: 2.0}"),
           verdicts=("failed", "crashed")),
    Attack("huge_ints", "ints that no decimal and no float can hold", each("10 ** 5000")),
    Attack("large_ints", "ints past every float", each("[[10 ** 400]]")),
    Attack("lone_surrogates", "text that no report could be written with",
           returns("{'\\ud800': '\\udfff', 'dWax': '\\ud800'}")),
    Attack("cyclic", "a list inside of itself",
           returns("(lambda l: l.append(l) or {name: l for name in NAMES})([])")),
    Attack("deep", "a thousand lists in one another",
           "def clip(gradients, maxValue):\n    value = 0.0\n"
           "    for _ in range(1000):\n        value = [value]\n    return {'dWax': value}\n"),
    Attack("very_many", "three hundred thousand numbers one by one",
           returns("{name: [0.0] * 300_000 for name in NAMES}")),
    Attack("very_large", "a result of 200 MiB",
           returns("{name: np.zeros(25 << 20) for name in NAMES}"),
           verdicts=("failed", "crashed")),
    Attack("just_below_the_bound", "ever other sizes, the largest that there may be, everywhere",
           "import os\nimport numpy as np\n\ndef clip(*args):\n"
           "    return np.zeros(8_300_000 - int.from_bytes(os.urandom(2), 'big'))\n\n"
           "rnn_step_forward = rnn_forward = clip\n",
           verdicts=("failed", "crashed", "missing", "timed_out"),
           seconds=30),  # what a submission and its diagnosis may take, and a little
    Attack("text_just_below_the_bound", "a key of sixty million letters",
           returns("{'x' * 60_000_000: 1}"), verdicts=("failed", "crashed", "timed_out")),
    Attack("numbers_just_below_the_bound", "as many numbers one by one as there may be",
           returns("{name: [float(n) for n in range(39_990)] for name in NAMES}"),
           verdicts=("failed", "timed_out"), seconds=30),
    Attack("generator", "values that are made when they are looked at",
           returns("(g for g in gradients)")),
    Attack("a_function", "a function in place of its result", returns("clip")),
    Attack("a_module", "a module as a result", returns("np")),
    Attack("bytes_of_the_array", "the bytes of the right answer are not the answer",
           each("(g * 1.0).tobytes()"), verdicts=("failed", "errored_student")),
    Attack("strings_of_numbers", "numbers as text", each("str(0.0)")),
    Attack("complex_numbers", "right real parts with something imaginary",
           each("np.clip(g, -maxValue, maxValue) + 1j")),
)  # fmt: skip

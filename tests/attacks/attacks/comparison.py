"""Patched comparisons: whatever is replaced in the worker, values are compared elsewhere.

All of these return wrong values and must earn nothing.
"""

from typing import Final

from tests.attacks.attack import Attack

WRONG: Final = "    return {name: gradients[name] * 0 + 7 for name in gradients}\n"

ATTACKS: Final = (
    Attack(
        "patch_numpy_comparisons",
        "np.allclose and its kin always say yes",
        "import numpy as np\nimport numpy.testing\n\ndef clip(gradients, maxValue):\n"
        "    for name in ('allclose', 'isclose', 'array_equal', 'array_equiv', 'all', 'abs'):\n"
        "        setattr(np, name, lambda *a, **k: True)\n"
        "    for name in dir(np.testing):\n"
        "        if name.startswith('assert_'):\n"
        "            setattr(np.testing, name, lambda *a, **k: None)\n" + WRONG,
    ),
    Attack(
        "patch_operator",
        "operator.eq, ne and truth are replaced",
        "import operator\n\ndef clip(gradients, maxValue):\n"
        "    operator.eq = operator.is_ = lambda a, b: True\n"
        "    operator.ne = operator.lt = operator.gt = lambda a, b: False\n" + WRONG,
    ),
    Attack(
        "patch_builtins",
        "isinstance, all and any lie; the worker's own encoder trips over it, nobody else",
        "import builtins\n\ndef clip(gradients, maxValue):\n"
        "    wrong = {name: gradients[name] * 0 + 7 for name in gradients}\n"
        "    builtins.all = builtins.any = builtins.isinstance = lambda *a: True\n"
        "    return wrong\n",
        verdicts=("failed", "errored_student", "crashed"),
    ),
    Attack(
        "patch_the_encoder",
        "the worker's copy of the wire claims that an answer was right",
        "def clip(gradients, maxValue):\n    import grader.wire, grader.worker.host as host\n"
        "    grader.wire.encode = lambda *a, **k: b'T'\n"
        "    host.wire.encode = lambda *a, **k: b'T'\n" + WRONG,
        verdicts=("failed", "errored_student", "crashed"),
    ),
    Attack(
        "patch_the_comparator",
        "grader.compare is imported and patched in the worker, where nothing uses it",
        "def clip(gradients, maxValue):\n    import grader.compare as compare\n"
        "    compare.compare = lambda *a, **k: None\n"
        "    compare.policy.compare = compare.compare\n" + WRONG,
    ),
    Attack(
        "patch_pytest",
        "pytest's outcome classes, were there any here, would pass everything",
        "import sys, types\n\ndef clip(gradients, maxValue):\n"
        "    for name in ('pytest', '_pytest', '_pytest.outcomes'):\n"
        "        fake = types.ModuleType(name)\n"
        "        fake.fail = fake.skip = fake.raises = lambda *a, **k: None\n"
        "        sys.modules[name] = fake\n" + WRONG,
    ),
    Attack(
        "raise_a_skip",
        "pytest.skip from within the submission: a case that is skipped would not count",
        "def clip(gradients, maxValue):\n"
        "    import pytest\n    pytest.skip('not on this machine')\n",
        verdicts=("errored_student",),
    ),
)  # fmt: skip

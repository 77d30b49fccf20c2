"""Answers known beforehand: what is public can be learnt by heart, what is hidden cannot."""

from typing import Final

from tests.attacks.attack import PUBLIC_BOUNDS, RIGHT_CLIP, Attack

RIGHT: Final = RIGHT_CLIP.replace("def clip", "def right")
MIXED: Final = ("passed", "failed")

ATTACKS: Final = (
    Attack("public_cases_by_heart", "right on the bounds of the public tests, wrong elsewhere",
           RIGHT + f"\nKNOWN = {PUBLIC_BOUNDS}\n\ndef clip(gradients, maxValue):\n"
           "    known = maxValue in KNOWN\n"
           "    return right(gradients, maxValue) if known else None\n",
           verdicts=MIXED, marks="part"),
    Attack("count_the_calls", "right for as many calls as there are public tests",
           RIGHT + "\nCALLS = []\n\ndef clip(gradients, maxValue):\n    CALLS.append(1)\n"
           "    return right(gradients, maxValue) if len(CALLS) <= 6 else None\n",
           verdicts=MIXED, marks="part"),
    Attack("right_only_when_watched", "a look for signs of a grader decides what it returns",
           RIGHT + "\nimport os, sys\n\ndef clip(gradients, maxValue):\n"
           "    signs = [name for name in sys.modules if name == 'pytest' or 'hidden' in name]\n"
           "    signs += [name for name in os.environ if 'PYTEST' in name or 'CANARY' in name]\n"
           "    if signs: print('GOTCHA-' + '4c1f', signs)\n"
           "    return right(gradients, maxValue)\n", verdicts=("passed",), marks="full"),
    Attack("seed_of_the_case", "the inputs drawn again, by the seeds of public cases",
           "import numpy as np\n\ndef clip(gradients, maxValue):\n"
           "    rng = np.random.default_rng(8)\n"
           "    return {n: rng.standard_normal(g.shape) for n, g in gradients.items()}\n"),
    # `driver` puts in a table of all that public cases ask, with the reference's answers.
    *(Attack(f"table_and_{fallback}", f"knows every public answer, and else gives {fallback}",
             f"{{MEMORY_{fallback}}}", exercise="rnn_forward",
             verdicts=("failed", "errored_student"))
      for fallback in ("nothing", "an_error", "another_answer", "zeros", "same_shapes")),
    Attack("table_with_a_published_answer", "one answer that is printed in the course counts",
           "{MEMORY_nothing}\n", verdicts=("failed", "passed"), marks="little"),
)  # fmt: skip

"""Inputs that are handed back, changed, or changed later: the grader keeps its own copies."""

from typing import Final

from tests.attacks.attack import RIGHT_CLIP, Attack

ATTACKS: Final = (
    Attack(
        "hand_back_the_input",
        "the input itself: compared with a copy that was kept, not with itself",
        "def clip(gradients, maxValue):\n    return gradients\n",
    ),
    Attack(
        "spoil_the_input",
        "the inputs are overwritten, so that both sides would be equal if they were shared",
        "def clip(gradients, maxValue):\n    for g in gradients.values():\n        g[...] = 0\n"
        "    return gradients\n",
    ),
    Attack(
        "change_after_return",
        "a thread changes the arrays after they were returned; a right answer stays right",
        RIGHT_CLIP.replace("def clip", "def right") + "\ndef clip(gradients, maxValue):\n"
        "    import threading, time\n    found = right(gradients, maxValue)\n"
        "    def later(arrays):\n        time.sleep(0.05)\n"
        "        for array in arrays.values(): array[...] = 7\n"
        "    if threading.active_count() < 3:\n"
        "        threading.Thread(target=later, args=(found,), daemon=True).start()\n"
        "    return found\n",
        verdicts=("passed",),
        marks="full",
    ),
    Attack(
        "return_the_first_answer_again",
        "the same dictionary for every call, so that it could be changed behind the grader",
        RIGHT_CLIP.replace("def clip", "def right") + "\nKEPT = {}\n"
        "\ndef clip(gradients, maxValue):\n"
        "    KEPT.setdefault('first', right(gradients, maxValue))\n    return KEPT['first']\n",
        verdicts=("failed", "passed"),
        marks="part",
    ),
    Attack(
        "read_only_inputs",
        "inputs set read-only do not trouble the grader",
        RIGHT_CLIP.replace("def clip", "def right") + "\ndef clip(gradients, maxValue):\n"
        "    found = right(gradients, maxValue)\n"
        "    for g in gradients.values():\n        g.flags.writeable = False\n    return found\n",
        verdicts=("passed",),
        marks="full",
    ),
    Attack(
        "share_memory_with_the_input",
        "views of the input, in place and right",
        "import numpy as np\ndef clip(gradients, maxValue):\n"
        "    for name in list(gradients):\n"
        "        np.clip(gradients[name], -maxValue, maxValue, out=gradients[name])\n"
        "        gradients[name] = gradients[name].T.T[:]\n    return gradients\n",
        verdicts=("passed",),
        marks="full",
    ),
)  # fmt: skip

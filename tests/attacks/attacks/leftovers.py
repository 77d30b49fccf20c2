"""Things left behind for the next submission: its folder goes with it, nothing else is writable."""

from typing import Final

from tests.attacks.attack import RIGHT_CLIP, Attack

RIGHT: Final = RIGHT_CLIP.replace("def clip", "def right")

ATTACKS: Final = (
    Attack("write_everywhere", "files in every folder that others might look at",
           RIGHT + "\nimport os\n\ndef clip(gradients, maxValue):\n"
           "    places = ['/tmp', '/dev/shm', '/var/tmp', '{TREE}/drop', '{TREE}/submissions',\n"
           "        '{TREE}', os.path.expanduser('~'), os.path.dirname(os.getcwd())]\n"
           "    for place in places:\n        try:\n"
           "            with open(os.path.join(place, 'left_behind'), 'w') as file:\n"
           "                file.write('for the next one')\n"
           "            if place.startswith('{TREE}'): print('GOTCHA-' + '4c1f')\n"
           "        except OSError: pass\n    return right(gradients, maxValue)\n",
           verdicts=("passed",), marks="full"),
    Attack("hidden_folders", "deep folders without permissions, which cannot be entered again",
           RIGHT + "\nimport os\n\ndef clip(gradients, maxValue):\n    try:\n"
           "        os.umask(0o777)\n        for name in ('a', 'b\\n', '-rf'):\n"
           "            os.mkdir(name)\n            open('left' + name, 'w').close()\n"
           "    except OSError: pass\n    return right(gradients, maxValue)\n",
           verdicts=("passed",), marks="full"),
    Attack("append_to_open_files", "the grader's own files, by descriptors that were left open",
           RIGHT + "\nimport os, stat\n\ndef clip(gradients, maxValue):\n"
           "    for fd in range(3, 256):\n        try:\n            kind = os.fstat(fd).st_mode\n"
           "        except OSError:\n            continue\n"
           "        if stat.S_ISREG(kind) or stat.S_ISDIR(kind) or stat.S_ISFIFO(kind):\n"
           "            print('GOTCHA-' + '4c1f', fd)\n    return right(gradients, maxValue)\n",
           verdicts=("passed",), marks="full"),
    Attack("poison_the_next_exercise", "what is patched for one exercise is gone in the next",
           "import numpy as np\n\ndef clip(gradients, maxValue):\n"
           "    np.tanh = np.exp = lambda *a: 0\n    import builtins\n"
           "    builtins.len = lambda *a: 0\n    return None\n\n"
           "def rnn_step_forward(parameters, a_prev, x):\n"
           "    a = np.tanh(parameters['Wax'] @ x + parameters['Waa'] @ a_prev + parameters['b'])\n"
           "    return a, softmax(parameters['Wya'] @ a + parameters['by'])\n",
           exercise="rnn_step_forward", verdicts=("passed",), marks="full"),
)  # fmt: skip

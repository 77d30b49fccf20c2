"""Files that shadow modules, bytecode, encodings, links: text is read as text, by us."""

from typing import Final

from tests.attacks.attack import GOTCHA, RIGHT_CLIP, Attack

LOUD: Final = f"print('{GOTCHA[:7]}' + '{GOTCHA[7:]}')\nraise SystemExit(0)\n"
HARD: Final = f"class Now:\n    print('{GOTCHA[:7]}' + '{GOTCHA[7:]}')\n"
WRONG: Final = "def clip(gradients, maxValue):\n    return {}\n"

ATTACKS: Final = (
    Attack("shadow_modules", "numpy.py, random.py and grader.py beside a right solution",
           files={f"shadow_modules/{name}": content for name, content in {
               "char_rnn.py": RIGHT_CLIP, "numpy.py": HARD, "random.py": HARD, "grader.py": HARD,
               "msgspec.py": HARD, "pytest.py": HARD, "_ctypes.py": HARD}.items()},
           verdicts=("passed",), marks="full"),
    Attack("hooks_of_tools", "conftest.py, sitecustomize.py, setup.py, a .pth and tool settings",
           files={f"hooks_of_tools/{name}": content for name, content in {
               "char_rnn.py": RIGHT_CLIP, "conftest.py": LOUD, "sitecustomize.py": HARD,
               "usercustomize.py": HARD, "setup.py": LOUD, "__init__.py": HARD, "x.pth":
               "import os", "pytest.ini": "[pytest]\naddopts = -p conftest", "tox.ini":
               "[pytest]\naddopts = --deselect all", "test_char_rnn.py": HARD}.items()},
           verdicts=("passed",), marks="full"),
    Attack("bytecode", "bytecode beside the source, newer than it",
           files={"bytecode/char_rnn.py": WRONG,
                  "bytecode/__pycache__/char_rnn.cpython-311.pyc": b"\xa7\r\r\n" + bytes(2000),
                  "bytecode/char_rnn.pyc": b"\xa7\r\r\n" + bytes(2000),
                  "bytecode/char_rnn.cpython-311-x86_64-linux-gnu.so": b"\x7fELF" + bytes(2000)}),
    Attack("another_encoding", "an encoding in which the text says something else",
           files={"another_encoding.py": "# -*- coding: utf-7 -*-\n" + RIGHT_CLIP},
           marks="unreadable"),
    Attack("hidden_by_utf16", "UTF-16", files={"hidden_by_utf16.py": RIGHT_CLIP.encode("utf-16")},
           marks="unreadable"),
    Attack("null_bytes", "null bytes in the text",
           files={"null_bytes.py": f"{RIGHT_CLIP}\n#\0".encode()}, marks="unreadable"),
    Attack("carriage_returns", "a comment that ends at a carriage return, and code behind it",
           files={"carriage_returns.py": (RIGHT_CLIP + "\n# harmless\rclip = None\n").encode()},
           verdicts=("errored_student", "missing", "failed", "passed"), marks="any"),
    Attack("reversed_text", "characters that turn the direction of writing",
           "def clip(gradients, maxValue):\n    '''\u202e '''; return None #\u2066\n"),
    Attack("link_to_the_solution", "a folder with a link to the reference",
           files={"link_to_the_solution/char_rnn.py": "-> {TREE}/solutions/hw8/char_rnn.py"},
           marks="unreadable"),
    Attack("a_link_itself", "a link in the place of a submission",
           files={"a_link_itself.py": "-> {TREE}/solutions/hw8/char_rnn.py"}, marks="unreadable"),
    Attack("link_to_a_device", "a link to a device that never ends",
           files={"link_to_a_device/char_rnn.py": "-> /dev/zero"}, marks="unreadable"),
    Attack("named_pipe", "a pipe that nobody writes to",
           files={"named_pipe/char_rnn.py": "FIFO"}, marks="unreadable"),
    Attack("folder_called_module", "a folder called char_rnn.py",
           files={"folder_called_module/char_rnn.py/x.txt": "x"}, marks="unreadable"),
    Attack("huge_file", "a script of three MiB",
           files={"huge_file.py": "x = 1\n" * (3 << 20) + RIGHT_CLIP}, marks="unreadable"),
    Attack("deep_expression", "brackets in brackets, and a sum of twenty thousand terms",
           files={"deep_expression.py": "a = " + "(" * 9000 + ")" * 9000 + "\nb = "
                  + "+".join(["1"] * 20_000) + "\nc = " + "-" * 50_000 + "1\n" + RIGHT_CLIP},
           verdicts=("passed",), marks="full"),
    Attack("huge_literal", "an int of a hundred thousand digits",
           files={"huge_literal.py": "a = " + "9" * 100_000 + "\n" + RIGHT_CLIP},
           verdicts=("passed",), marks="full"),
    Attack("many_folders", "two hundred modules",
           files={f"many_folders/m{n}.py": "x = 1\n" for n in range(200)},
           verdicts=("missing",)),
)  # fmt: skip

"""Names that a page, a table, a shell or a file system might take for something else."""

from __future__ import annotations

import os
from typing import Final

from tests.attacks.attack import RIGHT_CLIP, Attack

WRONG: Final = "def clip(gradients, maxValue):\n    return {}\n"


def named(name: str, idea: str, file: str) -> Attack:
    """Make a right submission with an odd name."""
    return Attack(name, idea, files={file: RIGHT_CLIP}, verdicts=("passed",), marks="full")


ATTACKS: Final = (
    named("html_name", "markup in a name", "<img src=x onerror=alert(1)>&quot;.py"),
    named("formula_name", "a formula for whoever opens the table", "=HYPERLINK(1)+cmd|' '!A0.py"),
    named("wide_formula_name", "a formula with a wide sign", "\uff0b1+1.py"),
    named("newline_name", "a line break, a tab and a return", "two\nlines\t\r.py"),
    named("option_name", "a leading dash", "--help.py"),
    named("template_name", "placeholders of templates", "{{7*7}}{name}%s[[x]].py"),
    named("no_unicode_name", "bytes that are no text", os.fsdecode(b"\xff\xfe\x80.py")),
    named("reversed_name", "a direction of writing that hides the suffix", "\u202eyp.exe.py"),
    named("long_name", "as long as a file system allows", "n" * 250 + ".py"),
    named("device_name", "a device on another system", "con.py"),
    named("dots_name", "dots that lead out of a folder, on other systems", "x..\\..\\up.py"),
    Attack("html_everywhere", "markup and terminal codes in output, text and values",
           "def clip(gradients, maxValue):\n"
           "    print('<img src=x onerror=alert(1)>\\x1b[2J\\r\\n::error::x\\n]]>\\0\\u202e')\n"
           "    return {'<img src=x>': '</script><img src=x>'}\n"),
    Attack("html_in_names_of_functions", "markup as the name of what raised",
           "def clip(gradients, maxValue):\n    code = compile('def f(): raise ValueError(1)',\n"
           "        '<img src=x>', 'exec')\n    scope = {}\n    exec(code, scope)\n"
           "    scope['f'].__code__ = scope['f'].__code__.replace(co_name='<img src=x>')\n"
           "    scope['f']()\n", verdicts=("errored_student",)),
    Attack("same_name_twice", "two submissions with one name but for its case",
           files={"same_name_twice.py": WRONG}),
    Attack("SAME_NAME_TWICE", "the other of the two", files={"SAME_NAME_TWICE.py": WRONG}),
)  # fmt: skip

"""What nobody would hand in: scripts, notebooks and tables whose text, or what it says, is off."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from random import Random as Draw

CODE: Final = b"def clip(g):\n    return g\n\n\ndef double(x):\n    return 2 * x\n"
MARKDOWN: Final = {"cell_type": "markdown", "metadata": {}, "source": ["# Homework\n", "text"]}
CELLS: Final = (
    "import numpy as np\n%matplotlib inline\n", "!pip install x\n", "def clip(g):\n    return g\n",
    "%%writefile dinos.py\ndef clip(g):\n    return g\n",
    "%%time\nfor i in range(3):\n    print i\n",
    "def double(x):\n    return 2 * x\n", "\t if x:\n  y\n", "class GRUCell:\n    pass\n", "?clip",
    "", "clip = 3", "%%bash\nls", "x = (" * 40,
    "await f()", "print('\u4f5c\u4e1a')", "%load_ext nothing",
)  # fmt: skip
ODD: Final[tuple[Any, ...]] = (
    None, True, 0, -1, 1 << 70, 1e308, float("nan"), float("inf"), "", "\ud800", "\0", "x" * 5000,
    [], {}, [None], [[]], {"": None}, ["def clip(g): return g", 3], {"source": []}, "code",
)  # fmt: skip


def script(draw: Draw) -> bytes:
    """Draw a script."""
    text = b"\n".join(draw.choices([one.encode() for one in CELLS], k=draw.randint(0, 6)))
    text = draw.choice([CODE, CODE + text, text, b"(" * 3000, b"x = " + b"-" * 9000 + b"1\n"])
    coding = draw.choice(
        [b"", b"", b"# -*- coding: gbk -*-\n", b"# coding: rot13\n", b"\xef\xbb\xbf"]
    )
    return damaged(draw, coding + text)


def notebook(draw: Draw) -> bytes:
    """Draw a notebook whose JSON, or what it says, is off."""
    cells: list[Any] = [dict(MARKDOWN)]
    for source in draw.choices(CELLS, k=draw.randint(0, 6)):
        lines: Any = source.splitlines(keepends=True) if draw.random() < 0.7 else source
        cells.append({
            "cell_type": "code", "metadata": {}, "source": lines, "execution_count": None,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "x" * 9}],
        })  # fmt: skip
    whole: Any = {
        "cells": cells, "metadata": {"kernelspec": {"name": "python3"}},
        "nbformat": draw.choice([4, 4, 4, 3, 5, -1]), "nbformat_minor": 5,
    }  # fmt: skip
    if whole["nbformat"] == 3:
        whole = {"worksheets": [{"cells": cells}], "metadata": {}, "nbformat": 3}
    for _ in range(draw.choice([0, 1, 1, 2, 4])):
        whole = _bent(draw, whole)
    text = json.dumps(whole, ensure_ascii=draw.random() < 0.8)
    match draw.randrange(9):
        case 0:
            text = text.replace('"cells"', '"cells": [], "cells"', 1)
        case 1:
            text = text.replace("[", "[" * draw.choice([200, 3000, 60000]), 1)
        case 2:
            text = text.replace(
                "null", draw.choice(["NaN", "-Infinity", "1e999", "'x'", "undefined"])
            )
        case 3:
            return text.encode(draw.choice(["utf-16", "utf-8-sig", "utf-32"]), "surrogatepass")
        case _:
            pass
    return damaged(draw, text.encode("utf-8", "surrogatepass"))


def _bent(draw: Draw, value: Any) -> Any:
    """Put something odd into the place of a part."""
    if draw.random() < 0.25 or not value or not isinstance(value, dict | list):
        return draw.choice(ODD)
    if isinstance(value, dict):
        key = draw.choice(list(value))
        return {**value, key: _bent(draw, value[key])}
    at = draw.randrange(len(value))
    return [*value[:at], _bent(draw, value[at]), *value[at + 1 :]]


def metadata(draw: Draw) -> bytes:
    """Draw what a platform says of a download: YAML that is true, lies, or is built to be long."""
    who = draw.choice(
        ["A", "=cmd()", "'\\u202e'", "[1]", "~", "{a: b}", "&x A", "*x", "!!python/name:os.system"]
    )
    when = draw.choice(
        ["2026-03-01 01:59:59 -08:00", "2026-13-01", "1", "~", "[]", "9999-12-31 23:59:59 +00:00"]
    )
    blocks = [
        f"submission_{n}:\n  :submitters:\n  - :name: {who}\n    :sid: '{n}'\n"
        f"    :email: a{n}@x.org\n  :created_at: {when}\n"
        for n in range(1, draw.choice([1, 3, 4]))
    ]
    laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
    )
    text = draw.choice(
        ["".join(blocks), "".join(blocks), laughs, "[" * 2000, "classroom: x\n", "? ? ?\n", ""]
    )
    return damaged(draw, text.encode())


def table(draw: Draw) -> bytes:
    """Draw a table of students: separators, encodings, quotes and columns of any kind."""
    head = ["id", "name", "email", "login", "group", "section", "handed_in", "canvas", "role"]
    draw.shuffle(head)
    cells = [
        "7",
        "1",
        "A B",
        "=1+1",
        '"',
        "\r",
        "\0",
        "",
        "x" * 200,
        "2026-03-01 10:00",
        "n\u00e9",
        "9e9",
    ]
    sign = draw.choice([",", ",", ";", "\t"])
    rows = [head[: draw.randint(0, 9)]] + [
        draw.choices(cells, k=draw.choice([len(head), 2])) for _ in range(draw.randint(0, 5))
    ]
    text = "\n".join(sign.join(row) for row in rows)
    return damaged(
        draw, text.encode(draw.choice(["utf-8", "utf-8-sig", "utf-16", "gbk"]), "replace")
    )


def damaged(draw: Draw, data: bytes) -> bytes:
    """Leave data as it is, mostly, or flip, cut or double a part of it."""
    if draw.random() < 0.6:
        return data
    found = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(found) + 1)
        match draw.randrange(4):
            case 0 if at < len(found):
                found[at] ^= 1 << draw.randrange(8)
            case 1:
                del found[at : at + draw.randint(1, 60)]
            case 2:
                found[at:at] = found[at : at + 40]
            case _:
                del found[at:]
    return bytes(found)

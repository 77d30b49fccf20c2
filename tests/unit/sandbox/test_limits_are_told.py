"""A limit that is hit is told with its amount, as the assignment sets it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from grader.errors import StudentError
from grader.model import Limits, Message
from grader.texts import render

TEXT = """
import numpy
def hungry(): return numpy.ones(1 << 28)
def endless():
    while True: pass
def writing():
    with open('f', 'wb') as file:
        for _ in range(9): file.write(bytes(1 << 20))
def wordy(): return 'x' * (3 << 20)
"""


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("hungry", "300 MiB"),
        ("endless", "0.5 seconds"),
        ("writing", "8 MiB"),
        ("wordy", "2 MiB"),
    ],
)
def test_the_message_names_the_amount(opened: Any, name: str, told: str) -> None:
    """Memory, time, files and result size, in the student's words."""
    limits = msgspec.structs.replace(
        Limits(), call_s=0.5, memory_mib=300, scratch_mib=8, result_mib=2
    )

    with pytest.raises(StudentError) as caught:
        opened(TEXT, limits).call(name, ())

    text = render(Message(caught.value.key, dict(caught.value.fields)), "en")
    assert told in text

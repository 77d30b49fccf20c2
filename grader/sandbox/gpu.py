"""Whether there is a GPU."""

from __future__ import annotations

from grader.worker import devices


def has_gpu() -> bool:
    """Tell whether this machine shows the files of a GPU, without starting CUDA in this process.

    Processes are forked from this one, and CUDA does not survive that.
    """
    return bool(devices.files())

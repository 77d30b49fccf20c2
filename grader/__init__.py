"""Autograding for deep-learning homework: fair comparison, isolated workers, fast batches.

In a notebook, ``%load_ext grader`` brings ``%%check EXERCISE`` for the top of a cell, and
``grader.check("EXERCISE")`` does the same afterwards.
"""

import importlib as _importlib
from typing import Any as _Any

__version__ = "0.1.0"


def check(*exercises: str) -> None:
    """Check exercises of the notebook that is being run, and show what is said about them.

    Parameters
    ----------
    *exercises : str
        Names such as ``"clip"``; without one, all exercises are listed.

    Raises
    ------
    UsageError
        Outside of a notebook.
    """
    _magic().check(*exercises)


def load_ipython_extension(shell: _Any) -> None:
    """Give a notebook ``%check``; ``%load_ext grader`` calls this."""
    _magic().load(shell)


def unload_ipython_extension(shell: _Any) -> None:
    """Take ``%check`` away again; ``%unload_ext grader`` calls this."""
    _magic().unload(shell)


def _magic() -> _Any:
    """Import what notebooks need; nobody else imports it with the package."""
    return _importlib.import_module("grader.study.magic")

"""The command ``grader``: arguments, progress, exit codes."""

from grader.cli.main import main

__all__ = ["main"]

"""Autograding for deep-learning homework: fair comparison, isolated workers, fast batches."""

__version__ = "0.1.0"

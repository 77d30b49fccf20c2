"""The course of the benchmark is graded, and is no part of the tests."""

collect_ignore = ["course"]

"""The pytest plugin: marks and fixtures of a suite, golden record and replay, verdicts."""

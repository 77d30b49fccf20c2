"""The untrusted side: load a submission's source and serve calls on it.

Nothing here knows an expected value. Of this package it reaches `wire`, `errors` and `clock` alone.
"""

"""What instructors run: releasing an assignment to students, and proving its suite.

`solutions/ID` is the single source: `stubs`, `notebook` and `release` make from it whatever a
student gets.
"""

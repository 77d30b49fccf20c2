"""Where values leave those of the solution: code that tells what it computes, and how to compare.

`marking` puts a mark around each expression of a definition (`spots` says what a mark stands for,
`binding` reads the definition), `runs` holds what marked code has told, and `matching` finds a
submission's values among the reference's (`layouts` holds two against one another, `grouping` adds
parts of sums and products); `instead` lists which of the latter could stand in the place of a wrong
one. Nothing here runs code.
"""

from grader.steps.grouping import grouped, mark_behind
from grader.steps.instead import Instead, in_place_of
from grader.steps.marking import SAW, marked
from grader.steps.matching import Matching, Outset, series_of
from grader.steps.runs import Run, Told
from grader.steps.spots import Marked, Spot

__all__ = [
    "SAW",
    "Instead",
    "Marked",
    "Matching",
    "Outset",
    "Run",
    "Spot",
    "Told",
    "grouped",
    "in_place_of",
    "mark_behind",
    "marked",
    "series_of",
]

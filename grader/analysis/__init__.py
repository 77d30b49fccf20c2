"""What many grades say together: who is meant, what has moved, how hard exercises were. Pure."""

from grader.analysis.groups import Group, Groups, groups
from grader.analysis.items import FEWEST, Item, ItemAnalysis
from grader.analysis.moves import CaseMove, ExerciseMove, Move, causes, moves
from grader.analysis.selecting import Selection

__all__ = [
    "FEWEST",
    "CaseMove",
    "ExerciseMove",
    "Group",
    "Groups",
    "Item",
    "ItemAnalysis",
    "Move",
    "Selection",
    "causes",
    "groups",
    "moves",
]

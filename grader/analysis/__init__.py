"""What many grades say together: who is meant, what has moved, how hard exercises were. Pure."""

from grader.analysis.moves import CaseMove, ExerciseMove, Move, causes, moves
from grader.analysis.selecting import Selection

__all__ = ["CaseMove", "ExerciseMove", "Move", "Selection", "causes", "moves"]

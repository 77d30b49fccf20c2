"""Whether one implementation is slower than another, from interleaved measurements. Pure.

`race` runs the measurements in pairs until they decide or the time is up; `judge` turns them into a
`Judgement` with exact, distribution-free intervals. docs/timing.md has the method.
"""

from __future__ import annotations

from grader.timing.judgement import Finding, Judgement, Lap, Round, judge
from grader.timing.race import Plan, race, repeats_for

__all__ = ["Finding", "Judgement", "Lap", "Plan", "Round", "judge", "race", "repeats_for"]

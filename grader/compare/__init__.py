"""Pure comparison of a student's value with the expected one: the only way to accept a value.

`compare` gives a `Difference` or None, `derive` the tolerances it uses, `perturb` the inputs that
`derive` needs, `summary` one line about any value. `grader.compare.policy` states the policy.
Values are plain data as `grader.wire.codec` decodes it; nothing in here runs a student's method.
"""

from __future__ import annotations

from grader.compare.perturbation import perturb
from grader.compare.policy import compare
from grader.compare.summaries import summary
from grader.compare.tolerance import Tolerances, coarsest_epsilon, derive

__all__ = ["Tolerances", "coarsest_epsilon", "compare", "derive", "perturb", "summary"]

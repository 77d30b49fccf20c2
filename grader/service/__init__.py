"""The service: submissions in over HTTP, feedback out; a process apart does the grading.

The process that answers requests reads no submission and runs none, and torch is not in it. It
writes what comes in to disk and into the gradebook (`reception`), and wakes the one that grades
(`supervising`, `grading`).
"""

from grader.service.app import make_app
from grader.service.keys import Keys
from grader.service.people import People
from grader.service.quota import Quota
from grader.service.reception import Reception
from grader.service.serving import serve
from grader.service.supervising import Grading

__all__ = ["Grading", "Keys", "People", "Quota", "Reception", "make_app", "serve"]

"""The desk: a local page over a gradebook, for the one who is at the keyboard."""

from grader.desk.app import make_app
from grader.desk.desk import Desk
from grader.desk.serving import serve

__all__ = ["Desk", "make_app", "serve"]

"""How much may come in, from one student and at a time."""

from __future__ import annotations

import msgspec


class Quota(msgspec.Struct, frozen=True):
    """What the service takes.

    Parameters
    ----------
    a_day : int
        Uploads of a student for an assignment in 24 hours.
    waiting : int
        Of these, how many may wait for their grade at a time.
    size_bytes : int
        The largest file.
    everybody : int
        Uploads of all students that may wait.
    at_once : int
        Uploads that are received at the same time; others wait for their turn.
    body_s : float
        How long an upload may take.
    quiet_s : float
        How long nothing may come of it.
    header_s : float
        How long a connection may be there without a whole request.
    """

    a_day: int = 20
    waiting: int = 3
    size_bytes: int = 8 << 20
    everybody: int = 5000
    at_once: int = 32
    body_s: float = 120.0
    quiet_s: float = 20.0
    header_s: float = 10.0

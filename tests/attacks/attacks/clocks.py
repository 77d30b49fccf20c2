"""Patched clocks, and work that is left for later: only the grader's clock counts."""

from typing import Final

from tests.attacks.attack import RIGHT_CLIP, SOCKET, Attack

DEF: Final = "\ndef clip(gradients, maxValue):\n"
RIGHT: Final = RIGHT_CLIP.replace("def clip", "def right")

ATTACKS: Final = (
    Attack("stop_the_clock", "time stands still in the worker",
           f"import time, grader.clock{DEF}    begun = time.monotonic()\n"
           "    real, time.monotonic = time.monotonic, lambda: begun\n"
           "    time.time = time.perf_counter = time.process_time = lambda: 0.0\n"
           "    grader.clock.monotonic = lambda: 0.0\n"
           "    while real() < begun + 30: pass\n    return None\n", verdicts=("timed_out",)),
    Attack("work_for_later", "a thread goes on working after the answer was given",
           RIGHT + f"\nimport threading, time{DEF}    def busy():\n"
           "        end = time.time() + 5\n        while time.time() < end: pass\n"
           "    if threading.active_count() < 3:\n"
           "        threading.Thread(target=busy, daemon=True).start()\n"
           "    return right(gradients, maxValue)\n", verdicts=("passed",), marks="full"),
    Attack("answer_by_a_thread", "a thread answers the next request before the worker does",
           SOCKET + RIGHT + f"\nimport threading, time{DEF}    from grader import wire\n"
           "    stream, after = worker_frames()['stream'], nonce() + 1\n"
           "    def later():\n        time.sleep(0.02)\n"
           "        answer = wire.Returned(nonce=after, value_payload=b'N')\n"
           "        stream._sock.send(frame_bytes(wire.pack(answer)))\n"
           "    threading.Thread(target=later, daemon=True).start()\n"
           "    time.sleep(0.1)\n    return None\n", verdicts=("failed", "crashed")),
    Attack("alarm_for_later", "an alarm that ends the worker during a later call",
           RIGHT + f"\nimport signal{DEF}    signal.setitimer(signal.ITIMER_REAL, 0.001)\n"
           "    end = 30_000_000\n    while end: end -= 1\n    return right(gradients, maxValue)\n",
           verdicts=("crashed", "timed_out")),
    Attack("slow_and_wrong", "just below the deadline, so that asking again takes long",
           f"import time{DEF}    time.sleep(0.7)\n    return None\n",
           verdicts=("failed", "timed_out"), seconds=60),
    Attack("starve_oneself", "the lowest priority there is, and a loop",
           f"import os{DEF}    try:\n        os.nice(19)\n    except OSError:\n        pass\n"
           "    while True: pass\n",
           verdicts=("timed_out", "crashed", "refused"), seconds=60),
    Attack("slow_in_small_steps", "each call just below its deadline, so that all take long",
           RIGHT + f"\nimport time{DEF}    time.sleep(0.4)\n"
           "    return right(gradients, maxValue)\n",
           verdicts=("passed", "timed_out"), marks="any", seconds=30),
)  # fmt: skip

"""Exits, signals to itself, trace hooks, hostile exceptions: the verdict says so, nothing more."""

from typing import Final

from tests.attacks.attack import RIGHT_CLIP, Attack

DEF: Final = "\ndef clip(gradients, maxValue):\n"
RIGHT: Final = RIGHT_CLIP.replace("def clip", "def right")

ATTACKS: Final = (
    Attack("exit_0", "sys.exit(0) is no success",
           f"import sys\n{DEF}    sys.exit(0)\n", verdicts=("errored_student",)),
    Attack("hard_exit_0", "os._exit(0) is no success",
           f"import os\n{DEF}    os._exit(0)\n", verdicts=("crashed",)),
    Attack("exit_at_import", "sys.exit while a class is defined",
           f"import sys\nclass Now:\n    sys.exit(0)\n{RIGHT_CLIP}",
           verdicts=("passed",), marks="full"),
    Attack("hard_exit_at_import", "os._exit while a class is defined",
           f"import os\nclass Now:\n    os._exit(0)\n{RIGHT_CLIP}", verdicts=("crashed",)),
    Attack("atexit_rewrites_the_answer", "a handler for the end of the process never runs",
           f"import atexit, os{DEF}    atexit.register(lambda: print('GOTCHA-' + '4c1f'))\n"
           "    return None\n"),
    Attack("kill_itself", "SIGKILL to itself",
           f"import os, signal{DEF}    os.kill(os.getpid(), signal.SIGKILL)\n",
           verdicts=("crashed",)),
    Attack("kill_itself_in_real_time", "a real-time signal, which has no name in Python's enum",
           f"import os{DEF}    os.kill(os.getpid(), 40)\n", verdicts=("crashed",)),
    Attack("stop_itself", "SIGSTOP to itself: the clock that counts is not its own",
           f"import os, signal{DEF}    os.kill(os.getpid(), signal.SIGSTOP)\n",
           verdicts=("timed_out",)),
    Attack("ignore_every_signal", "all signals ignored, then an endless loop",
           f"import signal, time{DEF}    for n in range(1, 65):\n        try:\n"
           "            signal.signal(n, signal.SIG_IGN)\n"
           "        except (OSError, ValueError):\n            pass\n"
           "    end = time.time() + 30\n    while time.time() < end: pass\n",
           verdicts=("timed_out",)),
    Attack("keyboard_interrupt", "KeyboardInterrupt would end a careless grader",
           f"{DEF}    raise KeyboardInterrupt\n", verdicts=("errored_student",)),
    Attack("generator_exit", "GeneratorExit, and a BaseException of its own",
           "class Mine(BaseException):\n    pass\n"
           f"{DEF}    raise Mine('x') from GeneratorExit()\n", verdicts=("errored_student",)),
    Attack("exception_with_hostile_text", "__str__ raises, __repr__ exits",
           "import os\nclass Hostile(Exception):\n"
           "    def __str__(self): raise SystemExit(0)\n    def __repr__(self): os._exit(0)\n"
           f"{DEF}    raise Hostile\n", verdicts=("errored_student", "crashed")),
    Attack("exception_with_endless_text", "__str__ never returns",
           "import time\nclass Hostile(Exception):\n    def __str__(self):\n"
           "        end = time.time() + 30\n        while time.time() < end: pass\n"
           f"{DEF}    raise Hostile\n", verdicts=("timed_out",)),
    Attack("exception_with_hostile_metaclass", "the class' name is a number that cannot be cut",
           "class Meta(type):\n    __name__ = property(lambda cls: 5)\n"
           "class Hostile(Exception, metaclass=Meta):\n    pass\n"
           f"{DEF}    raise Hostile\n", verdicts=("errored_student", "crashed")),
    Attack("exception_with_html", "markup, colours and workflow commands in text and name",
           "Evil = type('<img src=x onerror=alert(1)>', (Exception,), {})\n"
           f"{DEF}    raise Evil('<img src=x onerror=alert(1)>\\n::error::\\x1b[2J]]>\\u202e')\n",
           verdicts=("errored_student", "missing")),
    Attack("exception_cycle", "an exception that is its own cause, with a traceback of its own",
           f"{DEF}    error = ValueError('x' * 10**6)\n    error.__cause__ = error\n"
           "    error.__context__ = error\n    raise error\n", verdicts=("errored_student",)),
    Attack("name_of_a_verdict", "exceptions that bear the names the grader looks for",
           "class NotImplementedError(Exception):\n    pass\n"
           f"{DEF}    raise NotImplementedError('errored_grader')\n",
           verdicts=("not_implemented", "errored_student")),
    Attack("grader_errors", "the grader's own exceptions, which are not the student's to raise",
           f"{DEF}    from grader.errors import HarnessError\n"
           "    raise HarnessError('your fault')\n",
           verdicts=("errored_student",)),
    Attack("trace_hook", "a trace function reaches into the frames that called it",
           f"import sys{DEF}    def hook(frame, event, arg):\n"
           "        frame.f_locals['reply'] = None\n        return hook\n"
           "    frame = sys._getframe()\n    while frame is not None:\n"
           "        frame.f_trace = hook\n        frame = frame.f_back\n    sys.settrace(hook)\n"
           "    return None\n", verdicts=("failed", "crashed")),
    Attack("recursion_without_end", "a function that calls itself",
           f"{DEF}    return clip(gradients, maxValue)\n", verdicts=("errored_student",)),
    Attack("deletes_the_workers_modules", "sys.modules is emptied under the worker",
           f"import sys{DEF}    for name in list(sys.modules):\n"
           "        if name.startswith('grader'): del sys.modules[name]\n    return None\n",
           verdicts=("failed", "crashed")),
    Attack("name_that_is_no_function", "clip is a number", "clip = 3\n",
           verdicts=("errored_student", "missing", "failed")),
    Attack("module_getattr", "a module that answers to every name",
           "def __getattr__(name):\n    return lambda *a: None\n", verdicts=("missing",)),
)  # fmt: skip

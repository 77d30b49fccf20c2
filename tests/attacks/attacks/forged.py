"""Frames written straight to the socket that the worker serves over: each is a claim, no more."""

from typing import Final

from tests.attacks.attack import PUBLIC_BOUNDS, RIGHT_CLIP, SOCKET, Attack

CRASHED: Final = ("crashed",)
# A worker that has answered and ended itself costs the next case as well.
ENDED: Final = ("failed", "crashed")
# The values are wrong where a frame is in order, so that none may earn anything.
PRELUDE: Final = f"""{SOCKET}
import os, struct
from grader import wire

def returned(**fields):
    reply(wire.Returned(**{{"nonce": nonce(), "value_payload": b"N", **fields}}))

def array(*shape):
    return b"a\\x0b" + bytes([len(shape)]) + struct.pack(f"<{{len(shape)}}Q", *shape)
"""


def forges(body: str) -> str:
    """Write a submission whose clip does some lines instead of returning."""
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    return f"{PRELUDE}\ndef clip(gradients, maxValue):\n{lines}"


ATTACKS: Final = (
    Attack("wrong_nonce", "an answer to another request",
           forges("returned(nonce=nonce() + 1)"), verdicts=CRASHED),
    Attack("answers_in_advance", "two answers at once, the second for the next request",
           forges("data = b''\n"
                  "for n in range(2):\n"
                  "    data += frame_bytes(wire.pack(wire.Returned(nonce=nonce() + n,\n"
                  "        value_payload=b'N')))\n"
                  "raw(data)\nos._exit(0)"), verdicts=ENDED),
    Attack("garbage", "bytes that are no message", forges("raw(os.urandom(4096))\nos._exit(0)"),
           verdicts=CRASHED),
    Attack("giant_announced", "four gigabytes announced", forges("raw(b'\\xff' * 8)\nos._exit(0)"),
           verdicts=CRASHED),
    Attack("half_a_frame", "a frame that never ends, one byte now and then",
           forges("import time\nraw(struct.pack('<I', 10_000_000))\n"
                  "for _ in range(300):\n    raw(b'x')\n    time.sleep(0.1)"),
           verdicts=("timed_out",)),
    Attack("deep_message", "lists in lists in the envelope",
           forges("raw(frame_bytes(b'\\x91' * 100_000))\nos._exit(0)"), verdicts=CRASHED),
    Attack("empty_maps", "sixteen megabytes of empty maps",
           forges("raw(frame_bytes(b'\\x92\\xdd\\x00\\xff\\xff\\xff' + b'\\x80' * 0xffffff))\n"
                  "os._exit(0)"), verdicts=CRASHED),
    Attack("deep_value", "a value nested a thousand deep",
           forges("returned(value_payload=b'l\\x01\\0\\0\\0' * 1000 + b'N')"), verdicts=CRASHED),
    Attack("lying_shape", "a shape that its bytes do not fill",
           forges("returned(value_payload=array(1 << 20, 1 << 5))"), verdicts=CRASHED),
    Attack("overflowing_shape", "a shape whose product is zero, past what numpy can count",
           forges("returned(value_payload=array(0, *[1 << 26] * 3))"), verdicts=CRASHED),
    Attack("overflowing_tensor", "the same as a tensor",
           forges("returned(value_payload=b'x\\x08\\0\\x04' + array(0, *[1 << 26] * 3)[3:])"),
           verdicts=CRASHED),
    Attack("unknown_dtype", "a dtype number beyond the table",
           forges("returned(value_payload=b'a\\xff\\x01' + struct.pack('<Q', 1) + b'x' * 8)"),
           verdicts=CRASHED),
    Attack("cheap_tensor", "a tensor where arrays are due, to have the grader import torch",
           forges("returned(value_payload=b'x\\x08\\0\\x00' + b'\\0' * 4)"),
           verdicts=ENDED, seconds=20),
    Attack("forged_handle", "a handle in the place of a value",
           forges("returned(value_payload=b'h' + struct.pack('<Q', 1))"),
           verdicts=ENDED),
    Attack("handles_inside", "handles inside of a dictionary",
           forges("returned(value_payload=wire.encode({n: wire.Handle(7) for n in gradients}))"),
           verdicts=ENDED),
    Attack("colliding_keys", "eight thousand dictionary keys with one hash",
           forges("keys = (7 + k * ((1 << 61) - 1) for k in range(1, 8001))\n"
                  "bodies = [k.to_bytes(k.bit_length() // 8 + 1, 'little') for k in keys]\n"
                  "parts = [b'I' + struct.pack('<I', len(b)) + b + b'N' for b in bodies]\n"
                  "returned(value_payload=b'm' + struct.pack('<I', len(parts))\n"
                  "    + b''.join(parts))"),
           verdicts=("failed", "crashed", "timed_out"), seconds=8),
    Attack("after_is_an_array", "an array where the arguments after the call are due",
           forges("import numpy as np\nreturned(after_payload=wire.encode(np.zeros(3)))"),
           verdicts=ENDED),
    Attack("after_is_a_number", "a number in the same place",
           forges("returned(after_payload=wire.encode(5))"), verdicts=ENDED),
    Attack("too_few_after", "fewer arguments after the call than were asked for",
           SOCKET + "\nfrom grader import wire\n"
           "def rnn_forward(X, Y, a0, parameters, vocab_size=27):\n"
           "    reply(wire.Returned(nonce=nonce(), value_payload=wire.encode((1.0, ()))))\n",
           exercise="rnn_forward", verdicts=ENDED),
    Attack("gradients_unasked", "gradients and offers that nobody asked for",
           forges("returned(gradients_payload=wire.encode({'0': 1.0}),\n"
                  "    offers_payload=wire.encode([1, 2, 3]))"), verdicts=ENDED),
    Attack("loaded_again", "the reply to another kind of request",
           forges("reply(wire.Loaded(nonce=nonce()))"), verdicts=CRASHED),
    Attack("asks_unasked", "a question for the reference, which was not offered",
           forges("reply(wire.Asked(nonce=nonce(), name='clip',\n"
                  "    args_payload=wire.encode((gradients, maxValue))))"), verdicts=CRASHED),
    Attack("failed_with_key", "fields of a failure that are parameters of the grader's own errors",
           forges("reply(wire.Failed(nonce=nonce(), key='missing',\n"
                  "    fields={'key': 'x', 'self': 'y', 'name': 'z'}))"),
           verdicts=("missing", "errored_student", "crashed")),
    Attack("failed_with_unknown_text", "a text that the grader does not have, with markup",
           forges("reply(wire.Failed(nonce=nonce(), key='<img src=x onerror=alert(1)>{name}',\n"
                  "    fields={'{x}': '<img src=x>', 'name': '[[{name}]]'}))"),
           verdicts=("errored_student", "crashed")),
    Attack("passes_by_text", "a failure that calls itself passed",
           forges("reply(wire.Failed(nonce=nonce(), key='passed', fields={}))"),
           verdicts=("errored_student", "crashed")),
    Attack("line_past_every_number", "a traceback at line 2**64 - 1 of a file of its own making",
           forges("reply(wire.Raised(nonce=nonce(), exception='E', text='t', frames=(wire.Frame(\n"
                  "    '../../<img src=x>\\n::error::', 2**64 - 1, 'f', 'x'),)))"),
           verdicts=("errored_student", "crashed")),
    Attack("hidden_inputs_by_traceback", "hidden inputs as the file name of a traceback",
           PRELUDE + RIGHT_CLIP.replace("def clip", "def right") + f"\nPUBLIC = {PUBLIC_BOUNDS}\n"
           "\ndef clip(gradients, maxValue):\n"
           "    if maxValue in PUBLIC:\n        return right(gradients, maxValue)\n"
           "    mark = 'WITHHELD-' + '9d2e'\n"
           "    reply(wire.Raised(nonce=nonce(), exception=mark, text=mark, output=mark, frames=(\n"
           "        wire.Frame(f'{mark} {maxValue}', 1, mark, mark),)))\n",
           verdicts=("passed", "errored_student", "crashed"), marks="part"),
    Attack("output_past_the_bound", "more printed text than a message may hold",
           forges("returned(output='x' * 70_000)"), verdicts=ENDED),
    Attack("pickled_bytes", "a pickle as bytes: it is compared as bytes, never loaded",
           "import pickle\nclass Run:\n    def __reduce__(self):\n"
           "        return (open, ('{TREE}/drop/pickled', 'w'))\n"
           "def clip(gradients, maxValue):\n"
           "    return {n: pickle.dumps(Run()) for n in gradients}\n"),
    Attack("pickled_objects", "objects with a __reduce__, alone and in an array",
           "import numpy as np\nclass Run:\n    def __reduce__(self):\n"
           "        return (open, ('{TREE}/drop/pickled', 'w'))\n"
           "def clip(gradients, maxValue):\n"
           "    return {n: np.array([Run(), Run()], dtype=object) for n in gradients}\n"),
    Attack("answers_by_the_reference", "rnn_step_forward is left wrong, so that the reference's is "
           "put in; the way to ask for it is then used to ask for rnn_forward itself",
           "import numpy as np\n\ndef rnn_step_forward(parameters, a_prev, x):\n    return None\n\n"
           "def rnn_forward(X, Y, a0, parameters, vocab_size=27):\n    from grader import wire\n"
           "    ask = rnn_step_forward.__globals__.get('_ask')\n"
           "    if ask is None: return None\n"
           "    host = next(cell.cell_contents for cell in ask.__closure__\n"
           "        if hasattr(cell.cell_contents, '_ask'))\n"
           "    payload = wire.encode((X, Y, a0, parameters, vocab_size))\n"
           "    question = wire.Asked(nonce=0, name='rnn_forward', args_payload=payload)\n"
           "    return wire.decode(host._ask(question).result_payload)\n",
           exercise="rnn_forward", verdicts=("failed", "errored_student", "crashed")),
    Attack("senseless_questions", "the upstream put in is asked for with what is no call",
           "def rnn_step_forward(parameters, a_prev, x):\n    return None\n\n"
           "def rnn_forward(X, Y, a0, parameters, vocab_size=27):\n    from grader import wire\n"
           "    ask = rnn_step_forward.__globals__.get('_ask')\n"
           "    if ask is None: return None\n"
           "    host = next(cell.cell_contents for cell in ask.__closure__\n"
           "        if hasattr(cell.cell_contents, '_ask'))\n"
           "    return host._ask(wire.Asked(nonce=0, name='rnn_step_forward',\n"
           "        args_payload=wire.encode(5)))\n",
           exercise="rnn_forward", verdicts=("failed", "errored_student", "crashed")),
)  # fmt: skip

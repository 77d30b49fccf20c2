"""Values that lie about what they are: only plain data crosses, read by the base classes.

None of these holds a right value, and none may earn anything.
"""

from typing import Final

from tests.attacks.attack import Attack

NAMES: Final = "NAMES = ('dWax', 'dWaa', 'dWya', 'db', 'dby')\n"
ALL_OF_IT: Final = "\ndef clip(gradients, maxValue):\n    return {name: Liar() for name in NAMES}\n"
NUMPY: Final = f"import numpy as np\n{NAMES}\n"


def liar(text: str) -> str:
    """Complete the text of a class ``Liar``."""
    return NUMPY + text + ALL_OF_IT


ATTACKS: Final = (
    Attack(
        "equal_to_everything",
        "an array subclass that equals everything and has every shape",
        NUMPY + "class Liar(np.ndarray):\n"
        "    def __eq__(self, other): return np.array(True)\n"
        "    def __ne__(self, other): return np.array(False)\n"
        "    def __sub__(self, other): return np.zeros(1)\n"
        "    def __array__(self, *a, **k): return np.zeros((3, 3))\n"
        "    def __array_ufunc__(self, *a, **k): return np.array(True)\n"
        "    def __array_function__(self, *a, **k): return np.array(True)\n"
        "    shape = property(lambda self: (5, 7))\n    dtype = np.dtype(float)\n"
        "    def __hash__(self): return 0\n\n"
        "def clip(gradients, maxValue):\n"
        "    return {name: np.zeros(1).view(Liar) for name in NAMES}\n",
        verdicts=("failed", "errored_student"),
    ),
    Attack(
        "lying_array_interface",
        "an object that is an array only by its own account",
        liar("class Liar:\n    shape = (5, 7)\n    dtype = np.dtype(float)\n    ndim = 2\n"
             "    def __array__(self, *a, **k): return np.zeros((5, 7))\n"
             "    __array_interface__ = {'shape': (5, 7), 'typestr': '<f8', 'data': (0, False),"
             " 'version': 3}\n"),
    ),
    Attack(
        "lying_class",
        "an object whose __class__ is ndarray, and a metaclass that says the same",
        liar("class Liar:\n    __class__ = property(lambda self: np.ndarray)\n"
             "    shape, dtype, ndim, nbytes = (1,), np.dtype(float), 1, 8\n"),
        verdicts=("failed", "errored_student"),
    ),
    Attack(
        "lying_float",
        "a float subclass that equals everything",
        liar("class Liar(float):\n    __eq__ = lambda s, o: True\n    __hash__ = float.__hash__\n"
             "    __float__ = lambda s: 1e9\n    __sub__ = lambda s, o: 0.0\n"),
    ),
    Attack(
        "lying_dict",
        "a dictionary subclass that answers every question with what was asked for",
        NUMPY + "class Liar(dict):\n    __eq__ = lambda s, o: True\n"
        "    __contains__ = lambda s, k: True\n    __getitem__ = lambda s, k: s\n"
        "    items = keys = values = lambda s: []\n    __len__ = lambda s: 5\n\n"
        "def clip(gradients, maxValue):\n    return Liar()\n",
    ),
    Attack(
        "lying_list",
        "a list subclass that changes while it is read",
        NUMPY + "class Liar(list):\n    __len__ = lambda s: 10**9\n"
        "    def __iter__(self):\n        for _ in range(10**6): yield 0.0\n\n"
        "def clip(gradients, maxValue):\n    return {name: Liar([1.0]) for name in NAMES}\n",
    ),
    Attack(
        "lying_text_and_int",
        "subclasses of str and int as keys and values",
        NUMPY + "class Key(str):\n    __eq__ = lambda s, o: True\n    __hash__ = lambda s: 0\n"
        "    encode = lambda s, *a: b'dWax'\n"
        "class Number(int):\n    __index__ = lambda s: 3\n    __eq__ = lambda s, o: True\n"
        "    bit_length = lambda s: 10**9\n    __hash__ = int.__hash__\n\n"
        "def clip(gradients, maxValue):\n    return {Key('x'): Number(10**30)}\n",
    ),
    Attack(
        "lying_tensor",
        "a tensor subclass with a __torch_function__ of its own, where arrays are due",
        "import torch\n" + NAMES + "class Liar(torch.Tensor):\n    @classmethod\n"
        "    def __torch_function__(cls, *a, **k): return torch.zeros(1)\n\n"
        "def clip(gradients, maxValue):\n"
        "    return {name: torch.zeros(5, 7).as_subclass(Liar) for name in NAMES}\n",
        verdicts=("failed", "errored_student"),
    ),
    Attack(
        "object_array",
        "an array of objects, each of which would compare as it likes",
        liar("class One:\n    __eq__ = lambda s, o: True\n    __float__ = lambda s: 0.0\n"
             "    __hash__ = None\ndef Liar(): return np.array([One()] * 4, dtype=object)\n"),
    ),
    Attack(
        "masked_array",
        "a masked array: its mask hides every element from a comparison",
        liar("def Liar(): return np.ma.array(np.ones((5, 7)), mask=True)\n"),
    ),
    Attack(
        "structured_array",
        "a structured dtype with a field for each guess",
        liar("def Liar(): return np.zeros(3, dtype=[('a', float), ('b', 'O')])\n"),
    ),
    Attack(
        "broadcast_view",
        "a view of a number that claims a million million elements",
        liar("def Liar(): return np.lib.stride_tricks.as_strided("
             "np.zeros(1), (10**6, 10**6), (0, 0))\n"),
    ),
    Attack(
        "duck_objects",
        "objects with all the methods, and of no known type",
        liar("class Liar:\n    def __getattr__(self, name): return self\n"
             "    def __call__(self, *a, **k): return self\n    __eq__ = lambda s, o: True\n"
             "    __hash__ = lambda s: 1\n    __iter__ = lambda s: iter([s])\n"
             "    __len__ = lambda s: 1\n    __getitem__ = lambda s, k: s\n"),
        verdicts=("failed", "errored_student", "crashed"),
    ),
)  # fmt: skip

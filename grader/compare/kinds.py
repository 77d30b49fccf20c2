"""What sort of number a value holds, whichever of Python, numpy and torch it comes from."""

from __future__ import annotations

import math
import sys
from typing import Any, Final, Literal

import msgspec
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Family = Literal["bool", "int", "float", "complex"]

FLOAT64_BYTES: Final = 8
EPS64: Final = float(np.finfo(np.float64).eps)
EPS32: Final = float(np.finfo(np.float32).eps)

# What may stand where a family is expected: a narrower number of the same value, but never a bool
# for a number. A float may stand for the integer that it equals, outside tensors: see `accepts`.
ACCEPTED: Final[dict[Family, tuple[Family, ...]]] = {
    "bool": ("bool",),
    "int": ("int",),
    "float": ("float", "int"),
    "complex": ("complex", "float", "int"),
}

_FAMILIES: Final[dict[str, Family]] = {
    "b": "bool",
    "i": "int",
    "u": "int",
    "f": "float",
    "c": "complex",
}


def accepts(expected: Family, family: Family, *, tensor: bool = False) -> bool:
    """Tell whether numbers of a family may stand where another is expected.

    A tensor of integers is labels or indices for torch, which takes no floats there.
    """
    return family in ACCEPTED[expected] or (expected == "int" and family == "float" and not tensor)


class Numbers(msgspec.Struct, frozen=True):
    """The numbers of a scalar, array or tensor.

    Parameters
    ----------
    values : ndarray
        Of bool, any integer dtype, float64 or complex128.
    family : str
        Which of these.
    eps : float
        Relative spacing of the dtype they were held in; 0 for bool and int.
    """

    values: Array
    family: Family
    eps: float


def is_tensor(value: object) -> bool:
    """Tell whether a value is a torch tensor, without importing torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_array(value: object) -> bool:
    """Tell whether a value is a numpy array or a torch tensor."""
    return isinstance(value, np.ndarray) or is_tensor(value)


def is_number(value: object) -> bool:
    """Tell whether a value is a single number (or truth value) of Python or numpy."""
    return isinstance(value, bool | int | float | complex | np.number | np.bool_)


def dtype_name(value: Any) -> str:
    """Name the dtype of an array or tensor as numpy would: ``float32``."""
    return str(value.dtype).removeprefix("torch.")


def family_of(value: object) -> Family | None:
    """Return the family of a number, array or tensor; None for anything else."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, np.ndarray | np.generic):
        return _FAMILIES.get(value.dtype.kind)
    if is_tensor(value):
        return _tensor_family(value)
    if isinstance(value, float):
        return "float"
    return "complex" if isinstance(value, complex) else None


def numbers_of(value: object) -> Numbers | None:
    """Read the numbers of a scalar, array or tensor; None for anything that holds none."""
    family = family_of(value)
    if family is None:
        return None
    if is_tensor(value):
        return _tensor_numbers(value, family)
    if not isinstance(value, np.ndarray | np.generic):
        return _python_number(value, family)
    return Numbers(_widened(np.asarray(value), family), family, epsilon_of(value))


def epsilon_of(value: object) -> float:
    """Return the eps of what `numbers_of` reads, 0 where it reads none, without reading it."""
    family = family_of(value)
    if family is None or family in {"bool", "int"}:
        return 0.0
    if is_tensor(value):
        return float(sys.modules["torch"].finfo(value.dtype).eps)  # type: ignore[attr-defined]  # it has one
    return float(np.finfo(value.dtype).eps) if isinstance(value, np.ndarray | np.generic) else EPS64


def is_series(value: object) -> bool:
    """Tell whether a value is a list of nothing but floats, such as one loss an epoch.

    Its floats are one quantity, so they share a scale; those of a tuple need not.
    """
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, float | np.floating) for item in value)
    )


def expected_numbers(value: object) -> Numbers | None:
    """Read the numbers of one leaf of an expected value: as `numbers_of`, and of a series too.

    A Python float has forgotten in which precision it was computed (``loss.item()``). Hardly one
    float64 result in 2**29 fits in float32, so one that does is taken to come from there.
    """
    if isinstance(value, list):
        numbers = numbers_of(np.array(value)) if is_series(value) else None
    else:
        numbers = numbers_of(value)
    if numbers is None or not isinstance(value, float | list):
        return numbers
    fits = fits_in_float32(numbers.values)
    return msgspec.structs.replace(numbers, eps=max(numbers.eps, EPS32)) if fits else numbers


def fits_in_float32(values: Array) -> bool:
    """Tell whether numbers are as they would be had they been computed in float32."""
    with np.errstate(all="ignore"):
        return bool(np.array_equal(values.astype(np.float32), values, equal_nan=True))


def _python_number(value: object, family: Family) -> Numbers | None:
    if isinstance(value, bool):
        return Numbers(np.array(value), family, 0.0)
    if isinstance(value, int):
        return Numbers(_array_of_int(value), family, 0.0)
    return Numbers(_widened(np.array(value), family), family, EPS64)


def _array_of_int(value: int) -> Array:
    array = np.array(value)
    if array.dtype != object:
        return array
    try:
        return np.array(float(value))
    except OverflowError:  # past every float: as far from any expected number as can be
        return np.array(math.inf if value > 0 else -math.inf)


def _tensor_family(tensor: Any) -> Family | None:
    torch = sys.modules["torch"]
    if tensor.layout is not torch.strided or tensor.is_meta or tensor.is_quantized:
        return None
    if tensor.dtype.is_complex:
        return "complex"
    if tensor.dtype.is_floating_point:
        return "float"
    return "bool" if tensor.dtype is torch.bool else "int"


def _tensor_numbers(tensor: Any, family: Family) -> Numbers:
    torch = sys.modules["torch"]
    plain = tensor.detach().cpu().resolve_conj().resolve_neg()
    if family in {"bool", "int"}:
        return Numbers(plain.numpy(), family, 0.0)
    wide = plain.to(torch.complex128 if family == "complex" else torch.float64)
    return Numbers(wide.numpy(), family, epsilon_of(tensor))


def _widened(values: Array, family: Family) -> Array:
    if family == "float":
        if values.dtype.itemsize <= FLOAT64_BYTES:
            return values.astype(np.float64)
        with np.errstate(over="ignore"):  # a longdouble past float64 becomes inf, which it is here
            return values.astype(np.float64)
    return values.astype(np.complex128) if family == "complex" else values

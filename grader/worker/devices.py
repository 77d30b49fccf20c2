"""The files that stand for a GPU, and what its driver reads."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path("/dev")
# Of NVIDIA's driver, and of Windows' GPU inside its Linux subsystem.
PATTERNS: Final = ("nvidia[0-9]*", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "dxg")
READABLE: Final = (
    "/proc/driver/nvidia", "/proc/devices", "/proc/sys/vm", "/proc/sys/kernel",
    "/sys/bus/pci/devices", "/sys/devices", "/sys/module/nvidia", "/usr/local/nvidia",
    "/usr/local/cuda", "/etc/nvidia", "/usr/share/nvidia",
)  # fmt: skip


def files(folder: Path = FOLDER) -> tuple[str, ...]:
    """List the device files of this machine's GPUs; none where there is no GPU."""
    found = [path for pattern in PATTERNS for path in sorted(folder.glob(pattern))]
    return tuple(str(path) for path in found if not path.is_dir())

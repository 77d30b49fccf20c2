"""Workers with a hole for a GPU; the machine that runs this need not have one."""

from __future__ import annotations

import struct
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from grader.errors import SandboxError
from grader.sandbox import ForkServer, open_device_server
from grader.sandbox.tiers import TIERS, leaks_of
from grader.worker import devices, landlock, seccomp
from grader.worker.confine import Layers

if TYPE_CHECKING:
    from pathlib import Path

    from grader.model import Limits

ASK_FOR_ENTROPY = """
import fcntl
def ask():
    with open("/dev/random", "rb") as file:
        try:
            fcntl.ioctl(file, 0x80045200, bytes(4))
        except OSError as error:
            return type(error).__name__
    return ""
"""


@pytest.fixture(scope="module")
def startable() -> None:
    """Skip where root's workers need a world of their own, see `layers` in conftest.py."""
    try:
        with ForkServer(torch=False, layers=TIERS["C"]):
            pass
    except SandboxError as error:
        pytest.skip(f"no tier C here: {error}")


@pytest.fixture(scope="module")
def confinable() -> None:
    """Skip where not even a worker without a GPU can be confined so."""
    try:
        with ForkServer(torch=False, layers=TIERS["B"]) as server:
            leaks = leaks_of(server)
    except SandboxError as error:
        pytest.skip(f"no tier B here: {error}")
    if leaks:
        pytest.skip(f"no tier B here: {leaks}")


def test_the_files_of_a_gpu_are_found(tmp_path: Path) -> None:
    """NVIDIA's and those of Windows' subsystem, and nothing that has a similar name."""
    (tmp_path / "nvidia-caps").mkdir()
    for name in ("nvidia0", "nvidia12", "nvidiactl", "nvidia-uvm", "null", "nvidia-other", "dxg"):
        (tmp_path / name).touch()

    found = [path.rpartition("/")[2] for path in devices.files(tmp_path)]

    assert found == ["nvidia0", "nvidia12", "nvidiactl", "nvidia-uvm", "dxg"]


def test_a_device_worker_is_confined_and_computes(confinable: None, limits: Limits) -> None:
    """With the hole, none of the self-test's attempts succeeds; the processor stands for a GPU."""
    with open_device_server(confined=True, device="cpu") as server:
        assert server.tier == "B"
        assert leaks_of(server) == []


def test_what_cannot_compute_is_told(startable: None) -> None:
    """A device that torch does not know ends the server, with the reason."""
    with pytest.raises(SandboxError, match="nonsense"):
        open_device_server(confined=False, device="nonsense")


def test_address_space_is_bounded_but_for_a_device(
    startable: None, opened: Any, limits: Limits
) -> None:
    """CUDA reserves far more of it than there is memory."""
    text = textwrap.dedent("""
        import resource
        def f(): return resource.getrlimit(resource.RLIMIT_AS)[0]
    """)
    usual = opened(text).call("f", ()).value

    with open_device_server(confined=False, device="cpu") as server:
        found = opened.through(server.worker(limits), text).call("f", ()).value

    assert usual > 0
    assert found == -1


def test_a_device_server_is_told_which_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others see none, whatever the caller's environment says."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    monkeypatch.setenv("SECRET", "no")

    found = {
        device: ForkServer(layers=Layers(device=device))._environment()  # noqa: SLF001 - without a GPU this is all to see
        for device in (False, True)
    }

    assert found[True]["CUDA_VISIBLE_DEVICES"] == "1"
    assert found[False]["CUDA_VISIBLE_DEVICES"] == ""
    assert not any("SECRET" in environment for environment in found.values())


def test_commands_go_to_devices_alone(confinable: None, limits: Limits, opened: Any) -> None:
    """The filter of calls lets them pass; the kernel's file rules say where to."""
    if landlock.version() < 5:
        pytest.skip("Landlock's rules on commands came with its version 5")
    scope: dict[str, Any] = {}
    exec(ASK_FOR_ENTROPY, scope)  # noqa: S102 - the same text as in the worker
    with open_device_server(confined=True, device="cpu") as server:
        client = opened.through(server.worker(limits), ASK_FOR_ENTROPY)

        found = client.call("ask", ()).value

    assert scope["ask"]() == ""  # which anybody else may ask
    assert found == "PermissionError"


def test_the_filter_differs_in_commands_alone() -> None:
    """All other calls are answered as ever."""
    for machine in seccomp.ARCHITECTURES:
        usual = seccomp.build_filter(7, machine)
        device = seccomp.build_filter(7, machine, device=True)
        ioctl = seccomp.CALLS["ioctl"][list(seccomp.ARCHITECTURES).index(machine)]
        at = device.index(struct.pack("=HBBI", 0x15, 0, 1, ioctl))

        assert usual.startswith(device[:at])
        assert usual.endswith(device[at + 16 :])
        assert device[at + 8 : at + 16] == struct.pack("=HBBI", 0x06, 0, 0, seccomp.ALLOW)

"""Feed the wire's decoders and intake with damaged and random input for a while.

    python tests/fuzz/fuzz.py [--seconds N] [--seed S]

Any exception but the one that is promised, any input that takes longer than a bound, or memory that
grows past a bound ends it with the seed and the input that did it. Inputs are valid encodings,
notebooks and archives with bytes changed, cut, doubled and joined, so that they get past the
first check.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import gzip
import io
import json
import os
import random
import resource
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import torch

from grader import wire
from grader.course import Deadline, Person, join, read_extensions, read_roster
from grader.errors import UsageError, WireError
from grader.intake import read_submission
from grader.intake.collect import collect
from grader.intake.metadata import MalformedError, read_metadata
from grader.model import Late

INPUT_S = 5.0
MEMORY_MIB = 1024
MODULES = ("srn", "binary_addition", "char_rnn", "hello_ohlol", "gated_cells", "seq2seq")
EXERCISES = {"clip": ("clip",), "sample": ("sample",)}
READ = {"hw8.py", "hw8.ipynb", "hw8"}
DUE = Deadline.of(Late(due=datetime.datetime(2026, 3, 29, 2, 30), zone="Europe/Berlin"))
METADATA = (
    "submission_1:\n  :submitters:\n  - :name: A\n  :created_at: 2026-03-01 01:59:59 -08:00\n"
)
REPOSITORY = Path(__file__).resolve().parents[2]


def main() -> None:
    """Fuzz until the time is up, then print how much was tried."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    generator = random.Random(chosen.seed)
    print(f"seed {chosen.seed}")
    targets = {
        "value": values(), "reply": replies(), "script": scripts(), "notebook": notebooks(),
        "zip": zips(), "tar": tars(), "tgz": tars(), "metadata": metadata(),
        "misnamed": notebooks(), "download": downloads(), "roster": rosters(),
    }  # fmt: skip
    counts = dict.fromkeys(targets, 0)
    before_mib = peak_mib()
    deadline = time.monotonic() + chosen.seconds
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < deadline:
            for name, corpus in targets.items():
                data = damaged(generator, corpus)
                started = time.monotonic()
                try:
                    attempt(name, data, Path(folder))
                except Exception as error:
                    raise SystemExit(f"{name}: {error!r} from {data[:2000]!r}") from error
                if time.monotonic() - started > INPUT_S:
                    raise SystemExit(f"{name}: too slow on {data[:2000]!r}")
                counts[name] += 1
            if peak_mib() - before_mib > MEMORY_MIB:
                raise SystemExit(f"memory grew from {before_mib} to {peak_mib()} MiB")
    print(f"no crash, no hang: {counts}; memory {before_mib} -> {peak_mib()} MiB")


def attempt(name: str, data: bytes, folder: Path) -> None:
    """Give one input to its reader; only the promised error may come out."""
    readers = {"download": unpacked, "roster": listed}
    if name in readers:
        readers[name](data, folder)
    elif name in {"value", "reply"}:
        try:
            wire.decode(data) if name == "value" else wire.unpack_reply(data)
        except WireError:
            return
    elif name in {"zip", "tar", "tgz"}:
        path = folder / f"hw8.{name}"
        path.write_bytes(gzip.compress(data, 1, mtime=0) if name == "tgz" else data)
        for one in collect(path, modules=MODULES, exercises=EXERCISES).submissions:
            if one.source is None and one.problem is None:
                raise AssertionError("neither code nor a reason")
        path.unlink()
        if list(folder.parent.glob("*.escaped")) or set(os.listdir(folder)) - READ:  # noqa: PTH208
            raise AssertionError("reading an archive has written a file")
    elif name == "metadata":
        with contextlib.suppress(MalformedError):
            read_metadata(data)
    elif name == "misnamed":
        (folder / "hw8").write_bytes(data)
        read_submission(folder / "hw8", modules=MODULES, exercises=EXERCISES)
    else:
        path = folder / ("hw8.py" if name == "script" else "hw8.ipynb")
        path.write_bytes(data)
        read_submission(path, modules=MODULES, exercises=EXERCISES)


def listed(data: bytes, folder: Path) -> None:
    """Read a table of students, and of extensions."""
    path = folder / "roster.csv"
    path.write_bytes(data)
    with contextlib.suppress(UsageError):
        read_roster(path)
    with contextlib.suppress(UsageError):
        read_extensions(path, DUE)
    path.unlink()


def unpacked(data: bytes, folder: Path) -> None:
    """Read a download whose entries are called as the lines say: each is a row, or named in a note.

    Whoever is on the roster, or has handed in, has one row, under an id of its own.
    """
    text = data.decode("utf-8", "replace").replace("\0", "").replace("\\", "")
    names = {line.strip("/ ") for line in text.split("\n")} - {"", ".", ".."}
    path = folder / "download.zip"
    with zipfile.ZipFile(path, "w") as opened:
        for name in sorted(names)[:60]:
            opened.writestr(
                name, METADATA if name.endswith(".yml") else "def clip(g):\n    return g\n"
            )
    found = collect(path, modules=MODULES, exercises=EXERCISES, assignment="hw8")
    rows = found.submissions
    joined = join(
        rows, DUE, [Person(2, "1", "Jane Doe"), Person(3, "2", "A", numbers={"Moodle": "9"})]
    )
    attempts = {one.submission for who in joined.students for one in who.attempts}
    ids = [who.id.casefold() for who in joined.students]
    if len(set(ids)) != len(ids) or attempts != {one.id for one in rows}:
        raise AssertionError("a submission is nobody's, or two people share an id")
    if any(one.source is None and one.problem is None for one in rows):
        raise AssertionError("neither code nor a reason")
    path.unlink()


def damaged(generator: random.Random, corpus: list[bytes]) -> bytes:
    """Change, cut, double or join inputs of a corpus."""
    data = bytearray(generator.choice(corpus))
    for _ in range(generator.randint(0, 6)):
        at = generator.randrange(len(data) + 1)
        match generator.randrange(6):
            case 0 if data:
                data[at % len(data)] = generator.randrange(256)
            case 1:
                del data[at : at + generator.randint(1, 40)]
            case 2:
                data[at:at] = data[at : at + generator.randint(1, 200)]
            case 3:
                data[at:at] = generator.randbytes(generator.randint(1, 12))
            case 4:
                other = generator.choice(corpus)
                data[at:] = other[generator.randrange(len(other) + 1) :]
            case _:
                data[at:at] = generator.choice(TOKENS)
    return bytes(data)


TOKENS = (
    b"(" * 200, b"[" * 3000, b"\xff\xff\xff\xff", b"\0", b"\\", b'"""', b"'", b"#", b"\n\t ",
    b"def clip(", b"%%time\n", b"!ls\n", b"a\x0b\x10",
    b"raise NotImplementedError\n", b"# GRADED FUNCTION: clip\n", b'{"cells": [', b"\xed\xa0\x80",
    b"PK\1\2", b"PK\5\6", b"PK\3\4", b"PK\6\7", b"ustar\0", b"\x80\0\0\0\0\0\0\0", b"../",
)  # fmt: skip


def values() -> list[bytes]:
    """Encode one value of each kind."""
    samples = [
        None, True, 7, 1 << 80, 2.5, 1j, "text", b"bytes", [1, [2, [3]]], (1, "x"),
        {"a": 1, 2: [3], None: {}, (1, 2): 3.0}, np.arange(12.0).reshape(3, 4), np.zeros((0, 3)),
        np.float32(1.5), np.array([True, False]), torch.randn(2, 3), torch.ones(0, 2),
        torch.nn.Parameter(torch.ones(2)), torch.ones(3, dtype=torch.bfloat16), wire.Handle(3),
    ]  # fmt: skip
    return [wire.encode(sample) for sample in [*samples, samples[:-1]]]


def metadata() -> list[bytes]:
    """Write what Gradescope says of two submissions, in two styles."""
    block = (
        "submission_1:\n  :submitters:\n  - :name: A\n    :sid: '1'\n"
        "  :created_at: 2026-03-01 01:59:59 -08:00\n"
    )
    flow = '{"submission_1": {":submitters": [{":name": &a "A", ":sid": *a}]}}'
    return [block.encode(), flow.encode(), (block + block.replace("1", "2")).encode()]


def downloads() -> list[bytes]:
    """List entries as platforms call them, a line each."""
    canvas = "doejane_LATE_104_2231_hw8-2.py\nroejim_105_2232_a.py\nx_106_text.html"
    moodle = "Jane Doe_2231_assignsubmission_file_/hw.py\nA_9_assignsubmission_file_b.py"
    blackboard = (
        "HW 8_jd1_attempt_2026-03-01-10-15-00_a.py\nHW 8_jd1_attempt_2026-03-02-10-15-00.txt"
    )
    gradescope = "submission_1/a.py\nsubmission_2/b.py\nsubmission_metadata.yml"
    clones = "cs-hw8-ann/.classroom50.yaml\ncs-hw8-ann/a.py\ncs-hw8-ann-lee/a.py"
    return [one.encode() for one in (canvas, moodle, blackboard, gradescope, clones, "a.py\n张.py")]


def rosters() -> list[bytes]:
    """Write tables as courses and platforms do."""
    return [
        b"id,name,email,login,section,group,days\n7,Ada,ada@x.org,ada,A,G,2\n",
        '\ufeffStudent;ID;SIS User ID;Section\n"Doe, Jane";104;7;A\n'.encode(),
        "Identifier\tFull name\tGrade\tdue\nParticipant 9\tA\t\t2026-03-04 10:00\n".encode(
            "utf-16"
        ),
        b'id,due\n1,"Sunday, 1 March 2026, 10:15 PM"\n',
    ]


def replies() -> list[bytes]:
    """Pack one reply of each kind."""
    frame = wire.Frame("hw8.py", 3, "clip", "raise")
    return [
        wire.pack(reply)
        for reply in (
            wire.Loaded(nonce=1),
            wire.Returned(nonce=2, value_payload=wire.encode([1, 2]), output="said"),
            wire.Raised(nonce=3, exception="ValueError", text="why", frames=(frame,) * 3),
            wire.Failed(nonce=4, key="missing", fields={"name": "clip"}),
            wire.Asked(nonce=0, name="clip", args_payload=wire.encode((1,))),
        )
    ]


def scripts() -> list[bytes]:
    """Take the sample scripts."""
    return [
        path.read_bytes() for path in sorted((REPOSITORY / "tests/hw8/submissions").glob("*.py"))
    ]


def notebooks() -> list[bytes]:
    """Take the sample notebooks, the large ones cut to a few cells."""
    found = []
    for path in sorted((REPOSITORY / "tests/hw8/submissions").glob("*.ipynb")):
        try:
            notebook = json.loads(path.read_bytes())
        except ValueError:
            continue
        notebook["cells"] = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"][:6]
        found.append(json.dumps(notebook).encode())
    return found


def zips() -> list[bytes]:
    """Pack a few files in each way that is read, an archive and odd names among them."""
    found: list[bytes] = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        for names in (("hw.py",), ("a/hw.py", "b/hw.ipynb"), ("../x.escaped", "作业.py", "b.zip")):
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w", method) as opened:
                for name in names:
                    inner = found[0] if name.endswith(".zip") else b"def clip(g):\n    return g\n"
                    opened.writestr(name, inner)
            found.append(buffer.getvalue())
    return found


def tars() -> list[bytes]:
    """Pack a few files and links, in both formats for long names."""
    found = []
    for kind in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        buffer = io.BytesIO()
        long = "作业/" * 30 if kind != tarfile.USTAR_FORMAT else "hw/"
        with tarfile.open(fileobj=buffer, mode="w", format=kind) as opened:
            for name in ("hw.py", f"{long}hw.py", "../x.escaped"):
                info = tarfile.TarInfo(name)
                info.size = 6
                opened.addfile(info, io.BytesIO(b"x = 1\n"))
            link = tarfile.TarInfo("link.py")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            opened.addfile(link)
        found.append(buffer.getvalue())
    return found


def peak_mib() -> int:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


if __name__ == "__main__":
    main()

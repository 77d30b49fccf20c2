"""Archives that write, read, grow or mean something else than they show."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import warnings
import zipfile
from typing import Any, Final

from tests.attacks.attack import ABSOLUTE, RIGHT_CLIP, Attack

RIGHT: Final = RIGHT_CLIP.encode()
EVIL: Final = b"raise SystemExit\n"
# From the folder of submissions; followed, or written to, it would earn marks or leave traces.
REFERENCE: Final = "../solutions/hw8/char_rnn.py"
DROP: Final = "../drop/written.py"
NEIGHBOUR: Final = "../submissions/right.py"

Zipped = tuple[str | zipfile.ZipInfo, bytes | str]


def packed(*members: Zipped, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Write a zip archive."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as opened:
        warnings.simplefilter("ignore")  # about a name that stands there twice, as it is meant to
        for name, data in members:
            opened.writestr(name, data)
    return buffer.getvalue()


def tarred(*members: tuple[str, bytes, dict[str, Any]]) -> bytes:
    """Write a tar archive packed by gzip; the fields are those of `tarfile.TarInfo`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as opened:
        for name, data, fields in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for key, value in fields.items():
                setattr(info, key, value)
            opened.addfile(info, io.BytesIO(data))
    return gzip.compress(buffer.getvalue(), mtime=0)


def of_mode(name: str, mode: int) -> zipfile.ZipInfo:
    """Describe a member that is no ordinary file."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    """Replace a name wherever an archive has it."""
    return data.replace(old, new)


def encrypted() -> bytes:
    """Set the flag of encryption on every member."""
    data = bytearray(packed(("hw.py", RIGHT)))
    data[data.index(b"PK\3\4") + 6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


def two_faced() -> bytes:
    """Let the list of members and the member itself disagree about its name."""
    data = packed(("aa.py", RIGHT))
    at = data.index(b"aa.py")
    return data[:at] + b"bb.py" + data[at + 5 :]


def still_right(name: str, idea: str, data: bytes, kind: str = "zip") -> Attack:
    """Make an attack whose poison is left out and whose right code earns its marks."""
    return Attack(
        f"archive_{name}", idea, files={f"archive_{name}.{kind}": data},
        verdicts=("passed",), marks="full",
    )  # fmt: skip


def refused(name: str, idea: str, data: bytes, kind: str = "zip") -> Attack:
    """Make an attack that nothing is read of."""
    return Attack(
        f"archive_{name}", idea, files={f"archive_{name}.{kind}": data}, marks="unreadable"
    )


LINK: Final = {"type": tarfile.SYMTYPE, "linkname": REFERENCE}
HARD_LINK: Final = {"type": tarfile.LNKTYPE, "linkname": REFERENCE}

ATTACKS: Final = (
    still_right(
        "slip", "A name climbs out and would write a file elsewhere.",
        packed(("hw.py", RIGHT), (DROP, EVIL), (f"x/../../{DROP}", EVIL)),
    ),
    still_right(
        "overwrites_a_neighbour", "A name climbs to another submission.",
        packed(("hw.py", RIGHT), (NEIGHBOUR, EVIL), ("../right.py", EVIL)),
    ),
    still_right(
        "absolute", "A name starts at the root.",
        packed(("hw.py", RIGHT), (ABSOLUTE, EVIL), ("//tmp/x.py", EVIL)),
    ),
    still_right(
        "drives", "Names of Windows, with drives, shares and backslashes.",
        packed(
            ("hw.py", RIGHT), ("C:\\x.py", EVIL), ("..\\..\\x.py", EVIL), ("\\\\host\\x.py", EVIL),
        ),
    ),
    still_right(
        "slip_tar", "The same in a tar archive.",
        tarred(("hw.py", RIGHT, {}), (DROP, EVIL, {}), (ABSOLUTE, EVIL, {})), "tgz",
    ),
    refused(
        "link", "The code is a symbolic link to the reference.",
        packed((of_mode("hw.py", stat.S_IFLNK | 0o777), REFERENCE)),
    ),
    refused("link_tar", "The same in a tar.", tarred(("hw.py", b"", LINK)), "tar.gz"),
    refused("hard_link", "The code is a hard link.", tarred(("hw.py", b"", HARD_LINK)), "tgz"),
    still_right(
        "link_then_write", "A link to a folder, and a file written through it.",
        tarred(
            ("out", b"", {"type": tarfile.SYMTYPE, "linkname": "../drop"}),
            ("out/written.py", EVIL, {}), ("hw.py", RIGHT, {}),
        ), "tgz",
    ),
    refused(
        "device", "The code is a device.",
        tarred(("hw.py", b"", {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 5})), "tgz",
    ),
    refused(
        "pipe", "The code is a pipe, which would block its reader.",
        packed((of_mode("hw.py", stat.S_IFIFO | 0o666), RIGHT)),
    ),
    refused("encrypted", "It asks for a password.", encrypted()),
    refused("bomb", "Forty megabytes of nothing.", packed(("hw.ipynb", b"\0" * (40 << 20)))),
    refused(
        "bomb_within", "The same within an archive that looks harmless.",
        packed(("in.zip", packed(("hw.ipynb", b"\0" * (60 << 20))))),
    ),
    refused(
        "bomb_tar", "A tar of nothing, packed.", tarred(("hw.ipynb", b"\0" * (60 << 20), {})), "tgz"
    ),
    refused(
        "many", "More members than anybody hands in.",
        packed(*[(f"{number}.txt", "") for number in range(50_001)], method=zipfile.ZIP_STORED),
    ),
    refused(
        "nested", "Archives in archives in archives.",
        packed(("b.zip", packed(("c.zip", packed(("hw.py", RIGHT)))))),
    ),
    refused(
        "twice", "A name stands there twice: who looks sees one, who grades might see the other.",
        packed(("hw.py", RIGHT), ("hw.py", RIGHT + b"x = 1\n")),
    ),
    refused("two_faced", "The list has another name than the member.", two_faced()),
    refused("damaged", "It is cut off.", packed(("hw.py", RIGHT))[:-40]),
    refused("lzma", "A method that takes what memory its header asks for.",
            packed(("hw.py", RIGHT), method=zipfile.ZIP_LZMA)),
    refused("rar", "It is no zip at all.", b"Rar!\x1a\x07\x01\x00" + b"x" * 100, "rar"),
    refused("hidden", "All of it is where systems put what nobody wrote.",
            packed(("__MACOSX/hw.py", RIGHT), ("._hw.py", RIGHT), ("__pycache__/hw.py", RIGHT))),
    still_right(
        "names", "Names with control characters, without an end, and longer than any file's.",
        packed(("hw.py", RIGHT), ("a\x1b[31m.py", EVIL), ("\u202egpj.py", b"y = 1\n"),
               ("z" * 4000 + ".py", EVIL), ("con.py", b"z = 1\n")),
    ),
    still_right(
        "gbk", "A name as Chinese versions of Windows write it: no attack, and no problem.",
        changed(packed(("aaaaaaaa.py", RIGHT)), b"aaaaaaaa", "循环网络".encode("gbk")),
    ),
    still_right(
        "startup", "Files that Python or a test runner reads at its start.",
        packed(("hw.py", RIGHT), ("conftest.py", EVIL), ("setup.py", EVIL), ("__init__.py", EVIL)),
    ),
)  # fmt: skip

"""Replies become values or a student's error, over a transport that answers from a script."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader import wire
from grader.errors import (
    CodeRaisedError,
    CrashedError,
    MissingNameError,
    NotWrittenError,
    RefusedError,
    StudentError,
    UnusableValueError,
    WrongValueError,
)
from grader.model import Limits, Text
from grader.sandbox import Client, FakeTransport

NOTHING = wire.Source(modules=())
LAST = wire.Frame("hw8.py", 12, "clip", "return 1 // 0")


PIECE = wire.Piece("def clip(g):\n    return 1 // 0", "hw8.py", 11, "definition", ("clip",))
SOURCE = wire.Source((wire.Module("hw8", "hw8.py", (PIECE,)),))


def answered(*replies: wire.Replies | Exception) -> Client:
    """Make a client whose requests get prepared replies."""
    client = Client(FakeTransport(replies), Limits(call_s=3.0))
    client.load(SOURCE, NOTHING, "hw8")
    return client


def raised(exception: str, *frames: wire.Frame, text: str = "") -> wire.Raised:
    """Write what a worker sends when the code raised."""
    return wire.Raised(nonce=0, exception=exception, text=text, frames=frames)


def failed(key: str, /, **fields: str) -> wire.Failed:
    """Write what a worker sends when a call could not be made."""
    return wire.Failed(nonce=0, key=key, fields=fields)


def sent(client: Client) -> list[Any]:
    """List the requests that the fake was sent."""
    assert isinstance(client.transport, FakeTransport)
    return client.transport.requests


def test_a_call_carries_copies_and_options() -> None:
    """Everything that a check asks for is in the request."""
    client = answered(
        wire.Returned(
            nonce=0,
            value_payload=b"N",
            after_payload=wire.encode(("a",)),
            gradients_payload=wire.encode({}),
            offers_payload=wire.encode([]),
        )
    )

    client.call("f", (1, "a"), after=(1,), cotangent=np.ones(2), draws=(3, 4), seed=9)

    request = sent(client)[-1]
    assert (request.target, request.after, request.seed) == ("f", (1,), 9)
    assert wire.decode(request.args_payload) == (1, "a")
    assert wire.decode(request.draws_payload) == [3, 4]
    assert wire.decode(request.cotangent_payload).tolist() == [1.0, 1.0]


def test_a_result_is_decoded_in_all_its_parts() -> None:
    """Value, arguments afterwards, gradients, offers and output."""
    client = answered(
        wire.Returned(
            nonce=0,
            value_payload=wire.encode([1]),
            after_payload=wire.encode((2,)),
            gradients_payload=wire.encode({"0": 3}),
            offers_payload=wire.encode([4]),
            output="said",
        )
    )

    result = client.call("f", (0,), after=(0,), cotangent=np.ones(1), draws=[0])

    assert result.value == [1]
    assert (result.after, result.gradients, result.offers) == ((2,), {"0": 3}, [4])
    assert (result.output, client.output) == ("said", "said")


def test_each_request_has_a_nonce_of_its_own() -> None:
    """So that no reply answers two requests."""
    returned = wire.Returned(nonce=0, value_payload=b"N")
    client = answered(returned, returned)
    client.call("f", ())
    client.call("f", ())

    assert len({request.nonce for request in sent(client)}) == 3


@pytest.mark.parametrize(
    ("reply", "kind", "key"),
    [
        (raised("NotImplementedError", LAST), NotWrittenError, "not_written"),
        (raised("NotImplementedError"), NotWrittenError, "not_written"),
        (raised("NotImplementedError", LAST, LAST), NotWrittenError, "upstream_not_written"),
        (raised("MemoryError", LAST), CrashedError, "out_of_memory"),
        (raised("RuntimeError", text="can't allocate memory"), CrashedError, "out_of_memory"),
        (raised("ZeroDivisionError", LAST), CodeRaisedError, "raised"),
        (raised("SystemExit"), CodeRaisedError, "raised"),
        (raised("FileNotFoundError", LAST), CodeRaisedError, "file_not_there"),
        (failed("missing"), MissingNameError, "missing"),
        (failed("syntax"), CodeRaisedError, "syntax"),
        (failed("unusable_type"), UnusableValueError, "unusable_type"),
        (failed("unusable_size"), UnusableValueError, "unusable_size"),
        (failed("too_many_draws"), WrongValueError, "too_many_draws"),
        (wire.Loaded(nonce=0), CrashedError, "crashed"),
        (wire.Returned(nonce=0, value_payload=b"\xff"), CrashedError, "crashed"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)[:40]),
)
def test_each_kind_of_failure_has_its_own_error(reply: Any, kind: type, key: str) -> None:
    """The class gives the verdict, the key the words."""
    with pytest.raises(StudentError) as caught:
        answered(reply).call("f", ())

    assert type(caught.value) is kind
    assert caught.value.key == key


@pytest.mark.parametrize("name", ["key", "self", "name"])
def test_fields_of_any_name_are_taken_as_fields(name: str) -> None:
    """No field of a hostile reply can make the trusted side stumble over its own parameters."""
    reply = failed("missing", **{name: "x"})

    with pytest.raises(MissingNameError) as caught:
        answered(reply).call("f", ())

    assert caught.value.fields == {name: "x"}


def test_an_exception_is_told_with_its_innermost_place() -> None:
    """File, line, function and text of the last entry inside the submission."""
    outer = wire.Frame("hw8.py", 3, "optimize", "clip(g)")

    with pytest.raises(CodeRaisedError) as caught:
        answered(raised("E", outer, LAST, text="why")).call("f", ())

    fields = caught.value.fields
    assert (fields["where"], fields["code"]) == ("hw8.py:12", "return 1 // 0")
    assert (fields["exception"], fields["text"], fields["function"]) == ("E", "why", "clip")


@pytest.mark.parametrize(
    "claim",
    [
        wire.Frame("secret.py", 11, "clip", ""),
        wire.Frame("hw8.py", 424_242, "clip", ""),
        wire.Frame("hw8.py", 10, "clip", ""),
    ],
    ids=["file", "line", "before"],
)
def test_a_place_that_the_submission_has_not_is_not_believed(claim: wire.Frame) -> None:
    """A traceback is a claim, and could carry hidden inputs out as file name and line."""
    with pytest.raises(CodeRaisedError) as caught:
        answered(raised("E", claim)).call("f", ())

    assert caught.value.fields["where"] == ""
    assert "filename" not in caught.value.fields


def test_the_text_of_a_line_is_our_own_copy() -> None:
    """So is whether there is a function of that name."""
    claim = wire.Frame("hw8.py", 12, "hidden_input_is_5", "hidden input: 5")

    with pytest.raises(CodeRaisedError) as caught:
        answered(raised("E", claim)).call("f", ())

    assert (caught.value.fields["code"], caught.value.fields["function"]) == ("return 1 // 0", "")


def test_an_upstream_that_is_a_stub_is_named() -> None:
    """The caller is written; what it calls is not."""
    with pytest.raises(NotWrittenError) as caught:
        answered(raised("NotImplementedError", LAST, LAST)).call("optimize", ())

    assert caught.value.fields == {"name": "optimize", "upstream": "clip"}


def test_a_failure_with_an_unknown_key_still_costs_the_student() -> None:
    """A worker that invents keys gains nothing."""
    with pytest.raises(CodeRaisedError):
        answered(failed("nonsense")).call("f", ())


@pytest.mark.parametrize("value", [None, 5, [1]])
def test_parameters_that_are_no_dictionary_are_a_broken_reply(value: Any) -> None:
    """A module's parameters come by name or not at all."""
    client = answered(wire.Returned(nonce=0, value_payload=wire.encode(value)))

    with pytest.raises(CrashedError):
        client.parameters(wire.Handle(1), "GRUCell")


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        ({"after_payload": wire.encode(np.zeros(2))}, {"after": (0,)}),
        ({"after_payload": b"N"}, {"after": (0,)}),
        ({"after_payload": wire.encode((1, 2))}, {"after": (0,)}),
        ({"after_payload": wire.encode({0: 1})}, {"after": (0,)}),
        ({"gradients_payload": wire.encode(5)}, {"cotangent": np.ones(1)}),
        ({"gradients_payload": b"N"}, {"cotangent": np.ones(1)}),
        ({"offers_payload": wire.encode(np.zeros(2))}, {"draws": [0]}),
        ({"offers_payload": wire.encode(5)}, {"draws": [0]}),
        ({"offers_payload": b"N"}, {"draws": [0]}),
    ],
    ids=[
        "after: array", "after: none", "after: too many", "after: dict", "gradients: number",
        "gradients: none", "offers: array", "offers: number", "offers: none",
    ],
)  # fmt: skip
def test_a_reply_that_does_not_fit_its_request_is_a_broken_one(fields: Any, options: Any) -> None:
    """Checked where it comes in, so that nothing above stumbles and calls it our fault."""
    client = answered(wire.Returned(nonce=0, **{"value_payload": b"N", **fields}))

    with pytest.raises(CrashedError):
        client.call("f", (0,), **options)


def test_output_is_kept_however_a_call_ends() -> None:
    """What was printed before an exception helps to find it."""
    client = answered(wire.Raised(nonce=0, exception="E", text="", frames=(), output="said"))

    with pytest.raises(CodeRaisedError):
        client.call("f", ())

    assert client.output == "said"


def test_a_script_can_raise_what_a_transport_raises() -> None:
    """The fake stands for a worker that crashed, too."""
    client = answered(CrashedError("crashed", name="f", reason="killed by SIGSEGV"))

    with pytest.raises(CrashedError, match="SIGSEGV"):
        client.call("f", ())
    client.close()

    assert not client.transport.alive


REASON = Text("By hand, please.", "请自己写。")


@pytest.mark.parametrize("text", ["torch.nn", "torch.nn.LSTMCell", "torch"])
def test_what_a_rule_forbids_is_refused_with_its_reason(text: str) -> None:
    """The reason is the assignment's own, in both languages; the worker only says what was used."""
    client = Client(FakeTransport([raised("ForbiddenUseError", LAST, text=text)]), Limits())
    client.load(SOURCE, NOTHING, "hw8", forbidden={"torch": REASON})

    with pytest.raises(RefusedError) as caught:
        client.call("clip", ())

    assert caught.value.key == "forbidden"
    assert caught.value.fields["what"] == text
    assert caught.value.fields["reason_zh"] == REASON.zh
    assert caught.value.fields["line"] == 12


@pytest.mark.parametrize("text", ["torchvision", "os", "torch secret", "torch.\n7", "torch." * 99])
def test_a_name_that_no_rule_forbids_is_refused_to_nobody(text: str) -> None:
    """An exception of the submission's own making, whatever it is called, stays what it is."""
    client = Client(FakeTransport([raised("ForbiddenUseError", LAST, text=text)]), Limits())
    client.load(SOURCE, NOTHING, "hw8", forbidden={"torch": REASON})

    with pytest.raises(CodeRaisedError):
        client.call("clip", ())

"""A diagnosis in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.model import Message, Verdict
from grader.texts import render, verdict_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.errors import Field
    from grader.model import CaseResult, Departure, Diagnosis, Fault, Finding

MAX_SHOWN: Final = 4
MAX_KINDS: Final = 3


def explain(diagnosis: Diagnosis, lang: str, *, to_student: bool) -> list[str]:
    """Say why an exercise lost points, as far as that is known.

    Parameters
    ----------
    diagnosis : Diagnosis
        What was found.
    lang : str
        ``en`` or ``zh``.
    to_student : bool
        Whether numbers of hidden cases are left out.

    Returns
    -------
    list of str
        A few lines; empty where nothing is known.
    """
    lines = []
    if len(diagnosis.mistakes) == 1:
        (mistake,) = diagnosis.mistakes
        did, ask = mistake.did.in_language(lang), mistake.ask.in_language(lang)
        question = Message("diagnosis_ask", {"ask": ask})
        if diagnosis.certain:
            first = Message("diagnosis_named", {"did": did})
        elif to_student:
            first = Message("diagnosis_perhaps")  # a question leads on, whoever made which mistake
        else:
            first = Message("diagnosis_fits", {"did": did})
        lines = [render(first, lang), render(question, lang)]
    elif diagnosis.together:
        dids = [one.did.in_language(lang) for one in diagnosis.mistakes]
        lines = [
            render(Message("diagnosis_together"), lang),
            *(f"- {did}" for did in dids),
        ]
    elif diagnosis.mistakes:
        count = len(diagnosis.mistakes)
        key = "diagnosis_tied" if diagnosis.certain else "diagnosis_tied_perhaps"
        lines = [render(Message(key, {"count": count}), lang)]
        shown = diagnosis.mistakes[:MAX_SHOWN]
        lines += [f"- {mistake.did.in_language(lang)}" for mistake in shown]
        if count > MAX_SHOWN:
            lines.append("- ...")
    if diagnosis.fault is not None:
        lines += _fault(diagnosis.fault, lang)
        lines += [
            render(Message("fault_formula", {"formula": formula}), lang)
            for formula in diagnosis.fault.formulas
        ]
    for finding in diagnosis.findings:
        text = render(_told(finding, to_student=to_student), lang)
        lines.append(render(Message("diagnosis_finding", {"text": text}), lang))
    return lines


def first_shown(bad: Sequence[CaseResult], findings: Sequence[Finding]) -> CaseResult | None:
    """Pick which of an exercise's cases that did not pass is shown: what a finding is about.

    Parameters
    ----------
    bad : sequence of CaseResult
        The cases to choose from, in suite order.
    findings : sequence of Finding
        What is said of one of them.

    Returns
    -------
    CaseResult or None
        The case of the first finding, else the first public one that shows a call, else the first
        case; None if there is none.
    """
    told = {finding.case for finding in findings}
    public = (case for case in bad if case.recipe is not None and case.suite == "public")
    shown = next(public, next(iter(bad), None))
    return next((case for case in bad if case.id in told), shown)


def unwritten_note(case: CaseResult, lang: str) -> str:
    """Say of an exercise that is not written what that alone does not say.

    Parameters
    ----------
    case : CaseResult
        One that its reader may see, which found nothing to call.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    str
        Where to look, such as at a name that is near; that there is nothing of that name; empty for
        a stub.
    """
    if case.verdict is not Verdict.MISSING:
        return ""
    if case.message.key == "missing" and not case.message.fields.get("near"):
        return verdict_title(case.verdict, lang)
    return render(case.message, lang)


def _fault(fault: Fault, lang: str) -> list[str]:
    """Say where it goes wrong, and what to look at there."""
    places = [
        render(Message("fault_place", {"line": place.line, "cell": place.cell}), lang)
        for place in fault.places
    ]
    link = render(Message("fault_and" if fault.together else "fault_or"), lang)
    fields: dict[str, Field] = {"places": link.join(places), "cases": fault.cases}
    if fault.departure is not None:
        return _departure(fault.departure, fields, lang, alone=len(places) == 1)
    kinds = [render(Message(kind), lang) for kind in fault.kinds]
    fields["kinds"] = link.join(kinds) if len(kinds) <= MAX_KINDS else ""
    return [render(Message(_sentence(fault), fields), lang)]


def _sentence(fault: Fault) -> str:
    if fault.together:
        return "fault_twice" if len(fault.places) == 1 else "fault_both"
    return "fault_one" if len(fault.places) == 1 else "fault_either"


def _departure(
    departure: Departure, fields: dict[str, Field], lang: str, *, alone: bool
) -> list[str]:
    """Say which value is the first that is none of the solution's, and which before it are."""
    fields = {
        **fields,
        "text": departure.text,
        "turn": departure.turn or None,
        "loop": departure.loop or None,
    }
    lines = [render(Message("fault_step" if alone else "fault_step_either", fields), lang)]
    if departure.right:
        first, last = departure.lines
        told: dict[str, Field] = {
            "names": ", ".join(departure.right),
            "first": first,
            "last": last if last > first else None,
        }
        lines.append(render(Message("fault_step_right", told), lang))
    return lines


def _told(finding: Finding, *, to_student: bool) -> Message:
    if finding.suite == "public" or not to_student:
        return finding.message
    return Message(finding.message.key)

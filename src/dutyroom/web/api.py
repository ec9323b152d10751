"""The same doors for programs: reports without a cookie, acts for signed-in devices; the same words for refusals.

`report_json` needs no Django, so that the front door can serve it straight (wsgi.py).
"""

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from psycopg import Error as RecordFailed
from psycopg_pool import PoolTimeout

from dutyroom import wiring
from dutyroom.core.codec import load_case
from dutyroom.core.commands import Act, Answer, Times, Volunteer, Waive
from dutyroom.core.findings import Refusal
from dutyroom.core.plan import VERBS, Plan, Verb
from dutyroom.store.models import Case
from dutyroom.web.acting import needs_full
from dutyroom.web.case.reading import find
from dutyroom.web.forms_input import Typed, clean
from dutyroom.web.report import faults_json
from dutyroom.web.reporting import accept, sites
from dutyroom.web.visit import Visit
from dutyroom.wiring.upkeep import not_yet
from dutyroom.wording import say
from dutyroom.wording.narrate import refuse

LARGEST_BODY = 64_000
_LONGEST_ANSWER = 4_000
Answered = tuple[int, dict[str, Any]]


@csrf_exempt  # no cookie is read
@require_POST
def reports(request: Visit) -> HttpResponse:
    """A report as JSON or as a form; 201 with the receipt, 200 for a repeat, 400 with every fault."""
    if "json" in (request.content_type or ""):
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            return JsonResponse({"error": say("error.too_large", request.language)}, status=413)
        status, answer = report_json(request.body, request.language)
    else:
        status, answer = _report({name: request.POST[name] for name in request.POST}, request.language)
    return JsonResponse(answer, status=status)


def report_json(body: bytes, language: str) -> Answered:
    """The status and answer for a JSON body; never raises."""
    given = _json_object(body)
    return _report(given, language) if given is not None else (400, _fault("", "input.not_json", language))


@csrf_exempt  # other sites cannot send JSON without asking first, and the cookie stays home (SameSite)
@require_POST
def acts(request: Visit, case: UUID) -> HttpResponse:
    """An act on a case by the signed-in person: 200, or 409 with the reasons in words."""
    row = find(request, case)
    given = _json_object(request.body) if "json" in (request.content_type or "") else None
    if given is None:
        return JsonResponse(_fault("", "input.not_json", request.language), status=400)
    typed = Typed(given)
    command = _command(typed, str(request.person.pk))
    if command is None:
        return JsonResponse({"faults": faults_json(typed.faults, request.language)}, status=400)
    return _carry_out(request, row, command)


def _carry_out(request: Visit, row: Case, command: Act | Volunteer | Waive) -> HttpResponse:
    plan = wiring.case_rules(row).plan
    if request.device.level != "full" and _needs_full(command, plan):
        return JsonResponse(
            {"code": "error.needs_full", "says": [say("error.needs_full", request.language)]}, status=403
        )
    early = not_yet(load_case(row.state), command.key, command.verb) if isinstance(command, Act) else None
    answer = early or wiring.live().act(str(row.pk), command)
    if isinstance(answer, Refusal):
        status = 403 if answer.code == "act.not_yours" else 409
        says = refuse(plan, answer, request.language)
        return JsonResponse({"code": answer.code, "unmet": list(answer.unmet), "says": says}, status=status)
    return JsonResponse(
        {"case": str(row.pk), "phase": answer.phase, "level": answer.level, "events": answer.events}
    )


def _needs_full(command: Act | Volunteer | Waive, plan: Plan) -> bool:
    if isinstance(command, Waive):
        return True
    step = plan.step.get(command.step if isinstance(command, Volunteer) else command.key.partition("#")[0])
    return step is not None and needs_full(plan, step)


def _command(typed: Typed, person: str) -> Act | Volunteer | Waive | None:
    command, now = typed.identifier("command"), wiring.clock().now()
    times = Times(now, now)
    key, step = typed.text("key", 120), typed.text("step", 60)
    verb = typed.choice("verb", frozenset({*VERBS, "waive", "volunteer"}), "done")
    if not key and not step:
        typed.fault("key", "missing")
    answers = _answers(typed)
    if typed.faults:
        return None
    if verb == "waive":
        return Waive(command, person, key, typed.text("reason", 1_000), times)
    if verb == "volunteer" or not key:
        return Volunteer(command, person, step, times, answers)
    return Act(command, person, key, Verb(verb), times, answers)


def _answers(typed: Typed) -> dict[str, Answer]:
    given = typed.given.get("answers") or {}
    if not isinstance(given, dict):
        typed.fault("answers", "not_json")
        return {}
    answers: dict[str, Answer] = {}
    for name, value in given.items():
        if isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**53):
            answers[clean(name)] = value
        elif isinstance(value, str) and len(value) <= _LONGEST_ANSWER:
            answers[clean(name)] = clean(value)
        else:
            typed.fault(clean(name)[:60], "not_an_option")
    return answers


def _report(given: dict[str, Any], language: str) -> Answered:
    typed = Typed(given)
    try:
        code = typed.raw("site")
        site = sites().of_code(code) if code else None
        if site is None:
            return 404, {"error": say("error.not_found", language)}
        done = accept(site, typed, (), "api", "", language)
    except (RecordFailed, PoolTimeout):
        return 503, {"error": say("report.not_stored", language)}
    except LookupError:
        return 404, {"error": say("error.not_found", language)}
    if done is None:
        return 400, {"faults": faults_json(typed.faults, language)}
    receipt = done.receipt
    return (200 if receipt.again else 201), {
        "receipt": receipt.code,
        "case": receipt.case,
        "again": receipt.again,
    }


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None


def _fault(field: str, code: str, language: str) -> dict[str, Any]:
    return {"faults": [{"field": field, "code": code, "says": say(code, language)}]}

"""$check at the base: the codes of a resource or Bundle against the bindings of their profiles."""

from __future__ import annotations

from api.call import Call
from api.check_report import outcome_issues
from api.exchange import Reply
from api.outcome import outcome_json


def check(call: Call) -> Reply:
    """Answer $check with an OperationOutcome: one issue a finding, the counts last."""
    from valuesets.checking import Checker

    checker = Checker(
        call.terminology,
        profiles=call.values.get("profile", ()),
        deadline_s=call.service.settings.deadline_s,
    )
    checker.check(call.values["resource"])
    return Reply(json=outcome_json(outcome_issues(checker.finish())), cache="never")

"""$check at the base: the codes of a resource or Bundle against the bindings of their profiles."""

from __future__ import annotations

from api.call import Call
from api.check_report import outcome_issues
from api.exchange import Reply
from api.outcome import outcome_json
from api.requests import edition_by_date


def check(call: Call) -> Reply:
    """Answer $check with an OperationOutcome: one issue a finding, the counts last."""
    from valuesets.checking import Checker
    from valuesets.verdicts import CheckOptions

    diagnosed = call.values.get("diagnosed")
    checker = Checker(
        call.terminology,
        profiles=call.values.get("profile", ()),
        options=CheckOptions(
            behaviour_matrix=call.values.get("behaviourMatrix", False),
            plausibility=call.values.get("plausibility", False),
            edition=None if diagnosed is None else edition_by_date(call, diagnosed),
        ),
        deadline=call.deadline,
    )
    checker.check(call.values["resource"])
    return Reply(json=outcome_json(outcome_issues(checker.finish())), cache="never")

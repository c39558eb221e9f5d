"""The parameter behaviour-matrix over HTTP, at both releases."""

from typing import Any

import pytest

from termserver.systems import ICD_O_3
from tests.e2e.conftest import RunningServer

MATRIX = "http://termserver.dev/fhir/parameter/behaviour-matrix"
SYSTEM = {
    "resourceType": "CodeSystem",
    "url": ICD_O_3,
    "version": "3.2",
    "status": "active",
    "content": "complete",
    "concept": [{"code": "8500/3", "display": "Duct carcinoma"}],
}


def parameters(matrix: bool) -> dict[str, Any]:
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "url", "valueUri": ICD_O_3},
            {"name": "code", "valueCode": "8500/6"},
            {"name": MATRIX, "valueBoolean": matrix},
            {"name": "tx-resource", "resource": SYSTEM},
        ],
    }


@pytest.mark.parametrize("base", ["/r4", "/r5"])
@pytest.mark.parametrize("matrix", [True, False])
def test_an_unlisted_behaviour_is_valid_where_asked_for(
    server: RunningServer, base: str, matrix: bool
) -> None:
    reply = server.ask(f"{base}/CodeSystem/$validate-code", body=parameters(matrix))
    assert reply.status == 200
    found = {one["name"]: one for one in reply.json["parameter"]}
    assert found["result"]["valueBoolean"] is matrix
    severities = [one["severity"] for one in found["issues"]["resource"]["issue"]]
    assert severities == (["information"] if matrix else ["error"])

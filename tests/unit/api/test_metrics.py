"""Counts and times of requests."""

from api.metrics import BUCKETS, make_meter


def lines(text: bytes) -> dict[str, float]:
    found = (one.rpartition(" ") for one in text.decode().splitlines() if not one.startswith("#"))
    return {name: float(value) for name, _, value in found}


def test_many_observations_are_counted_as_each_alone() -> None:
    meter, route = make_meter(), "/r4/CodeSystem/$lookup"
    times = [0.0001, 0.0005, 0.00051, 0.3, 99.0]
    for one in times:
        meter.observe("/r4/CodeSystem/$lookup", 200, one)
    meter.observe("/r4/CodeSystem/$lookup", 404, 0.002)
    found = lines(meter.text())
    assert found[f'termserver_requests_total{{route="{route}",status="200"}}'] == 5
    assert found[f'termserver_requests_total{{route="{route}",status="404"}}'] == 1
    name = "termserver_request_seconds"
    for bound in BUCKETS:
        key = f'{name}_bucket{{le="{float(bound)}",route="{route}"}}'
        assert found[key] == sum(one <= bound for one in [*times, 0.002])
    assert found[f'{name}_count{{route="{route}"}}'] == 6
    assert round(found[f'{name}_sum{{route="{route}"}}'], 6) == round(sum(times) + 0.002, 6)


def test_what_is_gathered_is_counted_once() -> None:
    meter = make_meter()
    meter.observe("/health/live", 200, 0.001)
    meter.flush()
    meter.flush()
    assert b'termserver_requests_total{route="/health",status="200"} 1.0' in meter.text()

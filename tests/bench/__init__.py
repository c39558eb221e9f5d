"""The benchmark: `python -m tests.bench` (20 operations with wrk), `pytest tests/bench` (parts)."""

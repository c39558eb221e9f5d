"""The value sets: which concepts belong."""

"""Packs and catalogue on disk. The only place that knows SQL."""

"""Which status of a resource is worth a warning to whoever uses it (suite `deprecated`)."""

from __future__ import annotations


def resource_status(
    status: str | None, standards_status: str | None, *, experimental: bool
) -> str | None:
    """Return withdrawn, deprecated, experimental or draft; None where nothing is to be said.

    The standards-status goes before the resource's own status.
    """
    if standards_status in {"withdrawn", "deprecated"}:
        return standards_status
    if status == "retired":
        return "deprecated"
    if experimental:
        return "experimental"
    return "draft" if "draft" in {status, standards_status} else None

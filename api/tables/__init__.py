"""The rows of `api.operations`, one module per resource type."""

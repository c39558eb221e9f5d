"""The public conformance suite of HL7 against this server: `python -m tests.conformance`."""

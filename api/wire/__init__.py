"""Model -> FHIR JSON, what is common and one module per release (pure)."""

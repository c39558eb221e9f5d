"""Source files to records: one module for each source format."""

"""The code systems: what a concept is and what is known of it."""

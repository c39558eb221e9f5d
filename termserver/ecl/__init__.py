"""Expression Constraint Language 2.2: syntax, parsing, formatting, evaluation; a module each."""

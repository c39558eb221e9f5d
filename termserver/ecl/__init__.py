"""Expression Constraint Language 2.2: syntax, parsing, formatting, evaluation, each a module alone."""

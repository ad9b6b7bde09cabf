"""One module per engine; all compute the same definitions and are tested against each other."""

"""Names of things: prefixes, identifiers, the ontology as values, Turtle, SSSOM, near spellings."""

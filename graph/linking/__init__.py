"""Names and codes → nodes of the graph: decided where one node remains, else candidates with explained scores."""

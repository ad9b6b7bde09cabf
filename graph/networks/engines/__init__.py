"""One module per engine. All compute the same definitions and are tested against each other.

A function of an engine takes a network with at least one node and returns one double per node. Which values are
undefined is not the engines' business: ``measures`` knows, and asks for a network of at least three nodes before
betweenness, and for a strongly connected one before the eigenvector.
"""

"""Changes over HTTP: a process of its own reads an order, tries it on a working copy and lets the gate judge it.

The way of a change: ``guardian`` waits for its turn and watches over the process; ``carrying`` turns the order into a
change (``graphs`` of one graph, ``updates`` of a SPARQL Update), ``protection`` says which graphs may be written, and
``graph/loading/pipeline`` publishes what the gate admits.
"""

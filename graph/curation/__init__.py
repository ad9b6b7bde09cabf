"""Who is the same: pairs of nodes that may be one, proposed with reasons, and what people decided about them.

Nothing is merged. What ``duplicates`` finds across documents becomes candidates in a graph of their own, which a run
replaces as a whole; people judge them by ``communique review``, and what they decided is not proposed again.
"""

"""SERVICE, for endpoints that an operator allows: asked by a process of its own, before the query is evaluated.

The processes that evaluate queries have no network, and the engine offers no other way to answer SERVICE. So each
clause is asked beforehand, as ``SELECT *`` of its pattern, and its solutions take its place as a VALUES block, which
stands for the same multiset of solutions (SPARQL 1.1 Federated Query, 2.4). The process that asks has a network and
nothing else: no data, no tokens, limits of time and memory.

A clause is asked by itself, whatever is bound outside of it: its own pattern has to be narrow. What would let a part
pass for the whole is refused: SILENT, an answer that is too long, an endpoint that fails.
"""

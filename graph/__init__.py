"""The knowledge graph: its facts and the rooms a datum passes through, from bytes to network."""

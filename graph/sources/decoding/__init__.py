"""Foreign bytes → text, quads and rows, within limits.

Text is decoded here, in one place, which says what is no text and where. What only a parser in native code can read
(RDF, workbooks) is read by a process of its own (``__main__``), whose memory and time are limited, so that a file can
break no more than that process; ``process`` runs it and reads what it writes.
"""

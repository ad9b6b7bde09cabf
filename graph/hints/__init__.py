"""Hints instead of silence: what is wrong with a query, why an answer is empty, which node or term is meant.

    a text that is no SPARQL ── syntax
    an answer ── answers (any query), reasons (a ready question)
    a name or a code ── finding; a word ── terms

Everything here runs on a query function handed in, so that it works beside the data wherever these are.
"""

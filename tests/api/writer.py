"""A writer of a plain dataset without rules, such as the suites of the W3C assume; see ``graph.writing``."""

from __future__ import annotations

import sys

from communique.graph.validation import ValidationReport
from communique.graph.writing.__main__ import serve
from communique.graph.writing.protection import Rules

PLAIN = Rules(lambda *_args, **_options: ValidationReport(), is_guarded=False)

if __name__ == "__main__":
    serve(int(sys.argv[1]), PLAIN)

"""Be the engine's supervisor: settings arrive as one JSON line on standard input, whose end is the order to stop."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from communique.graph.engine.supervisor import supervise
from communique.graph.settings import Settings

if __name__ == "__main__":
    logging.basicConfig(format="engine %(process)d %(levelname)s %(message)s", level=logging.INFO)
    given = json.loads(sys.stdin.readline())
    supervise(Settings(**{**given, "home": Path(given["home"])}))

"""Be the engine's supervisor: settings arrive as one JSON line on standard input, whose end is the order to stop."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from communique.graph import log
from communique.graph.engine.supervisor import supervise
from communique.graph.settings import Settings

if __name__ == "__main__":
    given = json.loads(sys.stdin.readline())
    settings = Settings(**{**given, "home": Path(given["home"])})
    log.set_up(settings.log)
    supervise(settings)

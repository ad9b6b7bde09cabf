"""Be the server: settings arrive as one JSON line on standard input, whose end is the order to stop.

The only argument is the descriptor of the listening socket.
"""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

from communique.graph import log
from communique.graph.drawing.server import serve
from communique.graph.settings import Settings

if __name__ == "__main__":
    given = json.loads(sys.stdin.readline())
    settings = Settings(**{**given, "home": Path(given["home"])})
    log.set_up(settings.log)
    serve(settings, socket.socket(fileno=int(sys.argv[1])))

"""Be the guardian of one job: settings and the id of the job arrive as one JSON line on standard input.

The descriptor that holds the lock of the job was handed over open, and stays so for as long as this process lives.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from communique.graph.jobs.job import Job
from communique.graph.settings import Settings
from communique.graph.writing.guardian import look_after

if __name__ == "__main__":
    logging.basicConfig(format="writer %(process)d %(levelname)s %(message)s", level=logging.INFO)
    given = json.loads(sys.stdin.readline())
    settings = Settings(**{**given["settings"], "home": Path(given["settings"]["home"])})
    look_after(settings, Job(settings.home.absolute(), given["job"]))

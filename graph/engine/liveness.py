"""A pipe by which a child learns that its parent releases it or ends, however it ends; or a parent that a child has.

The watched process keeps one end open and never writes; for the watcher, end of file on the other end is the message.
No signal handler is needed, and none can be missed.
"""

from __future__ import annotations

import os


class LivenessPipe:
    """One such pipe; make it before the fork, and call one of ``be_watcher`` and ``be_watched`` in each process."""

    def __init__(self) -> None:
        """Open both ends."""
        self.read_end, self._write_end = os.pipe()

    def be_watched(self) -> None:
        """Be the process whose end is the message: close the end that is read."""
        os.close(self.read_end)

    def be_watcher(self) -> None:
        """Be the process that reads ``read_end``: close the other end."""
        os.close(self._write_end)

    def close(self) -> None:
        """Send the message before this process ends."""
        os.close(self._write_end)

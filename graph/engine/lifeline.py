"""A pipe that tells the younger of two processes when the elder lets go of it or ends, however it ends.

The elder keeps the one end open and never writes; for the younger, end of file on the other end is the message.
No signal handler is needed, and none can be missed.
"""

from __future__ import annotations

import os


class Lifeline:
    """One such pipe; make it before the fork."""

    def __init__(self) -> None:
        """Open both ends."""
        self.watched, self._held = os.pipe()

    def keep_held(self) -> None:
        """Be the side whose end is the message: close the end that is watched."""
        os.close(self.watched)

    def keep_watched(self) -> None:
        """Be the side that watches ``watched``: close the end that is held."""
        os.close(self._held)

    def let_go(self) -> None:
        """Give the message."""
        os.close(self._held)

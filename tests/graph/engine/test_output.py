"""Where answers are kept until they are sent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from communique.graph.engine.output import LARGEST_MESSAGE, SpooledOutput
from communique.graph.engine.protocol import AnswerFile
from communique.graph.errors import QueryAborted


def test_a_large_answer_is_a_file_without_a_name(tmp_path: Path) -> None:
    output = SpooledOutput(tmp_path, 1 << 20)
    for _ in range(3):
        output.write(b"x" * LARGEST_MESSAGE)
    taken = output.take()
    output.close()
    assert isinstance(taken, AnswerFile)
    assert taken.read() == b"x" * 3 * LARGEST_MESSAGE
    assert not list(tmp_path.iterdir())
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(taken.descriptor)


def test_a_disk_without_room_is_the_reason_that_is_told() -> None:
    output = SpooledOutput(Path("/dev/shm"), 1 << 20)
    output._file = Path("/dev/full").open("r+b")  # noqa: SIM115 closed by close()
    with pytest.raises(QueryAborted, match="could not be kept for sending: No space left"):
        output.write(b"x" * (LARGEST_MESSAGE + 1))
    output.close()

"""Fixtures that every room shares.

``shared`` is the folder of source documents, public data and conformance suites that lies beside a checkout;
a test that asks for it is skipped, with the reason, where the folder is absent.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of shared material, or skip."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no ../shared beside the checkout: source documents and conformance suites are not shipped")
    return folder

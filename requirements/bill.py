"""Write the bill of materials of what a service installs (CycloneDX 1.5), from the lock: ``make sbom``.

``python requirements/bill.py < requirements/serve.txt > dist/communique.cdx.json``: each package with its version, its
package URL and the SHA-256 of the files that may be installed. The same lock gives the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

# name==version ; marker \ and then one line for each hash
_PACKAGE = re.compile(r"^([\w.-]+)==(\S+)((?:.*\\\n)(?:\s+--hash=sha256:\w+.*\n?)+)", re.MULTILINE)


def bill(lock: str) -> dict[str, Any]:
    """Make the bill of a lock's text; ValueError when a package has no hash."""
    components = [_component(*found.groups()) for found in _PACKAGE.finditer(lock)]
    if len(components) != len(re.findall(r"^[\w.-]+==", lock, re.MULTILINE)):
        raise ValueError("a package of the lock has no hash")
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}


def _component(name: str, version: str, hashes: str) -> dict[str, Any]:
    found = [{"alg": "SHA-256", "content": each} for each in re.findall(r"sha256:(\w+)", hashes)]
    purl = f"pkg:pypi/{name}@{version}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "hashes": found}


if __name__ == "__main__":
    json.dump(bill(sys.stdin.read()), sys.stdout, indent=1)

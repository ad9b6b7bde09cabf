"""Makes ``worlds``, the random graphs and shapes, importable: test modules are no package."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

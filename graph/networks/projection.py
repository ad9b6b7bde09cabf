"""Project statements onto a network: who shares an occasion with whom."""

from __future__ import annotations

from collections.abc import Callable

from communique.graph.networks.network import Network
from communique.graph.networks.options import Options

Run = Callable[[str], bytes]


def project(run: Run, layer: str, *, options: Options | None = None, data_version: str) -> Network:
    """Draw the network of one layer.

    Parameters
    ----------
    run : SPARQL SELECT text in, serialised result out, as SPARQL 1.1 JSON or TSV bytes
    layer : name of a layer
    options : the reader's choices, defaults when None
    data_version : id of the snapshot that ``run`` reads

    Raises
    ------
    NetworkError : an unknown layer, or a weight the layer does not offer
    """
    raise NotImplementedError

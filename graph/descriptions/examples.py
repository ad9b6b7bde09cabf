"""The ready questions and the prefixes in SHACL, as SIB publishes examples of queries and its editors read them.

https://www.w3.org/TR/shacl/#sparql-prefixes, https://github.com/sib-swiss/sparql-examples
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from communique.graph.descriptions.triples import ENDPOINT, Statement, state
from communique.graph.queries import library
from communique.graph.terms.identifiers import EXAMPLES
from communique.graph.terms.namespaces import BASE, PREFIXES, XSD, term

_PREFIXES = NamedNode(BASE + "prefixes")


def describe_prefixes() -> Iterator[Statement]:
    """Declare each prefix that this project uses."""
    for name, namespace in PREFIXES.items():
        node = NamedNode(f"{_PREFIXES.value}/{name}")
        yield from state(_PREFIXES, sh_declare=node)
        yield from state(
            node,
            rdf_type=term("sh:PrefixDeclaration"),
            sh_prefix=Literal(name),
            sh_namespace=Literal(namespace, datatype=NamedNode(XSD + "anyURI")),
        )


def describe_questions() -> Iterator[Statement]:
    """Describe each ready question; its text has the values of the example in place, and is asked as it stands."""
    for question in library().values():
        node = NamedNode(f"{EXAMPLES.value}/{question.name}")
        text = "".join(line for line in question.text.splitlines(keepends=True) if not line.startswith("#+"))
        yield from state(
            node,
            rdf_type=(term("sh:SPARQLExecutable"), term("sh:SPARQLSelectExecutable")),
            rdfs_comment=question.summary,
            sh_select=Literal(text.strip()),
            sh_prefixes=_PREFIXES,
            schema_keywords=tuple(Literal(tag) for tag in question.tags),
            schema_target=ENDPOINT,
            dct_identifier=Literal(question.question or question.name),
        )
        if question.description:
            yield from state(node, dct_description=question.description.strip())

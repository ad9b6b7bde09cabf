"""Commands that hold the graph against the documents it rests on."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from communique.cli.console import ExplainedGroup, format_option, print_json, print_table
from communique.cli.session import Session
from communique.graph import sources
from communique.graph.evidence import (
    CoveredNode,
    EvidenceFinding,
    ParagraphCoverage,
    Verdict,
    check,
    coverage,
    passage_digest,
)

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group(cls=ExplainedGroup)
def evidence() -> None:
    """Check locators and digests against the documents, and see which facts rest on which paragraph."""


@evidence.command("check")
@click.option("--documents", "folder", type=_FOLDER, required=True, help="Folder of the source texts (*.txt).")
@format_option("table", "json")
def check_command(folder: Path, form: str) -> None:
    """Verify every locator and digest against the documents; exit code 1 when one does not match.

    A document is recognised by the SHA-256 of its file; one that is not in the folder is reported as absent.

    \b
    Example:
      communique evidence check --documents ~/documents
    """
    findings = check(Session.start().documents(), sources.read_texts(folder))
    if form == "json":
        print_json([asdict(each) for each in findings])
    else:
        rows = [tuple(asdict(each).values()) for each in findings if each.verdict != Verdict.MATCHED]
        columns = ("document", "paragraph", "verdict", "node", "detail")
        print_table("Evidence that needs a look", columns, rows, _count(findings))
    if any(each.verdict == Verdict.MISMATCHED for each in findings):
        sys.exit(1)


@evidence.command("coverage")
@click.option("--document", help="Only this document, such as 003.")
@click.option("--documents", "folder", type=_FOLDER, help="Folder of the source texts, to find unlisted paragraphs.")
@format_option("table", "json")
def coverage_command(document: str | None, folder: Path | None, form: str) -> None:
    """Show paragraph by paragraph which facts rest on it, and which paragraphs carry none.

    \b
    Example:
      communique evidence coverage --document 003
    """
    session = Session.start()
    keys = {each.edition for each in session.editions}
    quads = session.store if document in keys else session.documents()
    found = coverage(quads, sources.read_texts(folder) if folder else None)
    chosen = [each for each in found if document in (None, each.document)]
    if form == "json":
        return print_json([{**asdict(each), "is_gap": each.is_gap} for each in chosen])
    rows = [(each.document, each.locator, each.facts, _describe(each)) for each in chosen]
    gaps = sum(each.is_gap for each in chosen)
    rest = f"; {len(keys)} editions of sources in rows: communique info --sources" if keys and document is None else ""
    return print_table("Coverage", ("document", "paragraph", "facts", "resting on it"), rows, f"{gaps} gaps{rest}")


@evidence.command("digests")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def digests(file: Path) -> None:
    """Print the paragraphs of a text with their digests, as the start of an authored document.

    \b
    Example:
      communique evidence digests report.txt > graph/documents/005.yaml
    """
    file_digest, paragraphs = sources.read_text(file)
    click.echo(f'document: ""\ndigest: {file_digest}\ndescribe:\n  label: ""\ndate: ""\n\nparagraphs:')
    for number, text in enumerate(paragraphs, start=1):
        if text.strip():
            click.echo(f"  - paragraph: {number}\n    digest: {passage_digest(text)}\n    facts: {{}}\n")


def _count(findings: list[EvidenceFinding]) -> str:
    """Count findings by verdict."""
    counts = Counter(each.verdict for each in findings)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict)


def _describe(paragraph: ParagraphCoverage) -> str:
    """List the nodes that rest on a paragraph, or say why there are none."""
    if paragraph.is_gap:
        return "GAP"
    nodes = "; ".join(f"{node.label or node.identifier} ({_kind(node)})" for node in paragraph.nodes)
    return nodes or f"no facts: {paragraph.reason}"


def _kind(node: CoveredNode) -> str:
    """Name the first class of a node without its prefix."""
    return node.classes[0].rpartition(":")[2] if node.classes else "described elsewhere"

"""Stores that earlier versions wrote are read, changed and served; one of a later version says what to do.

``tests/fixtures/stores`` has a small store of each release, made by ``make.py`` beside them.
"""

from __future__ import annotations

import importlib.util
import json
import tarfile
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
from pyoxigraph import RdfFormat, Store

from communique import __version__
from communique.graph.engine import start_engine
from communique.graph.engine.client import Client
from communique.graph.errors import StoreError
from communique.graph.loading import pipeline
from communique.graph.settings import Settings
from communique.graph.store.backup import back_up
from communique.graph.store.canonical import canonical_lines, fingerprint
from communique.graph.store.journal import Journal
from communique.graph.store.restoration import restore
from communique.graph.store.snapshots import FORMAT
from communique.graph.store.workspace import Workspace

STORES = Path(__file__).parents[2] / "fixtures" / "stores"
RELEASES = sorted(path.name.removesuffix(".tar.xz") for path in STORES.glob("*.tar.xz"))


@pytest.fixture(params=RELEASES)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give the store that a release wrote."""
    with tarfile.open(STORES / f"{request.param}.tar.xz") as archive:
        archive.extractall(tmp_path / "home", filter="data")
    return tmp_path / "home"


@pytest.fixture(scope="session")
def maker() -> ModuleType:
    """Import the script that made the stores."""
    spec = importlib.util.spec_from_file_location("make", STORES / "make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def expected(maker: ModuleType, graphs: int) -> Store:
    """Say what the first loads made, by what they were made of."""
    store = Store()
    store.load(maker.FIRST, format=RdfFormat.TRIG)
    for number in range(1, graphs + 1):
        for n in range(40):
            line = f'<http://example.org/{number}/{n}> <http://example.org/p> "{n}" <http://example.org/g{number}> .'
            store.load(line, format=RdfFormat.N_QUADS)
    return store


def test_it_holds_what_it_was_made_of(home: Path, maker: ModuleType) -> None:
    workspace = Workspace(home)
    in_force = workspace.current()
    lines = canonical_lines(expected(maker, 2))
    assert canonical_lines(in_force.load()) == lines
    assert canonical_lines(Store.read_only(str(in_force.path / "store"))) == lines
    assert fingerprint(f"{line}\n".encode() for line in lines) == in_force.fingerprint
    assert in_force.id == f"{in_force.fingerprint:064x}"[:16]
    assert [each.quads for each in workspace.snapshots()] == [88, 87, 47]


def test_its_journal_tells_the_same(home: Path) -> None:
    told = [(each.kind, each.outcome, each.agent, each.quarantined) for each in Journal(home).activities()]
    loads = [("load", outcome, "maker", 0) for outcome in ("published", "published", "published", "refused")]
    assert told == [*loads, ("rollback", "published", "maker", 0)]
    (with_quarantine,) = (each for each in Journal(home).activities() if each.quarantine)
    assert (home / with_quarantine.quarantine / "report.json").exists()


def test_it_is_changed_and_rolled_back(home: Path, maker: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "9.nq"
    file.write_text("<http://example.org/9> <http://example.org/p> <http://example.org/9> <http://example.org/g9> .\n")
    before = Workspace(home).current_id()
    maker.load(home, file)
    after = canonical_lines(Workspace(home).current().load())
    assert set(after) - set(canonical_lines(expected(maker, 2))) == {file.read_text().strip()}
    assert len(after) == 88
    assert pipeline.rollback(Settings(home=home)).snapshot == before


def test_it_is_served(confined: None, home: Path) -> None:
    with start_engine(Settings(home=home)) as engine, closing(Client(engine.address)) as client:
        answer = client.query("SELECT (COUNT(*) AS ?n) { GRAPH <http://example.org/g2> { ?s ?p ?o } }")
    assert json.loads(answer.body)["results"]["bindings"][0]["n"]["value"] == "40"


def test_it_is_backed_up_and_restored(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "restored")
    pair = [canonical_lines(Workspace(place).current().load()) for place in (home, tmp_path / "restored")]
    assert pair[0] == pair[1]


def test_the_packaged_graph_is_built_into_it(home: Path) -> None:
    outcome = pipeline.build(Settings(home=home))
    assert {"http://example.org/g1", "http://example.org/g2"} <= outcome.snapshot.graphs.keys()
    assert json.loads((outcome.snapshot.path / "manifest.json").read_text())["format"] == FORMAT


def test_this_release_has_a_fixture() -> None:
    assert __version__ in RELEASES, f"make tests/fixtures/stores/{__version__}.tar.xz before the release"


def test_a_store_of_a_later_format_says_what_to_do(home: Path) -> None:
    path = Workspace(home).current().path / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "format": FORMAT + 1, "version": "9.9.0"}))
    with pytest.raises(StoreError, match=f"has format {FORMAT + 1}, written by communique 9.9.0") as caught:
        Workspace(home).current()
    assert "install that version" in str(caught.value.hint)
    with pytest.raises(StoreError, match=r"9\.9\.0"), Workspace(home).working_copy():
        pass

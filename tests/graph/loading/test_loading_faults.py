"""What comes to a load: every format in every wrapping; files that are broken, each told and none lost."""

from __future__ import annotations

import gzip
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse, serialize

from communique.graph.errors import SourceError, SourceErrors
from communique.graph.loading import pipeline
from communique.graph.loading.pipeline import Options
from communique.graph.settings import Settings
from communique.graph.sources import FORMATS
from communique.graph.store.journal import Journal
from communique.graph.store.workspace import Workspace
from communique.graph.terms.namespaces import RDFS, SHAPES
from communique.graph.validation import ValidationReport, ValidationResult

EXAMPLE = "https://example.org/"
LABEL, BAD = NamedNode(RDFS + "label"), NamedNode(EXAMPLE + "bad")
GRAPH = NamedNode(EXAMPLE + "graph")
COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}


def gate(store: Store, *, documents: Collection[str] | None = None, change: object = None) -> ValidationReport:
    """Find a violation wherever something is bad."""
    shape = NamedNode(SHAPES + "Bad")
    found = (each.subject for each in store.quads_for_pattern(None, BAD, None, None))
    return ValidationReport(tuple(ValidationResult(node, None, None, shape, shape) for node in found), {shape: 1})  # type: ignore[arg-type]


REJECT = Options(gate=gate, graph=GRAPH)
QUARANTINE = replace(REJECT, quarantine=True)


def quad(subject: str, value: object, graph: NamedNode = GRAPH, predicate: NamedNode = LABEL) -> Quad:
    return Quad(NamedNode(EXAMPLE + subject), predicate, Literal(str(value)), graph)


BASE = quad("base", "base", NamedNode(EXAMPLE + "base"))


def started(folder: Path) -> Settings:
    workspace = Workspace(folder)
    with workspace.working_copy() as copy:
        copy.replace_all([BASE])
        workspace.publish(copy)
    return Settings(home=folder, agent="Ada")


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return started(tmp_path / "home")


def held(settings: Settings) -> set[Quad]:
    workspace = Workspace(settings.home)
    return set(workspace.current().load())


def written(quads: Collection[Quad], form: RdfFormat) -> bytes:
    """Write quads in a format, without their graph where it has none."""
    parts = quads if form.supports_datasets else [each.triple for each in quads]
    return serialize(parts, format=form)


QUADS = {quad(f"s{number}", "é" * number + "x") for number in range(1, 40)}


@pytest.mark.parametrize(
    "wrapping", [pytest.param(each, marks=[pytest.mark.slow] if each else []) for each in COMPRESSIONS]
)
def test_every_format_says_the_same(home: Settings, tmp_path: Path, wrapping: str) -> None:
    before = Workspace(home.home).current_id()
    for suffix, form in FORMATS.items():
        file = tmp_path / f"data{suffix}{wrapping}"
        file.write_bytes(COMPRESSIONS[wrapping](written(QUADS, form)))
        pipeline.load(home, [file], REJECT)
        assert held(home) == QUADS | {BASE}, suffix
        assert pipeline.rollback(home).snapshot == before


@pytest.mark.parametrize(
    "suffix",
    [pytest.param(each, marks=[] if each in {".nq", ".rdf", ".jsonld"} else [pytest.mark.slow]) for each in FORMATS],
)
@pytest.mark.parametrize("fault", ["cut off", pytest.param("Latin-1", marks=pytest.mark.slow)])
def test_a_broken_file_of_any_format_changes_nothing_and_is_not_lost(
    home: Settings, tmp_path: Path, suffix: str, fault: str
) -> None:
    whole = written(QUADS, FORMATS[suffix])
    broken, good = tmp_path / f"broken{suffix}", tmp_path / "good.nt"
    broken.write_bytes(whole[: len(whole) * 2 // 3 - 2] if fault == "cut off" else whole.decode().encode("latin-1"))
    good.write_bytes(b'<https://example.org/good> <https://example.org/p> "x" .\n')
    with pytest.raises(SourceError) as caught:
        pipeline.load(home, [good, broken], REJECT)
    assert caught.value.path == str(broken)
    assert all(fault.expected for fault in caught.value.faults)
    assert fault == "cut off" or "UTF-8" in str(caught.value) or suffix in {".rdf", ".owl"}
    assert held(home) == {BASE}
    record = pipeline.load(home, [good, broken], QUARANTINE).activity
    assert (record.read, record.committed) == (1, 1)
    kept = (home.home / record.quarantine).glob(f"*broken{suffix}")
    assert [path.read_bytes() for path in kept] == [broken.read_bytes()]


@pytest.mark.slow
def test_ten_real_files_that_are_wrong_are_told_and_kept(home: Settings, tmp_path: Path, shared: Path) -> None:
    with tarfile.open(shared / "data/agencies_registry/agency_wikidata_rdf_10.tar.gz") as tar:
        tar.extractall(tmp_path / "files", filter="data")
    files = sorted(path for path in (tmp_path / "files").rglob("*") if path.is_file())
    (tmp_path / "files" / "good.nt").write_bytes(written([quad("good", 1)], RdfFormat.N_TRIPLES))
    with pytest.raises(SourceErrors, match="10 of 11 files cannot be read") as caught:
        pipeline.load(home, [tmp_path / "files"], REJECT)
    assert [fault.path for fault in caught.value.faults] == list(map(str, files))
    assert all(fault.line and "rdf:nodeID" in fault.message for fault in caught.value.faults)
    outcome = pipeline.load(home, [tmp_path / "files"], QUARANTINE)
    assert held(home) == {BASE, quad("good", 1)}
    kept = [path.read_bytes() for path in (home.home / outcome.activity.quarantine).glob("*.rdf")]
    assert sorted(map(len, kept)) == sorted(path.stat().st_size for path in files)
    assert set(kept) == {path.read_bytes() for path in files}


MIXED = """PREFIX e: <https://example.org/> PREFIX x: <http://www.w3.org/2001/XMLSchema#>
e:graph { e:s e:p 1 , 1.0 , 1e0 , "1" , "1"@en , "1"@en-GB , true , "" , e:s , "1"^^e:own , "2016"^^x:gYear ,
  "2016-05-24"^^x:date , "2016-05-24T00:00:00Z"^^x:dateTime , "P1Y"^^x:duration , "x"^^x:integer , "tomorrow"^^x:date }
"""


def test_values_of_all_kinds_beside_each_other_come_out_as_they_went_in(home: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.trig").write_text(MIXED)
    outcome = pipeline.load(home, [tmp_path / "a.trig"], REJECT)
    expected = Store()
    expected.extend(parse(MIXED.encode(), format=RdfFormat.TRIG))
    assert (outcome.activity.read, len(expected)) == (16, 16)
    assert held(home) == {BASE, *expected}


documents = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]),
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=4),
    min_size=1,
)


@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=documents)
def test_what_was_read_is_held_or_set_aside(
    tmp_path_factory: pytest.TempPathFactory, content: dict[str, list[tuple[int, bool]]]
) -> None:
    folder = tmp_path_factory.mktemp("case")
    home = started(folder / "home")
    quads = {
        quad(f"{name}{number}", number, NamedNode(EXAMPLE + name), BAD if is_bad else LABEL)
        for name, rows in content.items()
        for number, is_bad in rows
    }
    (folder / "data.nq").write_bytes(written(quads, RdfFormat.N_QUADS))
    record = pipeline.load(home, [folder / "data.nq"], QUARANTINE).activity
    good = {each for each in quads if not any(bad for _, bad in content[each.graph_name.value.removeprefix(EXAMPLE)])}
    assert held(home) == good | {BASE}
    aside = {
        each
        for path in (home.home / "quarantine").rglob("*.trig")
        for each in parse(path.read_bytes(), format=RdfFormat.TRIG)
    }
    assert aside == quads - good
    assert (record.read, record.committed, record.quarantined) == (len(quads), len(good), len(aside))


def test_two_loads_at_once_both_come_in_when_the_second_waits(home: Settings, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.nq").write_bytes(written([quad(name, 1, NamedNode(EXAMPLE + name))], RdfFormat.N_QUADS))
    entered, go_on = threading.Event(), threading.Event()

    def slow(store: Store, *, documents: Collection[str] | None = None, change: object = None) -> ValidationReport:
        entered.set()
        assert go_on.wait(30)
        return gate(store)

    def load(name: str, options: Options) -> None:
        pipeline.load(home, [tmp_path / f"{name}.nq"], options)

    first = threading.Thread(target=load, args=("one", replace(REJECT, gate=slow)))
    second = threading.Thread(target=load, args=("two", replace(REJECT, wait=30.0)))
    first.start()
    assert entered.wait(30)
    second.start()
    second.join(0.3)
    assert second.is_alive(), "it waits for the first"
    go_on.set()
    first.join(30)
    second.join(30)
    assert held(home) == {BASE, *(quad(name, 1, NamedNode(EXAMPLE + name)) for name in ("one", "two"))}
    one, two = Journal(home.home).activities()
    assert two.previous == one.snapshot


FILL = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import test_loading_faults as tests
from communique.graph.errors import StoreError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
try:
    tests.pipeline.load(tests.Settings(home=Path(sys.argv[2])), [Path(sys.argv[3])], tests.REJECT)
except StoreError as error:
    print(error.message, end="")
"""


@pytest.mark.parametrize(
    "limit", [300_000, *(pytest.param(each, marks=pytest.mark.slow) for each in (20_000, 900_000))]
)
def test_a_disk_that_fills_up_during_a_load_leaves_the_old_state(home: Settings, tmp_path: Path, limit: int) -> None:
    """In a process of its own whose files may not grow beyond a limit: the batch, the text or the store gets stuck."""
    file = tmp_path / "large.nt"
    file.write_bytes(written([quad(f"s{number}", "x" * 90) for number in range(6_000)], RdfFormat.N_TRIPLES))
    arguments = [str(Path(__file__).parent), str(home.home), str(file), str(limit)]
    done = subprocess.run([sys.executable, "-c", FILL, *arguments], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("no room left"), done.stderr
    assert held(home) == {BASE}
    pipeline.load(home, [file], REJECT)
    assert len(held(home)) == 6_001
    assert not list(Workspace(home.home).shelf.glob(".*"))

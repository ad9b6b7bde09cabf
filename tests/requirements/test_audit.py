"""The audit of the lock: what could not be looked up is never called sound. And the bill of materials."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "requirements"
SOUND, ADVISORIES, UNKNOWN = 0, 1, 2


def imported(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


audit, bill = imported("audit"), imported("bill")


def package(name: str, *advisories: str) -> dict[str, Any]:
    found = [{"id": each, "fix_versions": ["9.9"], "aliases": ["CVE-1"], "description": ""} for each in advisories]
    return {"name": name, "version": "1.0", "vulns": found}


def skipped(name: str) -> dict[str, Any]:
    return {"name": name, "skip_reason": "Dependency not found on PyPI and could not be audited"}


def report(*packages: dict[str, Any]) -> dict[str, Any]:
    return {"dependencies": list(packages), "fixes": []}


CASES: dict[str, tuple[dict[str, Any], int]] = {
    "all known and sound": (report(package("flask"), package("ruff")), SOUND),
    "an advisory": (report(package("flask", "PYSEC-1"), package("ruff")), ADVISORIES),
    "an advisory beside what is not known": (report(package("flask", "PYSEC-1"), skipped("ruff")), ADVISORIES),
    "one package is not known": (report(package("flask"), skipped("ruff")), UNKNOWN),
    "a mirror knows none": (report(skipped("flask"), skipped("ruff")), UNKNOWN),
    "nothing was looked up": (report(), UNKNOWN),
}


@pytest.mark.parametrize(("told", "code"), CASES.values(), ids=CASES)
def test_only_what_is_known_is_judged(told: dict[str, Any], code: int) -> None:
    assert audit.judge(told, {"flask"})[0] == code


def test_an_advisory_says_what_is_concerned() -> None:
    lines = audit.judge(report(package("flask", "PYSEC-1"), package("ruff", "PYSEC-2")), {"flask"})[1]
    assert "flask 1.0: PYSEC-1 CVE-1; fixed in 9.9; in use by the service" in lines
    assert "ruff 1.0: PYSEC-2 CVE-1; fixed in 9.9; only to develop" in lines


def test_the_next_service_is_asked_when_one_cannot_tell(capsys: pytest.CaptureFixture[str]) -> None:
    answers: Iterator[Any] = iter(["no network", report(package("flask"))])
    assert audit.audit(lambda service, lock: next(answers)) == SOUND
    assert "audit by osv: no network" in capsys.readouterr().out


def test_no_answer_is_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.audit(lambda service, lock: "no network") == UNKNOWN
    assert "NOT AUDITED" in capsys.readouterr().out


def test_the_bill_names_every_package_of_the_lock() -> None:
    lock = (FOLDER / "serve.txt").read_text(encoding="utf-8")
    found = bill.bill(lock)["components"]
    assert {each["name"] for each in found} == audit.names(FOLDER / "serve.txt")
    (flask,) = (each for each in found if each["name"] == "flask")
    assert flask["purl"] == f"pkg:pypi/flask@{flask['version']}"
    assert lock.count("--hash=sha256:") == sum(len(each["hashes"]) for each in found)


def test_a_package_without_a_hash_is_no_bill() -> None:
    with pytest.raises(ValueError, match="has no hash"):
        bill.bill("flask==3.1.0\nclick==8.1 \\\n    --hash=sha256:00\n")


def test_the_bill_is_well_formed() -> None:
    validation = pytest.importorskip("cyclonedx.validation.json", reason="comes with pip-audit")
    schema = pytest.importorskip("cyclonedx.schema")
    command = [sys.executable, str(FOLDER / "bill.py")]
    with (FOLDER / "serve.txt").open() as lock:
        text = subprocess.run(command, stdin=lock, capture_output=True, text=True, check=True).stdout
    assert validation.JsonStrictValidator(schema.SchemaVersion.V1_5).validate_str(text) is None

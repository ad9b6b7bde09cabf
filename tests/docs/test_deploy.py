"""What an operator copies from ``docs/deploy`` is tried: units, a script, proxies before a service, the container."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from http.client import HTTPConnection
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.settings import PREFIX, Settings
from communique.graph.store.backup import Backup

sys.path.append(str(Path(__file__).parents[1] / "api"))

from service_process import Service, running

Publish = Callable[[Path, Iterable[Quad]], str]

DOCS = Path(__file__).parents[2] / "docs"
DEPLOY = DOCS / "deploy"
P = NamedNode("http://example.org/p")
CLIENT = "127.0.0.2"  # an address of this machine that is no trusted proxy


def program(name: str) -> str:
    """Return the path of a program, or skip."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def test_units_are_as_systemd_wants_them(tmp_path: Path) -> None:
    checker = program("systemd-analyze")
    for path in DEPLOY.glob("communique*.*"):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"^ExecStart=/opt/\S+", f"ExecStart={shutil.which('true')}", text, flags=re.MULTILINE)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    units = sorted(map(str, tmp_path.iterdir()))
    assert len(units) == 3
    told = subprocess.run([checker, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


@pytest.mark.parametrize("name", ["communique.service", "communique-backup.service"])
def test_units_expose_little(name: str) -> None:
    command = [program("systemd-analyze"), "security", "--offline=true", "--threshold=25", str(DEPLOY / name)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-400:]


def test_every_setting_that_is_named_exists() -> None:
    known = {PREFIX + field.name.upper() for field in fields(Settings)}
    for path in (*DOCS.rglob("*.md"), DOCS.parent / "README.md", *filter(Path.is_file, DEPLOY.iterdir())):
        for name in re.findall(rf"{PREFIX}[A-Z_]*[A-Z]\b(?!_?…)", path.read_text(encoding="utf-8")):
            assert name in known, f"{path.name}: {name}"


def test_the_script_keeps_the_newest_backups(packaged_home: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name, text in {
        "date": f"expr 20260100 + $(ls {tmp_path}/backups | wc -l) | sed 's/$/T000000Z/'",
        "communique": f'exec {sys.executable} -m communique "$@"',
    }.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    backups = tmp_path / "backups"
    (backups / "20251231T000000Z" / ".partial").mkdir(parents=True)
    (backups / "notes").mkdir()
    environment = {
        **os.environ,
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(DOCS.parent / "src"),
        "BACKUPS": str(backups),
        "COMMUNIQUE": "communique",
        "COMMUNIQUE_HOME": str(packaged_home),
    }
    made = []
    for _ in range(3):
        subprocess.run(["sh", DEPLOY / "backup", "2"], env=environment, check=True, capture_output=True)
        made.append(max(path.name for path in backups.glob("2*")))
    assert {path.name for path in backups.iterdir()} == {"notes", *made[-2:]}
    for name in made[-2:]:
        Backup.read(backups / name).check()


@contextmanager
def in_front(command: list[str], folder: Path, port: int) -> Iterator[None]:
    """Run a proxy until the block ends."""
    environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (
        (folder / "proxy.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process,
    ):
        try:
            while True:
                assert process.poll() is None, (folder / "proxy.log").read_text()
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=60).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.wait(60)


def nginx(service: Service, folder: Path, port: int) -> list[str]:
    """Write the configuration for these ports; returns the command."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for old, new in {"listen 80;": f"listen {port};", "127.0.0.1:8080": f"127.0.0.1:{service.port}"}.items():
        assert old in text
        text = text.replace(old, new)
    paths = "".join(
        f"{each}_temp_path {folder}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; events {{}} http {{ access_log off; {paths}\n{text} }}\n"
    )
    return [program("nginx"), "-e", "stderr", "-c", str(file)]


def caddy(service: Service, folder: Path, port: int) -> list[str]:
    """Write the configuration for these ports; returns the command."""
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    for old, new in {"graph.example.org": f"http://:{port}", "127.0.0.1:8080": f"127.0.0.1:{service.port}"}.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text)
    return [program("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@pytest.mark.slow
@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_a_proxy_passes_on_answers_and_who_asks(
    confined: None, publish: Publish, tmp_path: Path, proxy: Callable[[Service, Path, int], list[str]]
) -> None:
    home = tmp_path / "home"
    publish(home, [Quad(P, P, Literal(n), P) for n in range(20_000)])
    port = free_port()

    def ask(target: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection("127.0.0.1", port, timeout=120, source_address=(CLIENT, 0))
        connection.request("GET", target, headers={"Host": "graph.example.org", **headers})
        response = connection.getresponse()
        found = response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        connection.close()
        return found

    settings = {"proxies": "127.0.0.1", "log_clients": True}
    with running(home, tmp_path, **settings) as service, in_front(proxy(service, tmp_path, port), tmp_path, port):
        target = "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D&format=csv"
        status, headers, body = ask(target, {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"})
        assert (status, len(body.splitlines())) == (200, 20_001)
        assert ask(target, {"If-None-Match": headers["etag"]})[0] == 304
        assert ask(target, {"Accept-Encoding": "gzip"})[1]["content-encoding"] == "gzip"
        long = "/sparql?query=ASK%7B%7D%23" + "x" * 7_900
        assert ask(long, {"Accept": "application/sparql-results+json"})[0] == 200
        _, _, about = ask("/", {"Accept": "application/json"})
        links = json.loads(about)["links"]
        assert all(link.startswith("http://graph.example.org") for link in links.values()), links
        _, _, secure = service.ask("/", headers={"Accept": "application/json", "X-Forwarded-Proto": "https"})
        assert all(link.startswith("https://") for link in json.loads(secure)["links"].values())
    lines = [json.loads(line) for line in service.log.read_text().splitlines()]
    clients = {line["client"] for line in lines if line["message"] == "request" and line.get("form") == "SELECT"}
    assert clients == {CLIENT}


def instructions() -> list[tuple[str, str]]:
    """Read the container file: instruction and arguments, continued lines joined."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines if line)]


def test_the_container_file_is_well_formed(root: Path) -> None:
    known = {"ARG", "FROM", "COPY", "RUN", "ENV", "USER", "WORKDIR", "VOLUME", "EXPOSE", "STOPSIGNAL"}
    found = instructions()
    assert {name for name, _ in found} == known | {"HEALTHCHECK", "ENTRYPOINT", "CMD"}
    last = [rest for name, rest in found if name == "USER"][-1]
    assert int(last) > 0, "the container runs as root"
    assert f"--uid {last} " in next(rest for name, rest in found if "useradd" in rest)
    for source in (rest.split()[0] for name, rest in found if name == "COPY" and not rest.startswith("--from")):
        assert source == "dist/*.whl" or (root / source).exists()
    environment = dict(pair.split("=", 1) for name, rest in found if name == "ENV" for pair in shlex.split(rest))
    assert environment["COMMUNIQUE_HOME"] == next(rest for name, rest in found if name == "VOLUME")


def bracketed(instruction: str) -> list[str]:
    """Return the command of an instruction in its exec form."""
    rest = next(rest for name, rest in instructions() if name == instruction)
    command: list[str] = json.loads(rest[rest.index("[") :])
    return command


@pytest.mark.slow
def test_the_commands_of_the_container_work_from_a_wheel(confined: None, root: Path, tmp_path: Path) -> None:
    """Build the wheel, install it as the container does, build the graph, serve it, check its health."""
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", tmp_path / "dist", root],
        check=True,
        capture_output=True,
    )
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    subprocess.run([python, "-m", "pip", "install", "--no-deps", "--no-index", wheel], check=True, capture_output=True)
    # What the wheel needs is in this environment already; its own folder comes first.
    site = next(Path(entry) for entry in sys.path if entry.endswith("site-packages"))
    own = next((tmp_path / "venv").glob("lib/python*/site-packages"))
    (own / "dependencies.pth").write_text(f"{site}\n")
    port = free_port()
    environment = {
        "PATH": f"{tmp_path / 'venv' / 'bin'}:/usr/bin:/bin",
        "COMMUNIQUE_HOME": str(tmp_path / "home"),
        "COMMUNIQUE_PORT": str(port),
        "TMPDIR": str(tmp_path),
    }
    start = bracketed("ENTRYPOINT")
    where = [python, "-c", "import communique; print(communique.__file__)"]
    assert str(own) in subprocess.run(where, env=environment, capture_output=True, text=True, check=True).stdout
    subprocess.run([*start, "build"], env=environment, check=True, capture_output=True, cwd=tmp_path)
    check = [part.replace("8080", str(port)) for part in bracketed("HEALTHCHECK")]
    with subprocess.Popen(
        [*start, *bracketed("CMD")], env=environment, cwd=tmp_path, stderr=subprocess.DEVNULL
    ) as serve:
        try:
            while subprocess.run(check, env=environment, check=False, capture_output=True).returncode:
                assert serve.poll() is None
                time.sleep(0.2)
        finally:
            serve.terminate()
            assert serve.wait(60) == 0

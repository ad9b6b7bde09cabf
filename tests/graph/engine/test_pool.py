"""Many callers at once before a real engine, and the order in which they come."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from communique.graph.engine import EngineProcess, start_engine
from communique.graph.engine.budget import QueryBudget
from communique.graph.engine.pool import Pool, PoolAnswer, PoolLimits, TurnQueue
from communique.graph.engine.protocol import AnswerFile, Request
from communique.graph.errors import EngineBusy, EngineError, QueryAborted, QuerySyntaxError, QueryTimeout
from communique.graph.settings import Settings

COUNT = Request("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
RUNAWAY = Request("SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(6)) + " }")
LARGE = Request("SELECT * { ?a ?p ?o . ?b ?q ?x . ?c ?r ?y } LIMIT 20000", solutions="text/csv")


def count(answer: PoolAnswer) -> int:
    assert isinstance(answer.body, bytes)
    return int(json.loads(answer.body)["results"]["bindings"][0]["n"]["value"])


@asynccontextmanager
async def pool(address: Path, connections: int = 3, length: int = 10, seconds: float = 60.0) -> AsyncIterator[Pool]:
    found = Pool(address, PoolLimits(connections, length, seconds), QueryBudget(60, lambda caller: True))
    found.start()
    try:
        yield found
    finally:
        await found.close()


def test_callers_take_turns() -> None:
    async def run() -> list[int]:
        queue = TurnQueue()
        turns = [queue.join(caller) for caller in "aaabba"]
        queue.leave("b", turns[3])
        assert len(queue) == 5
        found = [turns.index(turn) for _ in range(5) if (turn := queue.next())]
        assert (queue.next(), len(queue)) == (None, 0)
        return found

    assert asyncio.run(run()) == [0, 4, 1, 2, 5]


def test_many_ask_at_once(engine: EngineProcess) -> None:
    async def run() -> None:
        async with pool(engine.address) as asked:
            found = await asyncio.gather(*(asked.query(COUNT, str(n)) for n in range(10)))
            assert [count(answer) for answer in found] == [40] * 10
            assert {answer.snapshot for answer in found} == {engine.snapshot, asked.known_snapshot()}
            assert (asked.busy, asked.waiting, asked.long) == (0, 0, 0)

    asyncio.run(run())


def test_a_large_answer_comes_as_a_file(engine: EngineProcess) -> None:
    async def run() -> None:
        async with pool(engine.address) as asked:
            found = await asked.query(LARGE, "a")
            assert isinstance(found.body, AnswerFile)
            lines = found.body.read().splitlines()
            assert (len(lines), lines[0]) == (20_001, b"a,p,o,b,q,x,c,r,y")
            assert count(await asked.query(COUNT, "a")) == 40

    asyncio.run(run())


def test_the_queue_has_a_length_and_a_patience(engine: EngineProcess) -> None:
    async def run() -> None:
        async with pool(engine.address, connections=1, length=1, seconds=5.0) as asked:
            await asked.query(COUNT, "a")
            running = asyncio.ensure_future(asked.query(RUNAWAY, "a"))
            await asyncio.sleep(0)
            assert asked.busy == 1
            waiting = asyncio.ensure_future(asked.query(COUNT, "b"))
            await asyncio.sleep(0)
            with pytest.raises(EngineBusy, match="1 queries wait already"):
                await asked.query(COUNT, "c")
            with pytest.raises(EngineBusy, match="no worker became free within 5 seconds"):
                await waiting
            running.cancel()
            assert asked.waiting == 0

    asyncio.run(run())


def test_a_query_that_is_cancelled_is_ended(engine: EngineProcess) -> None:
    async def run() -> None:
        async with pool(engine.address, connections=1) as asked:
            await asked.query(COUNT, "a")
            running = asyncio.ensure_future(asked.query(RUNAWAY, "a"))
            await asyncio.sleep(0.1)
            running.cancel()
            assert count(await asked.query(COUNT, "a")) == 40, "its worker gives its place to another"

    asyncio.run(run())


def test_half_of_the_workers_may_be_long(engine: EngineProcess) -> None:
    async def run() -> None:
        async with pool(engine.address, connections=3) as asked:
            await asked.query(COUNT, "a")
            running = [asyncio.ensure_future(asked.query(RUNAWAY, "a")) for _ in range(2)]
            done, going = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            with pytest.raises(EngineBusy, match="1 queries that take longer than 1 second"):
                await done.pop()
            assert asked.long == 1
            assert count(await asked.query(COUNT, "a")) == 40
            for each in going:
                each.cancel()

    asyncio.run(run())


def test_a_query_has_the_time_that_its_asker_gives_it(engine: EngineProcess) -> None:
    async def run() -> None:
        async with pool(engine.address) as asked:
            with pytest.raises(QueryTimeout, match=r"no answer within 0\.25 seconds"):
                await asked.query(replace(RUNAWAY, seconds=0.25), "a")
            with pytest.raises(QuerySyntaxError):
                await asked.query(Request("SELECT"), "a")
            with pytest.raises(QueryAborted):
                await asked.query(Request("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?c"), "a")
            assert count(await asked.query(COUNT, "a")) == 40

    asyncio.run(run())


def test_without_an_engine(tmp_path: Path) -> None:
    async def run() -> None:
        async with pool(tmp_path / "engine.sock", seconds=0.2) as asked:
            with pytest.raises(EngineError, match="no query engine answers"):
                await asked.query(COUNT, "a")
            with pytest.raises(EngineError, match="no query engine answers"):
                await asked.snapshot()

    asyncio.run(run())


def test_a_query_whose_worker_was_killed_is_asked_again(own_settings: Settings) -> None:
    async def run() -> None:
        with start_engine(own_settings) as engine:
            async with pool(engine.address, connections=2) as asked:
                await asked.query(COUNT, "a")
                (generation,) = map(int, Path(f"/proc/{engine.pid}/task/{engine.pid}/children").read_text().split())
                os.kill(generation, signal.SIGKILL)
                assert count(await asked.query(COUNT, "a")) == 40

    asyncio.run(run())


def test_newer_data_is_known_without_asking(
    own_settings: Settings, publish: Callable[[Path, Iterable[Quad]], str]
) -> None:
    p = NamedNode("http://example.org/p")

    async def run() -> None:
        with start_engine(own_settings) as engine:
            async with pool(engine.address, connections=2) as asked:
                assert await asked.snapshot() == engine.snapshot
                newer = publish(own_settings.home, [Quad(p, p, p, p)])
                async with asyncio.timeout(60):
                    while asked.known_snapshot() != newer:
                        await asyncio.sleep(0.02)
                assert count(await asked.query(COUNT, "a")) == 1

    asyncio.run(run())

"""A plugin of pytest: a mutant is tried by all tests that use what it makes, and finds nothing made without it.

mutmut notes which test reaches which function. A function behind a cache is called in one test, and its value is used
in many; likewise what a module or a fixture makes for several tests. So whenever such a value is used, what was reached
in making it is counted again: a little too much, since one argument is not told from another, which only costs time.

Mutants are forks of one process in which all tests have run. Before a mutant is tried, caches are emptied, and modules
of tests are imported anew.
"""

from __future__ import annotations

import functools
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest

_caches: list[Any] = []
_fixtures: dict[str, set[str]] = defaultdict(set)
_modules: set[str] = set()


@contextmanager
def _noted(known: set[str]) -> Generator[None]:
    """Add to ``known`` what is reached inside, and all of ``known`` to what the present test reaches."""
    from mutmut.state import state

    before = set(state()._stats)
    state()._stats.clear()
    try:
        yield
    finally:
        known |= state()._stats
        state()._stats |= before | known


def _noting(cached: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function that has a cache."""
    known: set[str] = set()
    if cached.__module__.startswith("communique."):
        _caches.append(cached)

    @functools.wraps(cached)
    def call(*args: Any, **kwargs: Any) -> Any:
        with _noted(known):
            return cached(*args, **kwargs)

    for name in ("cache_clear", "cache_info"):
        setattr(call, name, getattr(cached, name))
    return call


def _lru_cache(maxsize: Any = 128, typed: bool = False) -> Callable[..., Any]:
    """Stand in for ``functools.lru_cache`` in both of its forms."""
    if callable(maxsize):
        return _noting(_original_lru_cache(maxsize))
    return lambda function: _noting(_original_lru_cache(maxsize, typed)(function))


class _CachedProperty(functools.cached_property):  # type: ignore[type-arg]
    """Stands in for ``functools.cached_property``; as it has ``__set__``, each use of the value comes by here."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        kept = instance.__dict__.setdefault("_reached", {})
        with _noted(kept.setdefault(self.attrname, set())):
            if self.attrname not in instance.__dict__:
                instance.__dict__[self.attrname] = self.func(instance)
            return instance.__dict__[self.attrname]

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.attrname] = value


def pytest_sessionstart() -> None:
    """Forget what earlier tests made."""
    for each in [name for name in sys.modules if name.startswith("tests.")]:
        del sys.modules[each]
    for cached in _caches:
        cached.cache_clear()


_original_lru_cache = functools.lru_cache
if os.environ.get("MUTANT_UNDER_TEST") == "stats":
    functools.lru_cache = _lru_cache  # type: ignore[assignment]
    functools.cache = lambda function: _lru_cache(None)(function)  # type: ignore[assignment]
    functools.cached_property = _CachedProperty  # type: ignore[misc]

    def pytest_collection_finish() -> None:
        """Note what modules reached while they were imported."""
        from mutmut.state import state

        _modules.update(state()._stats)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        """Note what a fixture reaches."""
        with _noted(_fixtures[fixturedef.argname]):
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(item: pytest.Function) -> None:
        """Replay what modules and the fixtures of this test reached."""
        for known in (_modules, *(_fixtures[name] for name in item.fixturenames)):
            with _noted(known):
                pass

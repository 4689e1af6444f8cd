"""What benchmarks measure alike: median seconds of some work, and the peak resident set of the process."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable


def times(work: Callable[[], object], rounds: int = 5) -> float:
    """Median seconds."""
    spent = []
    for _round in range(rounds):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def peak() -> float:
    """Peak resident set so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

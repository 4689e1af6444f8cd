"""Who stands between whom: measures of a network of actors."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Standing:
    """Of one actor: links that come in and go out, and the share of shortest ways between others that lead through it."""

    incoming: int
    outgoing: int
    betweenness: float


def measure_network(actors: Sequence[str], links: Iterable[tuple[str, str]]) -> dict[str, Standing]:
    """Degrees and betweenness of directed links; a link that is named twice counts once, one to itself not at all.

    Betweenness is divided by (n - 1)(n - 2), so 1 means that every shortest way between two others leads through the actor.
    Source: Freeman (1977), Sociometry 40, 35-41; computed as in Brandes (2001), Journal of Mathematical Sociology 25, 163-177.
    """
    known = set(actors)
    edges = {(a, b) for a, b in links if a in known and b in known and a != b}
    after: dict[str, list[str]] = {actor: [] for actor in actors}
    for a, b in sorted(edges):
        after[a].append(b)
    between = _betweenness(actors, after)
    pairs = (len(actors) - 1) * (len(actors) - 2)
    return {
        actor: Standing(
            sum(b == actor for _a, b in edges), len(after[actor]), between[actor] / pairs if pairs > 0 else 0.0
        )
        for actor in actors
    }  # fmt: skip


def _betweenness(actors: Sequence[str], after: dict[str, list[str]]) -> dict[str, float]:
    total = dict.fromkeys(actors, 0.0)
    for source in actors:
        seen: list[str] = []
        before: dict[str, list[str]] = {actor: [] for actor in actors}
        ways, depth = dict.fromkeys(actors, 0.0), {source: 0}
        ways[source] = 1.0
        queue = deque([source])
        while queue:
            at = queue.popleft()
            seen.append(at)
            for to in after[at]:
                if to not in depth:
                    depth[to] = depth[at] + 1
                    queue.append(to)
                if depth[to] == depth[at] + 1:
                    ways[to] += ways[at]
                    before[to].append(at)
        share = dict.fromkeys(actors, 0.0)
        for at in reversed(seen):
            for earlier in before[at]:
                share[earlier] += ways[earlier] / ways[at] * (1 + share[at])
            if at != source:
                total[at] += share[at]
    return total


def find_loop(links: Iterable[tuple[str, str]], new: tuple[str, str]) -> list[str]:
    """The way by which a new link would close a loop: from its end back to its start, then to its end; [] without one."""
    after: dict[str, list[str]] = {}
    for a, b in links:
        after.setdefault(a, []).append(b)
    start, end = new
    came: dict[str, str] = {end: ""}
    queue = deque([end])
    while queue:
        at = queue.popleft()
        if at == start:
            way = [at]
            while came[way[-1]]:
                way.append(came[way[-1]])
            return [start, *reversed(way)] if start != end else [start, end]
        for to in after.get(at, []):
            if to not in came:
                came[to] = at
                queue.append(to)
    return []


def lay_out(nodes: Sequence[str], links: Iterable[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Column and row of each node of an acyclic graph: columns by the longest way from a start, rows by their neighbours.

    Layers as in Sugiyama, Tagawa & Toda (1981), IEEE Transactions on Systems, Man, and Cybernetics 11, 109-125, with two
    sweeps of the mean row of what comes before. Links that would close a loop (a stranger's file) are left out.
    """
    known = set(nodes)
    after: dict[str, list[str]] = {node: [] for node in nodes}
    before: dict[str, list[str]] = {node: [] for node in nodes}
    kept: list[tuple[str, str]] = []
    for a, b in links:
        if a in known and b in known and not find_loop(kept, (a, b)):
            kept.append((a, b))
            after[a].append(b)
            before[b].append(a)
    column: dict[str, int] = {}

    left = {node: len(before[node]) for node in nodes}
    ready = deque(node for node in nodes if not left[node])
    while ready:
        at = ready.popleft()
        column[at] = max((column[earlier] + 1 for earlier in before[at]), default=0)
        for to in after[at]:
            left[to] -= 1
            if not left[to]:
                ready.append(to)
    rows = {node: at for at, node in enumerate(nodes)}
    by_column: dict[int, list[str]] = {}
    for node in nodes:
        by_column.setdefault(column[node], []).append(node)
    place: dict[str, float] = {node: float(at) for members in by_column.values() for at, node in enumerate(members)}
    for _sweep in range(2):
        for number in sorted(by_column):
            members = by_column[number]
            wanted = {
                node: sum(place[earlier] for earlier in before[node]) / len(before[node])
                if before[node]
                else place[node]
                for node in members
            }
            members.sort(key=lambda node: (wanted[node], rows[node]))
            for down, node in enumerate(members):
                place[node] = float(down)
    return {node: (column[node], int(place[node])) for node in nodes}

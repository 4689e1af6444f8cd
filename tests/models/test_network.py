"""Actors and chains as graphs, against counting all shortest ways."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.models.decisions.network import find_loop, lay_out, measure_network

NAMES = "abcdefg"
LINKS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=20)


def shortest_ways(actors, links, start, end):
    for length in range(2, len(actors) + 1):
        found = [
            way for way in itertools.permutations(actors, length)
            if way[0] == start and way[-1] == end and all(step in links for step in itertools.pairwise(way))
        ]  # fmt: skip
        if found:
            return found
    return []


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=12))
def test_betweenness_is_that_of_counting_all_shortest_ways(given_links):
    actors, links = "abcde", {link for link in given_links if link[0] != link[1]}
    found = measure_network(actors, given_links)
    for actor in actors:
        total = 0.0
        for start, end in itertools.permutations([other for other in actors if other != actor], 2):
            ways = shortest_ways(actors, links, start, end)
            total += sum(actor in way[1:-1] for way in ways) / len(ways) if ways else 0.0
        assert found[actor].betweenness == pytest.approx(total / ((len(actors) - 1) * (len(actors) - 2)))
        assert found[actor].outgoing == sum(link[0] == actor for link in links)
        assert found[actor].incoming == sum(link[1] == actor for link in links)


def test_the_middle_of_a_star_stands_between_all():
    star = [("m", leaf) for leaf in "abcd"] + [(leaf, "m") for leaf in "abcd"]
    found = measure_network("mabcd", star)
    assert found["m"].betweenness == 1.0 and found["a"].betweenness == 0.0
    assert measure_network("a", [])["a"].betweenness == 0.0


@given(LINKS)
def test_links_that_pass_the_check_never_close_a_loop(wanted):
    kept = []
    for link in wanted:
        loop = find_loop(kept, link)
        if loop:
            assert loop[0] == loop[-1] == link[0] or link[0] == link[1]
            assert all(step in [*kept, link] for step in itertools.pairwise(loop))
        else:
            kept.append(link)
    depth = {}

    def deep(node, above=()):
        assert node not in above
        if node not in depth:
            depth[node] = 1 + max((deep(b, (*above, node)) for a, b in kept if a == node), default=0)
        return depth[node]

    for name in NAMES:
        deep(name)


@given(LINKS)
def test_every_box_stands_alone_and_after_what_leads_to_it(links):
    places = lay_out(list(NAMES), links)
    assert set(places) == set(NAMES) and len(set(places.values())) == len(NAMES)
    kept = []
    for link in links:
        if not find_loop(kept, link):
            kept.append(link)
            assert places[link[0]][0] < places[link[1]][0]

"""Search finds what a plain look at every row would find, and follows every change and its undoing."""

import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onekl_desktop.engine import perform
from onekl_desktop.engine.search import SearchIndex
from onekl_desktop.gui.canvas.widget import Canvas
from onekl_desktop.gui.desk import Desk
from onekl_desktop.project.folders import cache_folder
from onekl_desktop.tools.knowledge.panel import KnowledgePanel

WORDS = st.sampled_from(["river", "rivers", "forêt", "foret", "Hutan", "tanah adat", "no", "x"])


@pytest.fixture
def index(session):
    made = SearchIndex(session)
    yield made
    made.close()


def names(index, text):
    return {found.title for found in index.find(text)}


def test_it_follows_changes_and_their_undoing(session, index):
    assert index.find("springs") == []
    perform(session, "visioning.add_goal", name="Clean water", description="The springs run all year.")
    assert names(index, "spring") == {"Clean water"} and index.find("SPRINGS")[0].kind == "goal"
    assert "springs" in index.find("springs")[0].extract
    perform(session, "visioning.change_goal", goal="Clean water", description="The wells are full.")
    assert not index.find("springs") and names(index, "wells full") == {"Clean water"}
    session.undo()
    assert names(index, "springs") == {"Clean water"}
    session.undo()
    assert index.find("water") == []
    session.redo()
    assert names(index, "water") == {"Clean water"}


def test_names_stand_before_texts_and_accents_do_not_matter(session, index):
    perform(session, "visioning.add_goal", name="Income", description="From the forêt.")
    perform(session, "visioning.add_goal", name="Forêt dense", description="")
    assert [found.title for found in index.find("foret")] == ["Forêt dense", "Income"]
    assert index.find("") == [] and index.find('"; DROP') == [] and index.find("*") == []


def test_a_kept_index_is_used_again_and_a_stale_or_broken_one_made_anew(session):
    first = SearchIndex(session)
    perform(session, "visioning.add_goal", name="Kept")
    assert first.refresh() and not first.refresh()
    first.close()
    perform(session, "visioning.add_goal", name="Meanwhile")  # nobody followed this one
    second = SearchIndex(session)
    assert names(second, "meanwhile") == {"Meanwhile"}
    second.close()
    third = SearchIndex(session)
    assert not third.refresh()
    third.close()
    (file,) = (cache_folder() / "search").glob("*.db")
    file.write_bytes(b"this is no database" * 100)
    fourth = SearchIndex(session)
    assert names(fourth, "kept") == {"Kept"}
    fourth.close()
    sqlite3.connect(file).close()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=4)), max_size=6), WORDS)
def test_it_finds_what_a_plain_look_finds(session, index, goals, wanted):
    import unicodedata

    def plain(text):
        return "".join(ch for ch in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(ch))

    for number, (name, words) in enumerate(goals):
        perform(session, "visioning.add_goal", name=f"{name} {number}", description=" ".join(words))
    found = {item.title for item in index.find(wanted) if item.kind == "goal"}
    expected = set()
    for number, (name, words) in enumerate(goals):
        all_words = plain(f"{name} {number} {' '.join(words)} natural").split()
        if all(any(word.startswith(part) for word in all_words) for part in plain(wanted).split()):
            expected.add(f"{name} {number}")
    for _goal in goals:
        session.undo()
    assert found == expected


def test_a_large_project_is_read_in_the_background(session, monkeypatch, qtbot):
    perform(session, "visioning.add_goal", name="Found later")
    monkeypatch.setattr("onekl_desktop.engine.search.LARGE", 0)
    canvas = Canvas()
    qtbot.addWidget(canvas)
    desk = Desk(session, canvas)
    panel = KnowledgePanel(desk)
    qtbot.addWidget(panel)
    panel.edit.setText("later")
    panel.search()
    qtbot.waitUntil(lambda: [found.title for found in panel.found] == ["Found later"])
    desk.close()

"""The library with its hashes, words of one's own, and lessons that notice what was done."""

import pytest

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import set_language
from onekl_desktop.engine import perform
from onekl_desktop.engine.registry import discover
from onekl_desktop.project.records import Resource
from onekl_desktop.reports.write import build_page
from onekl_desktop.tools.knowledge.glossary import read_words
from onekl_desktop.tools.knowledge.lessons import LESSONS, last_entry, list_done
from onekl_desktop.tools.knowledge.queries import read_library


def refused(session, operation, **fields):
    with pytest.raises(UserError) as caught:
        perform(session, operation, **fields)
    return caught.value


def test_a_file_is_kept_once_and_its_evidence_notices_a_change(session, tmp_path):
    (tmp_path / "note.txt").write_text("springs")
    (tmp_path / "copy.txt").write_text("springs")
    perform(
        session,
        "knowledge.add_resource",
        file=str(tmp_path / "note.txt"),
        name="Note",
        keywords="water",
        year=2020,
        licence="CC0-1.0",
    )
    problem = refused(session, "knowledge.add_resource", file=str(tmp_path / "copy.txt"))
    assert problem.code == "knowledge.twice" and "Note" in str(problem)
    perform(session, "visioning.add_goal", name="Water")
    perform(session, "knowledge.attach_evidence", resource="Note", subject_kind="goal", subject="Water", note="Page 2")
    assert refused(session, "knowledge.remove_resource", resource="Note").code == "record.in_use"
    assert refused(session, "visioning.remove_goal", goal="Water").code == "record.in_use"
    library = read_library(session)
    (row,) = library.evidence
    assert library.about[row.uuid] == "goal: Water" and not library.is_changed(row) and len(row.content_hash) == 64
    session.project.write(lambda write: setattr(write.get(Resource, "Note"), "content_hash", "0" * 64))
    library = read_library(session)
    assert library.is_changed(library.evidence[0]) and "has changed since" in str(build_page(session, "library").blocks)
    perform(session, "knowledge.detach_evidence", resource="Note", subject_kind="goal", subject="Water")
    assert (
        refused(session, "knowledge.detach_evidence", resource="Note", subject_kind="goal", subject="Water").code
        == "knowledge.not_attached"
    )


def test_an_offices_own_word_stands_before_the_given_one(session):
    given = {word.name: word for word in read_words(session)}
    assert not given["Quorum"].own and len(given) > 20
    perform(session, "knowledge.add_term", name="quorum", definition="Half of the villages.")
    words = {word.name: word for word in read_words(session)}
    assert words["quorum"].definition == "Half of the villages." and "Quorum" not in words
    perform(session, "knowledge.add_term", name="Adat", definition="Custom.", language="id")
    assert "Adat" not in {word.name for word in read_words(session)}
    set_language("id")
    assert "Adat" in {word.name for word in read_words(session)}


def test_lessons_name_operations_and_pages_that_exist(session):
    registry = discover()
    known = {f"{entry.spec.id}.{operation.id}" for entry in registry.entries for operation in entry.spec.operations}
    for lesson in LESSONS:
        assert {task.operation for task in lesson.tasks} <= known
        assert all(task.operation.startswith(f"{task.tool}.") for task in lesson.tasks)


def test_a_lesson_notices_what_was_done_since_it_began(session):
    lesson = next(lesson for lesson in LESSONS if lesson.id == "plan")
    perform(session, "action_plan.add_action", name="Before")
    since = last_entry(session)
    assert list_done(session, lesson, since) == [False] * 4
    perform(session, "action_plan.add_action", name="Now", waits_for="Before")
    assert list_done(session, lesson, since) == [True, False, False, False]
    perform(session, "action_plan.add_budget_line", action="Now", year=2027, planned=1)
    assert list_done(session, lesson, since) == [True, False, True, False]

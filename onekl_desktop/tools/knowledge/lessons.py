"""Lessons: a few steps on a sample landscape. A step is done when its operation has been done since the lesson began."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from onekl_desktop.base.translate import N_
from onekl_desktop.engine import Session
from onekl_desktop.project.records import JournalEntry


@dataclass(frozen=True)
class Task:
    """What to do, where, and the operation by which it is seen that it was done."""

    title: str
    words: str
    tool: str
    operation: str
    page: str = ""


@dataclass(frozen=True)
class Lesson:
    """A lesson with its name, what one can do after it, how many minutes it takes, and its tasks."""

    id: str
    title: str
    about: str
    minutes: int
    tasks: tuple[Task, ...]


LESSONS = (
    Lesson("decide", N_("A decision that holds"), N_("Put a question to the groups, take their ballots apart and together, and print the minutes."), 15, (
        Task(N_("Say something"), N_("Open Decisions. Say something about a record or click a place on the map."), "decisions", "decisions.add_comment", "comments"),
        Task(N_("Put the question"), N_("Open a decision with two options. Choose the method now: it stays once somebody has voted."), "decisions", "decisions.open_decision", "decisions"),
        Task(N_("Take the ballots"), N_("Enter the ballots of two groups. Look at the table: each group stands on its own."), "decisions", "decisions.cast_votes", "decisions"),
        Task(N_("Close it"), N_("Close the decision. Try to enter one more ballot, and read what the app says."), "decisions", "decisions.close_decision", "decisions"),
    )),
    Lesson("vision", N_("From a worry to a goal"), N_("Write down what people see, what they want, its number, and how it comes about."), 20, (
        Task(N_("A challenge"), N_("Open Vision & goals. Add a challenge that a group sees, at its place on the map."), "visioning", "visioning.add_concern", "concerns"),
        Task(N_("A goal"), N_("Add a goal in plain words, and say what it is about: the codes of the frameworks follow."), "visioning", "visioning.add_goal", "goals"),
        Task(N_("Its number"), N_("Give the goal a target: indicator, quantity, year, baseline. Without a unit or a year it is refused."), "visioning", "visioning.add_target", "targets"),
        Task(N_("How it comes about"), N_("Add two results to the chain, open the canvas and drag from the right edge of one to the other."), "visioning", "visioning.set_arrow", "chain"),
    )),
    Lesson("plan", N_("A plan with money and years"), N_("Add an action, say what comes before it, spread its budget over the years, and see it as a timetable."), 15, (
        Task(N_("An action"), N_("Open the action plan. Add an action with who leads it and its years."), "action_plan", "action_plan.add_action", "actions"),
        Task(N_("What comes first"), N_("Say that it comes after another action. Try the other way round as well: a loop is refused."), "action_plan", "action_plan.set_dependency", "order"),
        Task(N_("Its budget"), N_("Add two budget lines in two years. The timetable and the budget open below the map."), "action_plan", "action_plan.add_budget_line", "budget"),
        Task(N_("Draw it"), N_("Open the scenarios, choose a practice and draw its place. Its hectares go into the money."), "scenarios", "scenarios.add_intervention"),
    )),
)  # fmt: skip


def last_entry(session: Session) -> int:
    """Number of the last entry of the journal: where a lesson begins."""
    with session.read() as db:
        return int(db.scalar(select(func.max(JournalEntry.id))) or 0)


def list_done(session: Session, lesson: Lesson, since: int) -> list[bool]:
    """Which tasks have been done since an entry of the journal."""
    with session.read() as db:
        seen = set(db.scalars(select(JournalEntry.operation).where(JournalEntry.id > since)))
    return [task.operation in seen for task in lesson.tasks]

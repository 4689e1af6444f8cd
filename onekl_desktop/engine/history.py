"""Undo and redo: a stack of change sets that are turned round and replayed. Ends when the project closes."""

from __future__ import annotations

from dataclasses import dataclass

from onekl_desktop.project.changes import ChangeSet

LIMIT = 200


@dataclass(frozen=True)
class Step:
    """One entry: the words for the menu and what was changed."""

    words: str
    changes: ChangeSet


class History:
    """Two stacks. Performing something new forgets what was undone."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []

    def push(self, step: Step) -> None:
        """Remember what was just done."""
        self._done.append(step)
        del self._done[:-LIMIT]
        self._undone.clear()

    @property
    def next_undo(self) -> Step | None:
        """What undo would take back."""
        return self._done[-1] if self._done else None

    @property
    def next_redo(self) -> Step | None:
        """What redo would do again."""
        return self._undone[-1] if self._undone else None

    def undone(self) -> None:
        """The top step was taken back."""
        self._undone.append(self._done.pop())

    def redone(self) -> None:
        """The top step was done again."""
        self._done.append(self._undone.pop())

"""What of a tool is done and what is missing: told by its panel, counted by the ring of its element."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from onekl_desktop.base.specs import Tool
from onekl_desktop.engine.session import Session


@dataclass(frozen=True)
class Step:
    """One step: what there is when it is done (marked for translation), whether it is, and the panel's page where it is taken."""

    title: str
    done: bool
    page: str = ""


def list_steps(session: Session, tool: Tool) -> list[Step]:
    """The steps of a tool in their order; none where it declares none."""
    entry = next((entry for entry in session.registry.entries if entry.spec.id == tool.id), None)
    if entry is None or not entry.has("queries"):
        return []
    first_steps: Callable[[Session], list[Step]] | None = getattr(entry.load("queries"), "first_steps", None)
    return first_steps(session) if first_steps is not None else []

"""How things happen: one door for every change, and everything around it.

`perform(session, "tool.operation", **fields)` is the door. Both names are imported when first asked for: they bring
SQLAlchemy, and the window is up before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onekl_desktop.engine.operations import perform
    from onekl_desktop.engine.session import Session

__all__ = ["Session", "perform"]


def __getattr__(name: str) -> Any:
    if name == "perform":
        from onekl_desktop.engine.operations import perform

        return perform
    if name == "Session":
        from onekl_desktop.engine.session import Session

        return Session
    raise AttributeError(name)

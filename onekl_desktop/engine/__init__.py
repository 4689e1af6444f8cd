"""How things happen: one door for every change, and everything around it.

`perform(session, "tool.operation", **fields)` is the door.
"""

from onekl_desktop.engine.operations import perform
from onekl_desktop.engine.session import Session

__all__ = ["Session", "perform"]

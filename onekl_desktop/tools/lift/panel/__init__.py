"""The panel of the LIFT tool: the eight steps. The only part of it that sees Qt."""

from onekl_desktop.tools.lift.panel.panel import LiftPanel

__all__ = ["LiftPanel"]

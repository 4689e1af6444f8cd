"""The panel of the vision."""

from onekl_desktop.tools.visioning.panel.panel import VisioningPanel

__all__ = ["VisioningPanel"]

"""Revision files of the core branch; see `project.migrate`."""

"""The library and the glossary on paper."""

from __future__ import annotations

from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.reports.opening import open_page
from onekl_desktop.reports.page import Heading, Notes, Page, Paragraph, Table
from onekl_desktop.tools.knowledge.glossary import read_words
from onekl_desktop.tools.knowledge.queries import read_library


def library(session: Session) -> Page:
    """Build the page."""
    page, known = open_page(session, _("Library and glossary")), read_library(session)
    if known.resources:
        page.blocks.append(Heading(_("Library")))
        page.blocks.append(Table(
            (_("Name"), _("Author, year"), _("Licence"), _("Place"), _("File or address"), _("Hash (SHA-256)")),
            tuple((row.name, ", ".join(part for part in (row.author, str(row.year or "")) if part) or "–", row.licence or "–", row.place or "–", row.file_name or row.link or "–", row.content_hash[:12] or "–")
                  for row in known.resources),
            (False,) * 6))  # fmt: skip
    else:
        page.blocks.append(Notes((_("Nothing is in the library yet."),), warning=True))
    if known.evidence:
        page.blocks.append(Heading(_("What they are evidence of")))
        page.blocks.append(Table(
            (_("Entry"), _("Evidence of"), _("Note"), _("File")),
            tuple((known.name_of(row.resource), known.about.get(row.uuid, "–"), row.note or "–", _("has changed since") if known.is_changed(row) else _("as attached")) for row in known.evidence),
            (False,) * 4))  # fmt: skip
    page.blocks.append(Heading(_("Words")))
    page.blocks += [
        Paragraph(" ".join(part for part in (word.definition, word.example) if part), lead=f"{word.name}.")
        for word in read_words(session)
    ]
    return page

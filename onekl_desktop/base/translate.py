"""Texts: marked where they are declared, translated when they are shown (gettext)."""

from __future__ import annotations

import gettext

from onekl_desktop.base.data import find_folder

LANGUAGES = {"en": "English", "id": "Bahasa Indonesia", "fr": "Français", "es": "Español"}
_current: list[tuple[str, gettext.NullTranslations]] = [("en", gettext.NullTranslations())]


def N_(text: str) -> str:
    """Mark a text for translators without translating it yet."""
    return text


def _(text: str) -> str:
    """Translate a text into the current language."""
    return _current[0][1].gettext(text) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    """Translate a text that depends on a number."""
    return _current[0][1].ngettext(one, many, count)


def set_language(language: str) -> str:
    """Use a language from now on; an unknown one, or one without a catalogue, leaves English.

    Returns
    -------
    The language in use.
    """
    language = language if language in LANGUAGES else "en"
    try:
        catalogue = gettext.translation("onekl", str(find_folder("i18n")), languages=[language])
    except OSError:
        catalogue = gettext.NullTranslations()  # type: ignore[assignment]
    _current[0] = (language, catalogue)
    return language


def get_language() -> str:
    """The language in use."""
    return _current[0][0]

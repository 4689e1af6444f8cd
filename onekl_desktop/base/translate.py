"""Texts: marked where they are declared, translated when they are shown (gettext)."""

from __future__ import annotations

import csv
import gettext
import io
import re
from pathlib import Path

from onekl_desktop.base.data import find_folder

LANGUAGES = {"en": "English", "id": "Bahasa Indonesia", "fr": "Français", "es": "Español"}
_current: list[tuple[str, gettext.NullTranslations]] = [("en", gettext.NullTranslations())]
_words: list[tuple[re.Pattern[str], dict[str, str]]] = []


def N_(text: str) -> str:
    """Mark a text for translators without translating it yet."""
    return text


def _(text: str) -> str:
    """Translate a text into the current language."""
    return _reword(_current[0][1].gettext(text)) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    """Translate a text that depends on a number."""
    return _reword(_current[0][1].ngettext(one, many, count))


def _reword(text: str) -> str:
    """Put an office's own words in the place of the glossary's, with the capital that stood there."""
    for pattern, words in _words:
        text = pattern.sub(lambda found, words=words: _as_written(words[found[0].lower()], found[0]), text)  # type: ignore[misc]
    return text


def _as_written(word: str, before: str) -> str:
    return word[:1].upper() + word[1:] if before[:1].isupper() else word


def set_glossary(text: str = "") -> None:
    """Use an office's own words from now on, in the language in use.

    Parameters
    ----------
    text
        A table like `i18n/glossary.csv`: a row a term, a column a language. Where its word differs from the
        shipped one, it takes that word's place in every text (whole words only; names in braces stay).

    Raises
    ------
    ValueError
        It is no such table.
    """
    _words.clear()
    if not text.strip():
        return
    language = get_language()
    shipped = _read_glossary(glossary_path().read_text(encoding="utf-8"))
    own = _read_glossary(text)
    unknown = sorted(set(own) - set(shipped))
    if unknown:
        raise ValueError(f"{unknown[0]} is no term of the glossary")
    changed = {
        shipped[term][language].lower(): words[language].strip()
        for term, words in own.items()
        if words.get(language, "").strip() and words[language].strip() != shipped[term][language]
    }
    if changed:
        longest_first = sorted(changed, key=len, reverse=True)
        pattern = r"(?<![\w{.])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![\w}=])"
        _words.append((re.compile(pattern, re.IGNORECASE), changed))


def _read_glossary(text: str) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    if not rows.fieldnames or "term" not in rows.fieldnames:
        raise ValueError("it has no column named term")
    return {row["term"].strip(): {key: value or "" for key, value in row.items() if key} for row in rows if row["term"]}


def glossary_path() -> Path:
    """The shipped glossary, to be copied and changed."""
    return find_folder("i18n") / "glossary.csv"


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
    _words.clear()  # they were another language's
    return language


def get_language() -> str:
    """The language in use."""
    return _current[0][0]

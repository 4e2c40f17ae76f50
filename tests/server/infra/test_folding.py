"""Which spellings are one when something is searched."""

from __future__ import annotations

import pytest

from server.infra.folding import folded, has, searchable


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Flame graphs", "flame"),
        ("Flame graphs", "GRAPH"),
        ("Gitarrenunterricht", "unterricht"),
        ("Café Zoë", "cafe"),
        ("Cafe Zoe", "café"),
        ("Übung macht Könner", "übung"),
        ("Übung macht Könner", "ubung"),
        ("Übung macht Könner", "UEBUNG"),
        ("U\u0308bung", "uebung"),  # the same letter, written as two
        ("Straße", "strasse"),
        ("Smørrebrød", "smorrebrod"),
        ("Programming in C++", "c++"),
        ("Joins 100% drawn", "%"),
        ("Go for beginners", "go"),
        ("Русский", "русск"),
    ],
)
def test_words_are_found_in_each_spelling(text: str, word: str) -> None:
    assert has(searchable(text), word)


@pytest.mark.parametrize(("text", "word"), [("Algorithms", "go"), ("Flame graphs", "flames"), ("Ä", "b")])
def test_other_words_are_not(text: str, word: str) -> None:
    assert not has(searchable(text), word)


def test_each_word_is_kept_once_and_begins_with_a_space() -> None:
    assert searchable("Joins, joins\tand", "JOINS") == " joins, joins and"
    assert folded("ÆSIR Łódź") == "aesir lodz"

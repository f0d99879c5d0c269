"""One word for one thing: no text that people read uses a word that the list of terms has retired."""

import re
from dataclasses import dataclass

import pytest

from tests import texts

GLOSSARY = texts.ROOT / "docs/glossary.md"
CHINESE = texts.HAN
PERCENT = re.compile(r"\d %(?!\()")
AMOUNT = re.compile(r"\bCNY (?:\d|%\(|\{|…|$)|(?:\d|\)s|\}) yuan\b")


@dataclass(frozen=True)
class Retired:
    """A word no longer used: the better one, and the phrases in which it is right all the same."""

    word: str
    better: str
    but_in: tuple[str, ...]

    def stands_in(self, words: str) -> bool:
        for phrase in self.but_in:
            words = words.replace(phrase, "")
        if CHINESE.search(self.word):
            return self.word in words
        return re.search(rf"(?<![\w-]){re.escape(self.word)}(?![\w-])", words, re.I) is not None


def retired():
    """The last column of the list's tables: ``word, word (phrase, phrase), …``."""
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 4 and cells[3] not in ("", "not"):
            for word, phrases in re.findall(r"([^,()]+?)\s*(?:\(([^)]*)\))?(?:,\s*|$)", cells[3]):
                better = cells[1] if CHINESE.search(word) and cells[1] else cells[0]
                yield Retired(word, better, tuple(phrase.strip() for phrase in phrases.split(",") if phrase.strip()))


RETIRED = tuple(retired())


def test_the_list_retires_words():
    assert Retired("评委", "评标委员会成员", ()) in RETIRED
    assert Retired("缴纳", "投标保证金", ("缴纳税收", "缴纳社会", "社保缴纳", "系统缴纳", "缴纳罚款")) in RETIRED


def test_a_word_may_be_right_in_a_phrase():
    word = Retired("缴纳", "交纳", ("缴纳税收",))
    assert [word.stands_in(words) for words in ("缴纳保证金", "依法缴纳税收", "依法缴纳税收、缴纳保证金")] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("source", texts.SOURCES.values(), ids=list(texts.SOURCES))
def test_no_text_uses_a_word_that_is_retired(source):
    said = list(source())
    assert len(said) > 50
    found = [
        f"{place}: “{old.word}” in “{words.strip()[:100]}”: write “{old.better}”"
        for place, words in said
        for old in RETIRED
        if old.stands_in(words)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("source", texts.SOURCES.values(), ids=list(texts.SOURCES))
def test_a_percentage_is_written_without_a_space(source):
    assert [place for place, words in source() if PERCENT.search(words)] == []


@pytest.mark.parametrize("source", texts.SOURCES.values(), ids=list(texts.SOURCES))
def test_an_amount_is_written_with_its_sign(source):
    """As ``money.in_figures`` writes it, in sentences too: ¥2,380,000.00."""
    assert [place for place, words in source() if AMOUNT.search(words)] == []

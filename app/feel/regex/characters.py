"""Classes of characters: escapes, Unicode categories and blocks."""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import category

Class = Callable[[str], bool]

CATEGORIES = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cn",
    ]
)

BLOCKS: dict[str, tuple[int, int]] = {
    name: (int(first, 16), int(last, 16))
    for name, first, last in (
        line.split()
        for line in """\
BasicLatin 0000 007F
Latin-1Supplement 0080 00FF
LatinExtended-A 0100 017F
LatinExtended-B 0180 024F
IPAExtensions 0250 02AF
SpacingModifierLetters 02B0 02FF
CombiningDiacriticalMarks 0300 036F
Greek 0370 03FF
GreekandCoptic 0370 03FF
Cyrillic 0400 04FF
CyrillicSupplement 0500 052F
Armenian 0530 058F
Hebrew 0590 05FF
Arabic 0600 06FF
Syriac 0700 074F
ArabicSupplement 0750 077F
Thaana 0780 07BF
Devanagari 0900 097F
Bengali 0980 09FF
Gurmukhi 0A00 0A7F
Gujarati 0A80 0AFF
Oriya 0B00 0B7F
Tamil 0B80 0BFF
Telugu 0C00 0C7F
Kannada 0C80 0CFF
Malayalam 0D00 0D7F
Sinhala 0D80 0DFF
Thai 0E00 0E7F
Lao 0E80 0EFF
Tibetan 0F00 0FFF
Myanmar 1000 109F
Georgian 10A0 10FF
HangulJamo 1100 11FF
Ethiopic 1200 137F
Cherokee 13A0 13FF
UnifiedCanadianAboriginalSyllabics 1400 167F
Ogham 1680 169F
Runic 16A0 16FF
Khmer 1780 17FF
Mongolian 1800 18AF
PhoneticExtensions 1D00 1D7F
LatinExtendedAdditional 1E00 1EFF
GreekExtended 1F00 1FFF
GeneralPunctuation 2000 206F
SuperscriptsandSubscripts 2070 209F
CurrencySymbols 20A0 20CF
CombiningMarksforSymbols 20D0 20FF
CombiningDiacriticalMarksforSymbols 20D0 20FF
LetterlikeSymbols 2100 214F
NumberForms 2150 218F
Arrows 2190 21FF
MathematicalOperators 2200 22FF
MiscellaneousTechnical 2300 23FF
ControlPictures 2400 243F
OpticalCharacterRecognition 2440 245F
EnclosedAlphanumerics 2460 24FF
BoxDrawing 2500 257F
BlockElements 2580 259F
GeometricShapes 25A0 25FF
MiscellaneousSymbols 2600 26FF
Dingbats 2700 27BF
BraillePatterns 2800 28FF
CJKRadicalsSupplement 2E80 2EFF
KangxiRadicals 2F00 2FDF
IdeographicDescriptionCharacters 2FF0 2FFF
CJKSymbolsandPunctuation 3000 303F
Hiragana 3040 309F
Katakana 30A0 30FF
Bopomofo 3100 312F
HangulCompatibilityJamo 3130 318F
Kanbun 3190 319F
BopomofoExtended 31A0 31BF
EnclosedCJKLettersandMonths 3200 32FF
CJKCompatibility 3300 33FF
CJKUnifiedIdeographsExtensionA 3400 4DBF
CJKUnifiedIdeographs 4E00 9FFF
YiSyllables A000 A48F
YiRadicals A490 A4CF
HangulSyllables AC00 D7AF
PrivateUse E000 F8FF
PrivateUseArea E000 F8FF
CJKCompatibilityIdeographs F900 FAFF
AlphabeticPresentationForms FB00 FB4F
ArabicPresentationForms-A FB50 FDFF
VariationSelectors FE00 FE0F
CombiningHalfMarks FE20 FE2F
CJKCompatibilityForms FE30 FE4F
SmallFormVariants FE50 FE6F
ArabicPresentationForms-B FE70 FEFF
HalfwidthandFullwidthForms FF00 FFEF
Specials FFF0 FFFF
OldItalic 10300 1032F
Gothic 10330 1034F
Deseret 10400 1044F
ByzantineMusicalSymbols 1D000 1D0FF
MusicalSymbols 1D100 1D1FF
MathematicalAlphanumericSymbols 1D400 1D7FF
MiscellaneousSymbolsandPictographs 1F300 1F5FF
Emoticons 1F600 1F64F
CJKUnifiedIdeographsExtensionB 20000 2A6DF
CJKCompatibilityIdeographsSupplement 2F800 2FA1F
Tags E0000 E007F""".splitlines()
    )
}


def _name_start(char: str) -> bool:
    return char in ":_" or char.isalpha() or category(char) == "Nl"


def _name_part(char: str) -> bool:
    return _name_start(char) or char in "-.·" or category(char) in ("Nd", "Mn", "Mc")


ESCAPES: dict[str, Class] = {
    "s": lambda char: char in " \t\n\r",
    "d": lambda char: category(char) == "Nd",
    "w": lambda char: category(char)[0] not in "PZC",
    "i": _name_start,
    "c": _name_part,
}
"""The classes of the escapes; an upper-case letter means the others."""


def negated(chars: Class) -> Class:
    """All other characters."""
    return lambda char: not chars(char)


def escaped(letter: str) -> Class | None:
    """The class of a multi-character escape; None when the letter is none."""
    found = ESCAPES.get(letter.lower())
    return found if found is None or letter.islower() else negated(found)


def property_named(name: str) -> Class | None:
    """The class of ``\\p{name}``: a category, or a block with ``Is`` before it."""
    if name in CATEGORIES:
        return lambda char: category(char).startswith(name)
    block = BLOCKS.get(name[2:]) if name.startswith("Is") else None
    if block is None:
        return None
    first, last = block
    return lambda char: first <= ord(char) <= last


def either(char: str) -> frozenset[str]:
    """A character in its cases."""
    lower, upper = char.lower(), char.upper()
    return frozenset({char, lower, upper, lower.upper(), upper.lower()})


def single(char: str, folded: bool) -> Class:
    """One character, or all its cases."""
    if not folded:
        return lambda other: other == char
    cases = either(char)
    return lambda other: other in cases or not cases.isdisjoint(either(other))


def span(first: str, last: str, folded: bool) -> Class:
    """The characters from one to another, or those with a case among them."""
    if not folded:
        return lambda char: first <= char <= last
    return lambda char: first <= char <= last or any(first <= case <= last for case in either(char))


def any_of(classes: list[Class]) -> Class:
    """The characters of all classes."""
    if len(classes) == 1:
        return classes[0]
    return lambda char: any(chars(char) for chars in classes)


def but(chars: Class, excluded: Class) -> Class:
    """The characters of one class that aren't in another."""
    return lambda char: chars(char) and not excluded(char)

"""Which font is chosen for which character."""

from __future__ import annotations

from pathlib import Path

import pytest

from retake.render.text.fonts import FontBook

FONTS = Path(__file__).parents[1] / "data" / "fonts"


def test_text_in_inter_never_looks_at_the_machine(monkeypatch: pytest.MonkeyPatch):
    def forbidden(*_: object):
        raise AssertionError("the machine's fonts were searched")

    monkeypatch.setattr(Path, "rglob", forbidden)
    book = FontBook()
    assert book.missing("Zażółć gęślą jaźń, Привет, Ελλάδα 123 €") == ()
    face = book.face_for("Ж", weight=900)
    assert face and (face.family, face.weight) == ("Inter", 900)


@pytest.mark.parametrize(
    ("asked", "given"), [(100, 400), (400, 400), (550, 600), (650, 700), (800, 800), (900, 900)]
)
def test_nearest_weight_is_used(asked: int, given: int):
    assert FontBook(directories=[]).primary(weight=asked).weight == given


@pytest.mark.parametrize(
    ("cluster", "family"),
    [
        ("م", "Noto Sans Arabic"),
        ("क", "Noto Sans Devanagari"),
        ("山", "Noto Sans CJK JP"),
        ("ส", "Noto Sans Thai"),
        ("🎉", "Noto Color Emoji"),
        ("👨‍👩‍👧", "Noto Color Emoji"),
        ("❤️", "Noto Color Emoji"),
        ("A", "Inter"),
    ],
)
def test_other_fonts_fill_in_what_inter_lacks(cluster: str, family: str):
    face = FontBook(directories=[FONTS]).face_for(cluster, weight=700)
    assert face and face.family == family


def test_characters_without_a_font_are_named_once():
    assert FontBook(directories=[]).missing("a 山 b 山 🎉👨‍👩‍👧") == ("山", "🎉", "👨‍👩‍👧")


def test_a_users_file_is_found_by_the_name_given_and_by_its_own():
    book = FontBook({"Brand": FONTS / "NotoSansHebrew-Bold.ttf"}, directories=[])
    assert book.family("brand") == book.family("Noto Sans Hebrew") != ()
    assert book.missing("שלום") == ()


def test_an_unknown_family_gives_inter():
    book = FontBook(directories=[])
    assert book.family("No Such Font") == ()
    assert book.primary("No Such Font", 700).family == "Inter"


def test_a_file_that_is_no_font_is_passed_over(tmp_path: Path):
    (tmp_path / "NotoSansArabic-Bold.ttf").write_bytes(b"not a font at all")
    (tmp_path / "Other.ttf").write_bytes((FONTS / "NotoSansArabic-Bold.ttf").read_bytes())
    face = FontBook(directories=[tmp_path]).face_for("م")
    assert face and face.path.name == "Other.ttf"

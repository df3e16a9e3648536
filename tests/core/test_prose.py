"""Plain text from programme files shown as prose: readable, and never run."""

import pytest

from plenary.core.prose import initials, render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One\r\nline", "<p>One<br>line</p>"),
        ("* a\n* b", "<ul><li>a</li><li>b</li></ul>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        (
            "See https://example.org/a?b=1&c=2",
            '<p>See <a href="https://example.org/a?b=1&amp;c=2" rel="nofollow">https://example.org/a?b=1&amp;c=2</a></p>',
        ),
        ("[Paper](https://example.org/p)", '<p><a href="https://example.org/p" rel="nofollow">Paper</a></p>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        (
            '[<b>](https://e.org/"onclick="x)',
            '<p><a href="https://e.org/&quot;onclick=&quot;x" rel="nofollow">&lt;b&gt;</a></p>',
        ),
    ],
)
def test_text_becomes_paragraphs_lists_and_links_and_nothing_else(text: str, html: str) -> None:
    assert str(render(text)) == html


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Amina Yusuf", "AY"),
        ("Jean-Luc Moreau", "JM"),
        ("王晓梅", "王"),
        ("김민준", "김"),
        ("فاطمة بنعلي", "ف"),
        ("Ольга Петрова", "ОП"),
        ("Pelé", "P"),
        ("", ""),
    ],
)
def test_initials_stand_for_a_portrait_in_any_script(name: str, shown: str) -> None:
    assert initials(name) == shown

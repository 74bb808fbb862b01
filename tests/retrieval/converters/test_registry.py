"""Files of every format to a title and Markdown."""

import time
from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from retrieval.converters.registry import SUFFIXES, read_bytes
from retrieval.errors import UnreadableDocument


def pdf(*pages: str, password: str | None = None) -> bytes:
    """A PDF with these lines on its pages."""
    writer = PdfWriter()
    for text in pages:
        page = writer.add_blank_page(300, 300)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        lines = " ".join(f"({line}) Tj 0 -14 Td" for line in text.splitlines())
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 250 Td {lines} ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


def word() -> bytes:
    """A Word document with what people use."""
    document = docx.Document()
    document.add_heading("Handbook", 0)
    document.add_heading("Leave", 1)
    document.add_paragraph("Take it.")
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("under", style="List Bullet 2")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("Days", "Who", "25", "a|b"), strict=True):
        cell.text = text
    document.add_paragraph("End.")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def test_markdown_loses_front_matter_and_comments_and_keeps_the_rest() -> None:
    """Front matter gives the title; comments and template tags go, but not from code."""
    data = (
        b'---\r\ntitle: "The guide"\r\nlayout: page\r\n---\r\n# Head\r\n'
        b"<!-- a\nb --> [x](../y.md)\n"
        b"{% include z %}{:.no_toc}<br>`<br>`<your-name>\n```\n<!-- kept -->\n```\n"
    )
    content = read_bytes(data, "a/b.md")
    assert content.title == "The guide"
    assert content.text == "# Head\n [x](../y.md)\n`<br>`<your-name>\n```\n<!-- kept -->\n```"


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    """Only lines of `key: value` between the rules are taken away."""
    text = "---\n\nSome text here.\n\n---\n\nMore."
    assert read_bytes(text.encode(), "a.md").text == text


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.md", "Text\n\n## The *first* [head](x)\n", "The first head"),
        ("a.rst", "The Head\n========\n", "The Head"),
        ("guides/getting-started_now.md", "Text", "Getting started now"),
        ("guides/how-to/index.md", "Text", "How to"),
        ("README.md", "Text", "README"),
        ("a.md", "```\n# no\n```", "A"),
    ],
)
def test_a_title_is_the_first_heading_or_the_name_made_readable(
    name: str, text: str, title: str
) -> None:
    """Every document has a title that a person can read."""
    assert read_bytes(text.encode(), name).title == title


def test_html_becomes_markdown_of_its_main_part() -> None:
    """Structure stays, menus and scripts go."""
    page = b"""<html><head><title>Leave - Wiki</title><style>x{}</style></head><body>
      <nav>Menu</nav><main><h1>Leave <em>policy</em></h1><p>You <b>may</b> take
      <a href="/a b">25 days</a>.<br>Ask <code>hr</code>.</p>
      <ul><li>One<ul><li>Sub</li></ul></li><li><p>Two</p><p>more</p></li></ul>
      <table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2|3</td></tr></table>
      <pre>def f():
    return 1</pre><script>bad()</script><div hidden>no</div>a<!-- c -->b</main>
      <footer>Foot</footer></body></html>"""
    content = read_bytes(page, "a.html")
    assert content.title == "Leave policy"
    assert content.text == (
        "# Leave *policy*\n\nYou **may** take [25 days](/a%20b).\nAsk `hr`.\n\n"
        "- One\n  - Sub\n- Two\n  more\n\n| A | B |\n| --- | --- |\n| 1 | 2\\|3 |\n\n"
        "```\ndef f():\n    return 1\n```\n\nab"
    )


def test_html_of_an_old_encoding_is_read_by_what_it_declares() -> None:
    """The page says its encoding in a meta tag."""
    page = '<meta charset="shift_jis"><p>日本語</p>'.encode("shift_jis")
    assert read_bytes(page, "a.html").text == "日本語"


def test_a_pdf_is_read_page_by_page() -> None:
    """Broken words are mended; lines that stand on every page are left out."""
    pages = [f"Company secret\nBody of part {n} is infor-\nmation.\nPage {n}" for n in "abcd"]
    content = read_bytes(pdf(*pages), "the-report.pdf")
    assert content.title == "The report"
    assert "Body of part a is information." in content.text
    assert "Company secret" not in content.text


def test_a_pdf_of_pages_that_are_alike_keeps_their_text() -> None:
    """A line that differs by its number alone is no running head where it is all there is."""
    assert "Slide 7" in read_bytes(pdf(*(f"Slide {n}" for n in range(9))), "a.pdf").text
    rows = "\n".join(f"Row {n}: {n} boxes" for n in range(5))
    assert "Row 2: 2 boxes" in read_bytes(pdf(*[rows] * 9), "a.pdf").text


def test_a_page_too_large_is_refused_before_it_is_read() -> None:
    """Ten megabytes of HTML would be a gigabyte of tree."""
    with pytest.raises(UnreadableDocument, match=r"a\.html is a page of more than 10 MB"):
        read_bytes(b"<p>x</p>" * 1_400_000, "a.html")


def test_a_word_document_keeps_headings_lists_and_tables() -> None:
    """Styles become Markdown."""
    content = read_bytes(word(), "a.docx")
    assert content.title == "Handbook"
    lines = [line for line in content.text.splitlines() if line.strip()]
    assert lines == [
        *("# Handbook", "# Leave", "Take it.", "- first", "  - under"),
        *("| Days | Who |", "| --- | --- |", "| 25 | a\\|b |", "End."),
    ]


def test_a_long_word_document_takes_time_in_proportion() -> None:
    """Three thousand paragraphs are read within seconds."""
    document = docx.Document()
    body = document.element.body
    paragraph = document.add_paragraph("Some words of a paragraph that go on.")._p
    for _ in range(3_000):
        body.insert(0, deepcopy(paragraph))
    file = BytesIO()
    document.save(file)
    began = time.process_time()
    assert read_bytes(file.getvalue(), "a.docx").text.count("go on.") == 3_001
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "data",
    [
        "héllo".encode(),
        "héllo".encode("utf-8-sig"),
        "héllo".encode("utf-16"),
        b"\xfe\xff" + "héllo".encode("utf-16-be"),
        "héllo".encode("utf-32"),
        "héllo".encode("cp1252"),
    ],
)
def test_text_of_common_encodings_is_read(data: bytes) -> None:
    """UTF-8 with and without a mark, UTF-16 and UTF-32 by theirs, and the Windows encoding."""
    assert read_bytes(data, "a.txt").text == "héllo"


def locked() -> bytes:
    """A PDF that asks for a password."""
    data = pdf("Secret", password="very secret")
    assert PdfReader(BytesIO(data)).is_encrypted
    return data


def bomb() -> bytes:
    """A small Word document that unpacks to twenty-one megabytes of empty paragraphs."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w:p/>" * (21 * 1024 * 1024 // 6))
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "sentence"),
    [
        ("a.pdf", lambda: b"%PDF-1.4 broken", "a.pdf is broken and cannot be read."),
        ("a.pdf", locked, "a.pdf is locked with a password"),
        ("a.pdf", lambda: pdf(""), "a.pdf holds pictures only"),
        ("a.pdf", lambda: pdf("x" * 9_000_000), "a.pdf draws more than 8 MB on page 1. Leave"),
        ("a.docx", lambda: b"PK\x03\x04 broken", "a.docx is broken and cannot be read."),
        ("a.docx", bomb, "a.docx has more than 20 MB of text"),
        ("a.md", lambda: bytes(range(256)) * 20, "a.md is not text"),
        ("a.md", lambda: b"\x01\x02\x03\x04" * 20, "a.md holds binary data"),
        (
            "a.txt",
            lambda: "日本語テキスト".encode("shift_jis"),
            "a.txt is not text, or in an unknown",
        ),
        ("a.txt", lambda: b"\xff\xfe\x00\xd8\x00", "a.txt says it is in the encoding utf-16"),
        ("a.html", lambda: b'<meta charset="no-such"><p>\xff', "a.html says it is in the encoding"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    name: str, make: Callable[[], bytes], sentence: str
) -> None:
    """Broken, locked, empty of text, binary or of unknown encoding: each names the file and why."""
    with pytest.raises(UnreadableDocument) as caught:
        read_bytes(make(), name)
    assert str(caught.value).startswith(sentence)


@settings(max_examples=120, deadline=None)
@given(suffix=st.sampled_from(sorted(SUFFIXES)), data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(suffix: str, data: bytes) -> None:
    """No bytes in any format end in anything but text that can be stored, or our own error."""
    try:
        content = read_bytes(data, f"a{suffix}")
    except UnreadableDocument as error:
        assert str(error).startswith(f"a{suffix} ")
    else:
        assert b"\x00" not in content.text.encode()
        assert content.title


def test_nested_html_and_open_comments_take_no_time() -> None:
    """A page nested twenty thousand deep is read or refused, and soon."""
    for data in (b"<div>" * 20_000 + b"x", b"<ul><li>" * 4_000 + b"x", b"<!--" * 200_000):
        try:
            read_bytes(data, "a.html")
        except UnreadableDocument as error:
            assert "broken" in str(error)
    open_comments = b"<!--" * 200_000 + b"\n\nx"
    assert read_bytes(open_comments, "a.md").text.endswith("x")


def test_a_title_of_blanks_takes_no_time() -> None:
    """A title with a hundred thousand blanks in it is read, and soon."""
    title = "A" + " " * 100_000 + "b"
    began = time.perf_counter()
    assert read_bytes(f"---\ntitle: '{title}' \n---\nx".encode(), "a.md").title == "A b"
    assert read_bytes(f"<title>{title}</title><p>x".encode(), "a.html").title == "A b"
    assert time.perf_counter() - began < 2


def test_a_mark_of_a_comment_in_code_opens_none() -> None:
    """What stands behind it is read; a real comment is left out, one that never closes is text."""
    text = read_bytes(
        b"Begin it with `<!--` here.\n\nKept. <!-- gone\ngone --> Kept too. <!-- open\n\n"
        b"The end.\n",
        "a.md",
    ).text
    assert "`<!--` here." in text
    assert "gone" not in text
    assert "Kept too. <!-- open\n\nThe end." in text


def test_braces_in_code_and_in_sentences_are_text() -> None:
    """Only a macro alone on its line goes; a template tag leaves the words that it was given."""
    text = read_bytes(
        b"Write `{{ .Values.plum }}` and {{ user.name }}.\n{{ toc }}\n"
        b'Ask in {% channel "#plums" %} first. {% include nav.html %}End.\n',
        "a.md",
    ).text
    assert "Write `{{ .Values.plum }}` and {{ user.name }}." in text
    assert "toc" not in text
    assert "Ask in #plums first. End." in text


def test_names_of_headings_are_no_text() -> None:
    """`{#name}` at the end of a heading and `{: .class}` are for a site's generator."""
    assert read_bytes(b"# Plums {#plums}\n\nRipe. {: .note}\n", "a.md").text.split() == [
        *("#", "Plums", "Ripe."),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "`" * 50_000,
        " ".join("`" * n for n in range(1, 316)),
        "{%" + "a" * 50_000,
        "`<!--` " * 7_000 + "-->",
        "`a` <!-- b --> " * 3_500,
    ],
)
def test_a_line_made_to_mislead_takes_no_time(line: str) -> None:
    """Fifty kilobytes of ticks, of an open tag or of marks in code are read at once."""
    began = time.perf_counter()
    assert read_bytes(f"{line}\nEnd.\n".encode(), "a.md").text.endswith("End.")
    assert time.perf_counter() - began < 4

"""The document and the example of settings cannot lag behind the code."""

from config import manual


def test_the_document_of_settings_is_what_the_code_says() -> None:
    """`python -m config.manual` was run after the last change."""
    assert manual.DOCUMENT.read_text(encoding="utf-8") == manual.document()


def test_the_example_file_is_what_the_code_says() -> None:
    """The example lists every setting with its default."""
    assert manual.EXAMPLE.read_text(encoding="utf-8") == manual.example()

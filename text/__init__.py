"""Markdown blocks, sentences, plain words, the language of a text."""

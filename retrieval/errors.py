"""What can go wrong while reading, indexing and searching. Shows nothing to anybody.

RetrievalError
├── SourceNotFound        the folder, file or site of a source is not there
├── UnreadableDocument    one document cannot be read; the rest of its source goes on
│   └── EmptyDocument     it can be read and holds no text
├── UnreadableCorpus      a file to measure on is missing or broken
├── EmbedderUnavailable   the embedder cannot be opened, or does not answer
├── EmbedderChanged       the index is of another embedder than the one at hand
└── IndexUnavailable      Postgres cannot be reached, or refuses
"""


class RetrievalError(Exception):
    """The root: its message is a sentence for a person, with what to do about it."""


class SourceNotFound(RetrievalError):
    """A source is not where it is said to be."""


class UnreadableDocument(RetrievalError):
    """One document of a source cannot be read."""


class EmptyDocument(UnreadableDocument):
    """A document holds no text at all."""


class UnreadableCorpus(RetrievalError):
    """A file of documents, questions or judgements to measure on is missing or broken."""


class EmbedderUnavailable(RetrievalError):
    """The embedder's files are missing or changed, or its server does not answer."""


class EmbedderChanged(RetrievalError):
    """The live index is of another embedder than the one at hand."""


class IndexUnavailable(RetrievalError):
    """The database cannot be reached or refuses a statement."""

"""The errors of reading, indexing and searching.

RetrievalError
├── SourceNotFound        the folder, file or site of a source is not there
├── UnreadableDocument    one document cannot be read; the rest of its source goes on
│   └── EmptyDocument     it can be read and holds no text
├── UnreadableCorpus      a file of an evaluation dataset is missing or broken
├── EmbedderUnavailable   the embedder cannot be opened, or does not answer
├── RerankerUnavailable   the reranker's URL is not understood, or its server does not answer
├── ReaderUnavailable     the weights of our own cross-encoder are missing, altered or broken
├── EmbedderChanged       the live index was built with another embedder
├── GoldenRefused         a golden question that no document answers
├── GenerationMoved       another generation became live during the work
├── ReindexRefused        a reindex, switch or rollback is not possible now
│   └── RunGoesOn         because another one is running
└── ReindexCancelled      somebody cancelled a run
"""


class RetrievalError(Exception):
    """The root. Its message is a sentence that tells the user what to do."""


class SourceNotFound(RetrievalError):
    """A source is not at its location."""


class UnreadableDocument(RetrievalError):
    """One document of a source cannot be read."""


class EmptyDocument(UnreadableDocument):
    """A document has no text."""


class UnreadableCorpus(RetrievalError):
    """A dataset's file of documents, questions or judgements is missing or broken."""


class EmbedderUnavailable(RetrievalError):
    """The embedder's files are missing or changed, or its server does not answer."""


class RerankerUnavailable(RetrievalError):
    """The reranker's URL is not understood, or its server does not answer."""


class ReaderUnavailable(RetrievalError):
    """The reader's weights are missing, have another hash, or are not a reader's."""


class EmbedderChanged(RetrievalError):
    """The live index was built with an embedder that cannot be opened here."""


class GoldenRefused(RetrievalError):
    """A golden question whose quote is not in exactly one document."""


class GenerationMoved(RetrievalError):
    """Another generation became live during a write; write to that one instead."""


class ReindexRefused(RetrievalError):
    """A reindex, switch or rollback is not possible now."""


class RunGoesOn(ReindexRefused):
    """Another reindex, switch or rollback is running."""


class ReindexCancelled(RetrievalError):
    """Somebody cancelled a run; what it had written is kept."""

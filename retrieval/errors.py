"""What can go wrong while reading, indexing and searching. Shows nothing to anybody.

RetrievalError
├── SourceNotFound        the folder, file or site of a source is not there
├── UnreadableDocument    one document cannot be read; the rest of its source goes on
│   └── EmptyDocument     it can be read and holds no text
├── UnreadableCorpus      a file to measure on is missing or broken
├── EmbedderUnavailable   the embedder cannot be opened, or does not answer
├── RerankerUnavailable   the cross-encoder's address is no address, or it does not answer
├── ReaderUnavailable     the weights of our own cross-encoder are missing, altered or broken
├── EmbedderChanged       the index is of another embedder than the one at hand
├── GoldenRefused         a golden question that no document answers
├── GenerationMoved       the live index became another one in mid-work
├── ReindexRefused        a reindexing, switch or rollback that cannot be done as things stand
│   └── RunGoesOn         because another one goes on
└── ReindexCancelled      somebody wanted a run to end
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


class RerankerUnavailable(RetrievalError):
    """The cross-encoder's address is not understood, or its server does not answer."""


class ReaderUnavailable(RetrievalError):
    """The reader's weights are missing, not those we know, or no reader's at all."""


class EmbedderChanged(RetrievalError):
    """The live index is of another embedder than the one at hand."""


class GoldenRefused(RetrievalError):
    """A golden question whose words no document holds."""


class GenerationMoved(RetrievalError):
    """The live index became another one in mid-work; whoever writes begins again with that."""


class ReindexRefused(RetrievalError):
    """A reindexing, a switch or a rollback cannot be done as things stand."""


class RunGoesOn(ReindexRefused):
    """Another reindexing, switch or rollback goes on."""


class ReindexCancelled(RetrievalError):
    """Somebody wanted a run to end, and it did; what it had done is kept."""

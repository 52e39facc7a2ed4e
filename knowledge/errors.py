"""What can go wrong in the library; each carries one sentence for the user.

KnowledgeError
├── FolderUnusable      the handbook folder is missing, empty or not readable
├── IndexUnusable       the index cannot be opened or written (disk full, broken, owned by another process)
│   └── IndexRefused    it is sound, but the operating system does not let us use it (permissions, a lock)
└── ModelUnavailable    a model cannot be prepared or loaded
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """One clear sentence; the cause is chained."""


class FolderUnusable(KnowledgeError):
    """The handbook folder is missing, empty or not readable."""


class IndexUnusable(KnowledgeError):
    """The index cannot be opened or written."""


class IndexRefused(IndexUnusable):
    """The operating system does not let us use the index; nothing is broken, and nothing may be set aside.

    `english` is the same sentence for whoever reads no Chinese: it is people who have to put this right.
    """

    def __init__(self, sentence: str, english: str) -> None:
        super().__init__(sentence)
        self.english = english


class ModelUnavailable(KnowledgeError):
    """An embedding or reranking model cannot be prepared or loaded."""


class Unfit(Exception):
    """A file that is not taken in. `reason` names a sentence that others word in a person's language; `values` fill it in."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values

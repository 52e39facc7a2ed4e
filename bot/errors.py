"""Every error that the product raises on purpose.

CopilotError                 said to the user in one sentence, exit code 1
├── SettingsError            a setting is wrong; names it
├── Bilingual                a sentence that is kept in English as well
│   ├── FileRefused              a file that was given cannot be used; names line and column
│   ├── PictureFailed            a picture could not be drawn
│   └── StorageError             the database or the disk refused
│       └── DatabaseTaken            another copilot owns the database
├── HandbookError            the handbook folder cannot be used
├── DataFolderBusy           another copilot owns the data folder
├── ModelError               an embedding or chat model cannot be used
├── NotFound                 there is no such thing *for this viewer*
├── Refused                  the viewer knows the thing, but may not do this or not like this
└── ChannelError             a message could not be sent
    ├── TemporaryChannelError    worth trying again; `retry_after` in seconds
    ├── UnknownOutcome           it may or may not have arrived
    └── PermanentChannelError    trying again cannot help; says whether the chat is gone

Library errors are translated into these once, at the edge that calls the library.
"""

from __future__ import annotations


class CopilotError(Exception):
    """One clear sentence for the user; the cause, if any, is chained and logged."""


class SettingsError(CopilotError):
    """A setting is missing or wrong; the message names it and what to do."""


class Bilingual(CopilotError):
    """A sentence in Chinese. `english` is the same sentence in English, where there is one."""

    def __init__(self, message: str, english: str = "") -> None:
        super().__init__(message)
        self.english = english

    def to(self, language: str) -> str:
        """The sentence in a language, as far as there is one."""
        return self.english if language == "en" and self.english else str(self)


class FileRefused(Bilingual):
    """A file that was given cannot be used; names what, and where in it."""


class PictureFailed(Bilingual):
    """A picture could not be drawn: the process that draws was ended."""


class HandbookError(CopilotError):
    """The handbook folder is missing, empty or unusable."""


class DataFolderBusy(CopilotError):
    """Another copilot process owns the data folder."""


class StorageError(Bilingual):
    """The database or the disk refused."""


class DatabaseTaken(StorageError):
    """Another copilot process owns the database; what is written here is not stored."""


class ModelError(CopilotError):
    """An embedding, reranking or chat model cannot be loaded or reached."""


class NotFound(CopilotError):
    """There is no such thing for this viewer; another merchant's object looks the same."""


class Refused(CopilotError):
    """This person may not do this, or not like this. `reason` names a sentence that each channel words; `values` fill it in."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


class ChannelError(CopilotError):
    """A message could not be sent."""


class TemporaryChannelError(ChannelError):
    """The platform did not take the message; nothing was sent.

    `retry_after` is the wait in seconds that the platform asked for, or None.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnknownOutcome(ChannelError):
    """The connection broke after the message may have been accepted."""


class PermanentChannelError(ChannelError):
    """The platform will never take this message.

    `chat_gone` says that the whole chat is lost (blocked, kicked, deleted);
    `migrated_to` holds the new chat id when a group became a supergroup.
    """

    def __init__(self, message: str, *, chat_gone: bool = False, migrated_to: str | None = None) -> None:
        super().__init__(message)
        self.chat_gone = chat_gone
        self.migrated_to = migrated_to

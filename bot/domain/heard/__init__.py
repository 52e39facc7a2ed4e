"""Words heard in the room: forbidden ones and those that need evidence, in what is said and written, tolerant of disguise."""

from bot.domain.heard.lexicon import Spoken, Words, compiled
from bot.domain.heard.listen import listen
from bot.domain.heard.listening import JOIN, Lexicon, Listening
from bot.domain.heard.patterns import PatternError
from bot.domain.heard.terms import Group, Heard, How, Level, Silence, Source, Term

__all__ = [
    "JOIN",
    "Group",
    "Heard",
    "How",
    "Level",
    "Lexicon",
    "Listening",
    "PatternError",
    "Silence",
    "Source",
    "Spoken",
    "Term",
    "Words",
    "compiled",
    "listen",
]

"""Telegram: the only package that imports `telegram`.

python-telegram-bot gives waits either as numbers, with a deprecation warning at each, or as timedeltas when
this switch is set; it has to be set before the library raises its first error.
"""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")

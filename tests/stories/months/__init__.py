"""A simulated month: a team's sessions, people and platform on a clock that leaps, and a process that is killed all the time.

`python -m tests.stories.months FOLDER` runs one and prints what came of it as JSON.
"""

"""A team's own rules in Telegram: looked at, changed, tried, taken up. In private only; the flow checks every press.

`pages` shows them, `changing` takes the presses that change something, `replies` what was written or sent in answer to a prompt.
"""

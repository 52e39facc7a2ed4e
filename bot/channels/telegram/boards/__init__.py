"""Boards and metrics of live sessions in Telegram: asked for by command, chosen and updated by button."""

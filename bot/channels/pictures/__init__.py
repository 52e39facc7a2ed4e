"""Figures as pictures. Matplotlib is imported here only, and only when something is drawn."""

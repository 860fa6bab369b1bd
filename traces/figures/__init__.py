"""Figures: the only part that knows Plotly."""

"""Performing steps in browsers: bots, their sessions, and what goes wrong on portals."""

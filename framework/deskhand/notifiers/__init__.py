"""Telling people: by mail, or by a signed request."""

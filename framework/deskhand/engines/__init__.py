"""Durable dispatch of attempts."""

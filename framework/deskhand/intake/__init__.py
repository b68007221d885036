"""Intake: the files of clients, read into rows, and the answers that go back to them."""

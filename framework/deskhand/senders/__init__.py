"""Telling others of events over the network."""

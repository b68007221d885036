"""The runbook language: from YAML text to a checked, compiled runbook."""

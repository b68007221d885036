"""Operations logs: lossy by design, never the audit log."""

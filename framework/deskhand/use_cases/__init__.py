"""What we do: one verb a file, one transaction each. Plain functions over ports."""

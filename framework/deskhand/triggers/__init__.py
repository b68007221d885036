"""What starts items without a file: time tables, signed requests, events."""

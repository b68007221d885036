"""What starts items without a file: the clock, signed requests, events."""

"""A practice payer portal: a real web application that bots submit claims to."""

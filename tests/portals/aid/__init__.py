"""A practice aid portal: a real web application in which bots verify students' aid files."""

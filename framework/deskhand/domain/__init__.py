"""Values, states and rules: pure, standard library only."""

"""Work with an owner and a deadline: dispatched, signed for, worked with evidence, verified by another person, closed."""

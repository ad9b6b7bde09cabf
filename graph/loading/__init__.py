"""A change from inputs to publication: ``pipeline`` tells each route in order, the other modules are its steps."""

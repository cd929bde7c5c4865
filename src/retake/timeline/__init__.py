"""What a film is: the document, its problems, and the film laid out in frames. No input or output."""

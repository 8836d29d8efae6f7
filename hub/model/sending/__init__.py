"""What decides by which gateway a text leaves."""

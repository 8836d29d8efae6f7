"""Steps a telephone call through a flow: pure, without I/O; may know `channels`, never `hub`."""

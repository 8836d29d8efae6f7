"""Speech recognition: an index to the recording, never the evidence and never the complaint."""

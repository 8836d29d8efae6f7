"""Letters made to stop a hub, each with a good one behind it, through a whole running hub."""

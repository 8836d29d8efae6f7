"""警情: live danger until somebody has it in hand, who is on duty for it, and where in a text it is."""

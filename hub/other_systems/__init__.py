"""Other systems that are asked: for progress ([[progress]]), what sentences mean ([encoder_server])."""

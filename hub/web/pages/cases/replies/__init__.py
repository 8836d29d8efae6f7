"""What is written about a case: sending and taking back, drafts, texts to put in, canned replies."""

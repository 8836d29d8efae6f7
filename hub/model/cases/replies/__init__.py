"""What staff write about a case before and after it is sent: pending replies, drafts, canned texts."""

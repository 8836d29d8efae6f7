"""What departments do through the hub: texts they hand over, keys, receipts they are told."""

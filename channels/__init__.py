"""Everything that touches the outside: adapters, the outbox, the dispatcher."""

"""People: who brought a case, what else they brought, what they need, and cases that staff take down for
them."""

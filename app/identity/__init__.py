"""Who is who: organisations, roles, accounts, sessions and certificates."""

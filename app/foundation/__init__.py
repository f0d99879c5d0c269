"""The ground floor: time, money, texts in two languages, refusals, the database, the journal, documents and the outbox."""

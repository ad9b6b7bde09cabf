"""The gate: shapes in, a report out. Nothing enters the store without passing here."""

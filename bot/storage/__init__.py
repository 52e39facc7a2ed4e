"""What is remembered, in SQLite or PostgreSQL. Only this package knows SQLAlchemy and Alembic."""

"""What is remembered, in one SQLite file. Only this package knows SQLAlchemy and Alembic."""

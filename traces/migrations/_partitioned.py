"""A CreateModel whose table is partitioned by range of `run_id`.

Django knows no partitioned tables; the only difference is one clause at the end of CREATE TABLE.
"""

from django.db.migrations import CreateModel, RunSQL


class CreatePartitionedModel(CreateModel):
    """CREATE TABLE … PARTITION BY RANGE (run_id), with a default partition so that no row is ever refused."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        plain = schema_editor.sql_create_table
        schema_editor.sql_create_table = plain + " PARTITION BY RANGE (run_id)"
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            schema_editor.sql_create_table = plain
        table = to_state.apps.get_model(app_label, self.name)._meta.db_table
        schema_editor.execute(f"CREATE TABLE {table}_other PARTITION OF {table} DEFAULT")


def store_uncompressed(table, *columns):
    """Keep wide columns as they are: pglz is slower than the disk, and lz4 is not in every build of Postgres."""
    settings = ", ".join(f"ALTER COLUMN {column} SET STORAGE EXTERNAL" for column in columns)
    return RunSQL(f"ALTER TABLE {table} {settings}", RunSQL.noop)

"""Change logs of sessions that live in a SQLite database: one growing JSONL file a session, kept by us.

Rows of a database are updated, deleted and inserted again, so a database is no log. We keep one: each row as a line, a
changed row again, a removed row as a tombstone. The last word of each row is what the database holds. The rest of the
program treats that file as any other transcript.

What an agent's harness uses:

* `changes.Row`, `changes.Mark`, `changes.Source`: what the harness tells of its database. A `Source` gives cheap marks
  by session, and the rows of one session as keys and lines.
* `database.Database(path)`: read-only access. `with database: database.read(work)` runs `work(connection)` in one read
  transaction and tries again what failed in passing; `database.columns(connection, table)` discovers the schema.
* `lines.row_line(names, values, **extra)`: one row as a line, the same bytes whenever it is asked.
* `exporter.Exporter(database, source, folder, lock)`: `has_news()` costs two stats; `begin()` tells whether anything
  may have changed and is followed by `update(session ids, newest first)`, which never raises; `find(session id)` is the
  export as it is on the disk, `problems()` what went wrong.
* `places.exports_of(state, harness, database)`: the folder for a database, and `places.export_lock(...)`: its lock.
"""

// The database's tables, version by version. A published version never changes; a new one is added below it.

/** The statements that lead to version 1, 2, …: entry `i` leads from version `i` to `i + 1`. */
export const migrations: readonly string[] = [
  `
  -- Every commit that is not yet folded into the records.
  CREATE TABLE log (
    revision INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    operation TEXT NOT NULL,
    format INTEGER NOT NULL,
    changes TEXT NOT NULL
  ) STRICT;
  -- The records as of the revision in \`folded\`.
  CREATE TABLE record (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    format INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE folded (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    revision INTEGER NOT NULL
  ) STRICT;
  INSERT INTO folded VALUES (1, 0);
  `,
  `
  -- Audit events, in the order in which they were kept. \`resources\`: for each a line of type, tab and name, between line feeds.
  CREATE TABLE event (
    sequence INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    is_read INTEGER NOT NULL,
    user TEXT NOT NULL,
    access_key_id TEXT NOT NULL,
    resources TEXT NOT NULL,
    text TEXT NOT NULL,
    bytes INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX event_by_time ON event (account, region, time);
  -- The sum of the events' bytes: counting them at each start would read the whole table.
  CREATE TABLE event_size (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    bytes INTEGER NOT NULL
  ) STRICT;
  INSERT INTO event_size VALUES (1, 0);
  `,
  `
  -- Whether the file may hold what its records do not have any more and nobody may find: what older versions wrote had secrets in it.
  CREATE TABLE scrub (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    due INTEGER NOT NULL
  ) STRICT;
  INSERT INTO scrub SELECT 1, EXISTS (SELECT 1 FROM record) OR EXISTS (SELECT 1 FROM log);
  `,
];

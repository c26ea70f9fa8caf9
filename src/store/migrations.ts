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
];

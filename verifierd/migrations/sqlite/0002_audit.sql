-- Roots of perfect subtrees, at every fourth level: a proof reads few rows, whatever the size of the log.
CREATE TABLE audit_node (
    level BIGINT NOT NULL CHECK (level > 0),
    position BIGINT NOT NULL CHECK (position >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, position)
) WITHOUT ROWID;

CREATE INDEX audit_leaf_hash ON audit_leaf (hash);

-- The public key of the log, kept at its founding: every daemon signs with the same key.
CREATE TABLE log_key (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    verifying_key TEXT NOT NULL
);

CREATE TRIGGER audit_node_no_update BEFORE UPDATE ON audit_node
BEGIN
    SELECT RAISE(ABORT, 'audit_node is append-only');
END;

CREATE TRIGGER audit_node_no_delete BEFORE DELETE ON audit_node
BEGIN
    SELECT RAISE(ABORT, 'audit_node is append-only');
END;

CREATE TRIGGER log_key_no_update BEFORE UPDATE ON log_key
BEGIN
    SELECT RAISE(ABORT, 'log_key is append-only');
END;

CREATE TRIGGER log_key_no_delete BEFORE DELETE ON log_key
BEGIN
    SELECT RAISE(ABORT, 'log_key is append-only');
END;

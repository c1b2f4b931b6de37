-- Roots of perfect subtrees, at every fourth level: a proof reads few rows, whatever the size of the log.
CREATE TABLE audit_node (
    level BIGINT NOT NULL CHECK (level > 0),
    position BIGINT NOT NULL CHECK (position >= 0),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, position)
);

CREATE INDEX audit_leaf_hash ON audit_leaf (hash);

-- The public key of the log, kept at its founding: every daemon signs with the same key.
CREATE TABLE log_key (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    verifying_key TEXT NOT NULL
);

CREATE TRIGGER audit_node_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_node
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_key_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_key
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

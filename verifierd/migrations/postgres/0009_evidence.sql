-- What judgements rest on, each object once. An object is whole when it has its row here; its parts come first.
CREATE TABLE evidence_object (
    sha256 BYTEA PRIMARY KEY CHECK (length(sha256) = 32),
    size BIGINT NOT NULL CHECK (size >= 0)
);

CREATE TABLE evidence_object_part (
    sha256 BYTEA NOT NULL CHECK (length(sha256) = 32),
    place BIGINT NOT NULL CHECK (place >= 0),
    octets BYTEA NOT NULL,
    PRIMARY KEY (sha256, place)
);

-- The index of the objects: there is no evidence without its basis.
ALTER TABLE evidence ADD COLUMN basis BYTEA REFERENCES evidence_object (sha256);

CREATE TRIGGER evidence_object_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_object
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER evidence_object_part_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_object_part
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER evidence_basis_no_update BEFORE UPDATE OF basis ON evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

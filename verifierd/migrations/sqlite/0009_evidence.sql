-- What judgements rest on, each object once. An object is whole when it has its row here; its parts come first.
CREATE TABLE evidence_object (
    sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
    size BIGINT NOT NULL CHECK (size >= 0)
);

CREATE TABLE evidence_object_part (
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    place BIGINT NOT NULL CHECK (place >= 0),
    octets BLOB NOT NULL,
    PRIMARY KEY (sha256, place)
);

-- The index of the objects: there is no evidence without its basis.
ALTER TABLE evidence ADD COLUMN basis BLOB REFERENCES evidence_object (sha256);

CREATE TRIGGER evidence_object_no_update BEFORE UPDATE ON evidence_object
BEGIN
    SELECT RAISE(ABORT, 'evidence_object is append-only');
END;

CREATE TRIGGER evidence_object_no_delete BEFORE DELETE ON evidence_object
BEGIN
    SELECT RAISE(ABORT, 'evidence_object is append-only');
END;

CREATE TRIGGER evidence_object_part_no_update BEFORE UPDATE ON evidence_object_part
BEGIN
    SELECT RAISE(ABORT, 'evidence_object_part is append-only');
END;

CREATE TRIGGER evidence_object_part_no_delete BEFORE DELETE ON evidence_object_part
BEGIN
    SELECT RAISE(ABORT, 'evidence_object_part is append-only');
END;

CREATE TRIGGER evidence_basis_no_update BEFORE UPDATE OF basis ON evidence
BEGIN
    SELECT RAISE(ABORT, 'evidence is append-only');
END;

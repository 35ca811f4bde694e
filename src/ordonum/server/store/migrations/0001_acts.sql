-- The acts, what finds them, and the trace of who looked. Rows are added, never changed: the application has no UPDATE
-- and no DELETE. Every table that grows has `lookup` first in its key (its distribution column on several machines),
-- index tables their own keyed blind column. No foreign key to a prescription: a cancellation may come first.

CREATE TABLE act (
    lookup       bytea       NOT NULL CHECK (length(lookup) = 32),
    seq          integer     NOT NULL CHECK (seq BETWEEN 1 AND 10000),
    act_id       uuid        NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('register', 'execute', 'cancel')),
    year         smallint    NOT NULL CHECK (year BETWEEN 2024 AND 2200),
    author       bytea       NOT NULL CHECK (length(author) = 32),
    content      bytea       NOT NULL CHECK (length(content) = 32),
    performed_at timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL,
    body         bytea       NOT NULL,
    sealed       bytea,
    answer       bytea       NOT NULL,
    PRIMARY KEY (lookup, seq),
    CONSTRAINT act_id_once UNIQUE (lookup, act_id),
    CONSTRAINT sealed_with_registration CHECK ((kind = 'register') <= (sealed IS NOT NULL)),
    CONSTRAINT cancel_seals_nothing CHECK (kind <> 'cancel' OR sealed IS NULL)
);
CREATE UNIQUE INDEX registered_once ON act (lookup) WHERE kind = 'register';
CREATE UNIQUE INDEX cancelled_once ON act (lookup) WHERE kind = 'cancel';
COMMENT ON TABLE act IS 'Acts on prescriptions, append only; body, sealed and answer are encrypted (docs/adr/0001)';
COMMENT ON COLUMN act.lookup IS 'HMAC(look, number)';
COMMENT ON COLUMN act.author IS 'HMAC(blind, RPPS of the author)';
COMMENT ON COLUMN act.content IS 'HMAC of the canonical bytes: a repeat is recognised by it';
COMMENT ON COLUMN act.sealed IS 'register: identity and opening under the number; execute: the beneficiary under nir[year]';

-- A prescriber finds their own prescription by the act that registered it.
CREATE TABLE own_act (
    blind  bytea NOT NULL CHECK (length(blind) = 32),
    lookup bytea NOT NULL CHECK (length(lookup) = 32),
    PRIMARY KEY (blind)
);

-- After execution: the executions of one beneficiary. A withdrawal adds a counter-row.
CREATE TABLE patient_index (
    blind     bytea    NOT NULL CHECK (length(blind) = 32),
    lookup    bytea    NOT NULL CHECK (length(lookup) = 32),
    act_id    uuid     NOT NULL,
    direction smallint NOT NULL CHECK (direction IN (1, -1)),
    PRIMARY KEY (blind, lookup, act_id, direction)
);

-- Who did or saw what, or was refused it. `leaf` is canonical and commits to the personal fields; `personal` opens it.
CREATE TABLE audit (
    lookup      bytea       NOT NULL CHECK (length(lookup) = 32),
    entry_id    uuid        NOT NULL,
    recorded_at timestamptz NOT NULL,
    year        smallint    NOT NULL,
    leaf        bytea       NOT NULL,
    personal    bytea       NOT NULL,
    PRIMARY KEY (lookup, entry_id)
);
CREATE INDEX audit_by_time ON audit (lookup, recorded_at);

-- Authentication: an assertion serves once; what the authorities revoked.
CREATE TABLE assertion_seen (
    jti_digest bytea       NOT NULL PRIMARY KEY CHECK (length(jti_digest) = 32),
    expires_at timestamptz NOT NULL
);
CREATE TABLE revocation (
    issuer     bytea       NOT NULL,
    serial     text        NOT NULL,
    revoked_at timestamptz NOT NULL,
    reason     text        NOT NULL,
    PRIMARY KEY (issuer, serial, reason)
);
CREATE TABLE revocation_list (
    issuer      bytea       NOT NULL,
    this_update timestamptz NOT NULL,
    next_update timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, this_update)
);

-- The keys live outside; their fingerprints tell a wrong or lost key file.
CREATE TABLE key_fingerprint (
    name        text        NOT NULL PRIMARY KEY,
    fingerprint bytea       NOT NULL CHECK (length(fingerprint) = 32),
    since       timestamptz NOT NULL
);

-- One statement a write: the act, its index rows and its audit entry together, or nothing. False when another act took
-- this place, or this id, first: the caller reads again and decides again.
CREATE FUNCTION record_act(
    p_lookup bytea, p_seq integer, p_act_id uuid, p_kind text, p_year smallint, p_author bytea, p_content bytea,
    p_performed_at timestamptz, p_recorded_at timestamptz, p_body bytea, p_sealed bytea, p_answer bytea,
    p_own_act bytea, p_patient bytea, p_entry_id uuid, p_leaf bytea, p_personal bytea
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO act VALUES (p_lookup, p_seq, p_act_id, p_kind, p_year, p_author, p_content, p_performed_at,
                            p_recorded_at, p_body, p_sealed, p_answer)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF p_own_act IS NOT NULL THEN
        INSERT INTO own_act VALUES (p_own_act, p_lookup);
    END IF;
    IF p_patient IS NOT NULL THEN
        INSERT INTO patient_index VALUES (p_patient, p_lookup, p_act_id, 1);
    END IF;
    INSERT INTO audit VALUES (p_lookup, p_entry_id, p_recorded_at, p_year, p_leaf, p_personal);
    RETURN true;
END $$;

GRANT SELECT, INSERT ON act, own_act, patient_index, audit, assertion_seen, revocation, revocation_list, key_fingerprint
    TO ordonum_application;
GRANT SELECT ON schema_migration TO ordonum_application;
GRANT SELECT, DELETE ON act, own_act, patient_index, audit, assertion_seen TO ordonum_keeper;
REVOKE ALL ON FUNCTION record_act FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_act TO ordonum_application;

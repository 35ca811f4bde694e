-- Invoices are acts too; a repeat is recognised by its author or by their structure, which the act itself names.
ALTER TABLE act DROP CONSTRAINT act_kind_check;
ALTER TABLE act ADD CONSTRAINT act_kind_check CHECK (kind IN ('register', 'execute', 'cancel', 'invoice'));
ALTER TABLE act ADD CONSTRAINT invoice_seals_nothing CHECK (kind <> 'invoice' OR sealed IS NULL);
COMMENT ON COLUMN act.author IS 'HMAC(blind, kind of author and their national identifier)';

-- Keys that cards delegated, for orders or for QR codes: public, dated, never changed. A revoked card revokes them.
CREATE TABLE key_delegation (
    kid         text        NOT NULL PRIMARY KEY CHECK (length(kid) = 43),
    use         text        NOT NULL CHECK (use IN ('order', 'qr')),
    rpps        text        NOT NULL CHECK (length(rpps) = 11),
    jws         text        NOT NULL,
    issuer      bytea       NOT NULL,
    serial      text        NOT NULL,
    recorded_at timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL CHECK (ends_at > recorded_at)
);
CREATE INDEX key_delegation_by_owner ON key_delegation (rpps, use);
CREATE INDEX key_delegation_by_day ON key_delegation (recorded_at);
CREATE INDEX key_delegation_by_card ON key_delegation (issuer, serial);

-- The day on which a revocation was learned is the one of the list that tells it.
ALTER TABLE revocation ADD COLUMN received_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX revocation_by_day ON revocation (received_at);

GRANT SELECT, INSERT ON key_delegation TO ordonum_application;
GRANT SELECT, DELETE ON key_delegation TO ordonum_keeper;

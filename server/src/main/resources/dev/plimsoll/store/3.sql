-- Namespaces. The public one has no row.

CREATE TABLE tenant_info (
    tenant_id    TEXT PRIMARY KEY,
    tenant_name  TEXT NOT NULL,
    tenant_desc  TEXT NOT NULL,
    gmt_create   INTEGER NOT NULL,
    gmt_modified INTEGER NOT NULL
);

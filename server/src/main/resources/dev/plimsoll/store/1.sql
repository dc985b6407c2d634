-- Names and meaning of columns follow the reference's MySQL schema, so that one SQL serves both.
-- Times are milliseconds since the epoch. Contents are the bytes as published (UTF-8), and stand last in their row:
-- a read that does not want them never walks over them.

CREATE TABLE config_info (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    data_id            TEXT NOT NULL,
    group_id           TEXT NOT NULL,
    tenant_id          TEXT NOT NULL,
    md5                TEXT NOT NULL,
    gmt_create         INTEGER NOT NULL,
    gmt_modified       INTEGER NOT NULL,
    src_user           TEXT NOT NULL,
    src_ip             TEXT NOT NULL,
    app_name           TEXT NOT NULL,
    c_desc             TEXT NOT NULL,
    c_use              TEXT NOT NULL,
    effect             TEXT NOT NULL,
    type               TEXT NOT NULL,
    c_schema           TEXT NOT NULL,
    config_tags        TEXT NOT NULL,
    encrypted_data_key TEXT NOT NULL,
    content            BLOB NOT NULL,
    UNIQUE (data_id, group_id, tenant_id)
);

-- As in the reference, an I row holds what was inserted (and id 0), a U or D row what was replaced or removed.
-- revision counts the rows of one configuration, so that the oldest can be found and dropped without counting.
CREATE TABLE his_config_info (
    nid                INTEGER PRIMARY KEY AUTOINCREMENT,
    id                 INTEGER NOT NULL,
    data_id            TEXT NOT NULL,
    group_id           TEXT NOT NULL,
    tenant_id          TEXT NOT NULL,
    revision           INTEGER NOT NULL,
    op_type            TEXT NOT NULL,
    md5                TEXT NOT NULL,
    gmt_create         INTEGER NOT NULL,
    gmt_modified       INTEGER NOT NULL,
    src_user           TEXT NOT NULL,
    src_ip             TEXT NOT NULL,
    app_name           TEXT NOT NULL,
    c_desc             TEXT NOT NULL,
    c_use              TEXT NOT NULL,
    effect             TEXT NOT NULL,
    type               TEXT NOT NULL,
    c_schema           TEXT NOT NULL,
    config_tags        TEXT NOT NULL,
    encrypted_data_key TEXT NOT NULL,
    content            BLOB NOT NULL,
    UNIQUE (data_id, group_id, tenant_id, revision)
);

CREATE INDEX idx_his_gmt_modified ON his_config_info (gmt_modified);

-- The reference keeps naming data outside its database, so these two are ours alone. metadata is a JSON object.
CREATE TABLE naming_service (
    namespace_id      TEXT NOT NULL,
    group_name        TEXT NOT NULL,
    service_name      TEXT NOT NULL,
    ephemeral         INTEGER NOT NULL,
    protect_threshold REAL NOT NULL,
    metadata          TEXT NOT NULL,
    PRIMARY KEY (namespace_id, group_name, service_name)
);

CREATE TABLE naming_instance (
    namespace_id TEXT NOT NULL,
    group_name   TEXT NOT NULL,
    service_name TEXT NOT NULL,
    ip           TEXT NOT NULL,
    port         INTEGER NOT NULL,
    cluster_name TEXT NOT NULL,
    instance_id  TEXT NOT NULL,
    weight       REAL NOT NULL,
    healthy      INTEGER NOT NULL,
    enabled      INTEGER NOT NULL,
    metadata     TEXT NOT NULL,
    PRIMARY KEY (namespace_id, group_name, service_name, ip, port)
);

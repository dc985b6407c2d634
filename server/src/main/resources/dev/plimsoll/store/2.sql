-- Gray versions of configurations (what is published for some clients only), and the tags of configurations by name.
-- gray_rule is the reference's JSON: {"type":"beta","version":"1.0.0","expr":"1.1.1.1,2.2.2.2","priority":2147483647}.

CREATE TABLE config_info_gray (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    data_id            TEXT NOT NULL,
    group_id           TEXT NOT NULL,
    tenant_id          TEXT NOT NULL,
    gray_name          TEXT NOT NULL,
    gray_rule          TEXT NOT NULL,
    md5                TEXT NOT NULL,
    gmt_create         INTEGER NOT NULL,
    gmt_modified       INTEGER NOT NULL,
    src_user           TEXT NOT NULL,
    src_ip             TEXT NOT NULL,
    app_name           TEXT NOT NULL,
    type               TEXT NOT NULL,
    encrypted_data_key TEXT NOT NULL,
    content            BLOB NOT NULL,
    UNIQUE (data_id, group_id, tenant_id, gray_name)
);

-- The history with two columns more, before the content: a read that does not want contents never walks over them.
ALTER TABLE his_config_info RENAME TO his_config_info_1;
DROP INDEX idx_his_gmt_modified;

CREATE TABLE his_config_info (
    nid                INTEGER PRIMARY KEY AUTOINCREMENT,
    id                 INTEGER NOT NULL,
    data_id            TEXT NOT NULL,
    group_id           TEXT NOT NULL,
    tenant_id          TEXT NOT NULL,
    revision           INTEGER NOT NULL,
    op_type            TEXT NOT NULL,
    publish_type       TEXT NOT NULL DEFAULT 'formal',
    gray_name          TEXT NOT NULL DEFAULT '',
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

INSERT INTO his_config_info
    SELECT nid, id, data_id, group_id, tenant_id, revision, op_type, 'formal', '', md5, gmt_create, gmt_modified,
           src_user, src_ip, app_name, c_desc, c_use, effect, type, c_schema, config_tags, encrypted_data_key, content
    FROM his_config_info_1;
DROP TABLE his_config_info_1;

CREATE INDEX idx_his_gmt_modified ON his_config_info (gmt_modified);

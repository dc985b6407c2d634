-- The public namespace has one name (NamespaceId). What came under another is of the public one, too. Of two versions of a
-- configuration the one that was changed last stays, and the other is entered in the history as removed; of services, which
-- have no times and no history, that of the public one stays. What does not stay is a note, and notes are logged.

CREATE TEMP TABLE of_public AS SELECT DISTINCT tenant_id AS alias FROM (
    SELECT tenant_id FROM config_info UNION SELECT tenant_id FROM config_info_gray
    UNION SELECT tenant_id FROM his_config_info UNION SELECT tenant_id FROM tenant_info
    UNION SELECT namespace_id FROM naming_service UNION SELECT namespace_id FROM naming_instance
    UNION SELECT namespace_id FROM naming_cluster UNION SELECT namespace_id FROM naming_instance_metadata)
WHERE lower(tenant_id) IN ('public', 'null') AND tenant_id <> 'public';

-- Histories become one, in the order of their times. A negative revision is in nobody's way.

CREATE TEMP TABLE outdone AS SELECT id FROM (
    SELECT id, row_number() OVER (
        PARTITION BY data_id, group_id ORDER BY gmt_modified DESC, tenant_id = 'public' DESC, id DESC) AS place
    FROM config_info WHERE tenant_id = 'public' OR tenant_id IN (SELECT alias FROM of_public))
WHERE place > 1;

CREATE TEMP TABLE outdone_gray AS SELECT id FROM (
    SELECT id, row_number() OVER (
        PARTITION BY data_id, group_id, gray_name
        ORDER BY gmt_modified DESC, tenant_id = 'public' DESC, id DESC) AS place
    FROM config_info_gray WHERE tenant_id = 'public' OR tenant_id IN (SELECT alias FROM of_public))
WHERE place > 1;

UPDATE his_config_info SET tenant_id = 'public', revision = -nid WHERE tenant_id IN (SELECT alias FROM of_public);

INSERT INTO his_config_info (
        id, revision, op_type, publish_type, gray_name, data_id, group_id, tenant_id, md5, gmt_create, gmt_modified,
        src_user, src_ip, app_name, c_desc, c_use, effect, type, c_schema, config_tags, encrypted_data_key, content)
    SELECT id, -1000000000000 - 2 * id, 'D', 'formal', '', data_id, group_id, 'public', md5,
           strftime('%s', 'now') * 1000, strftime('%s', 'now') * 1000, src_user, src_ip,
           app_name, c_desc, c_use, effect, type, c_schema, config_tags, encrypted_data_key, content
    FROM config_info WHERE id IN (SELECT id FROM outdone)
    UNION ALL
    SELECT id, -1000000000001 - 2 * id, 'D', 'gray', gray_name, data_id, group_id, 'public', md5,
           strftime('%s', 'now') * 1000, strftime('%s', 'now') * 1000, src_user, src_ip,
           app_name, '', '', '', type, '', '', encrypted_data_key, content
    FROM config_info_gray WHERE id IN (SELECT id FROM outdone_gray);

UPDATE his_config_info SET revision = -nid WHERE tenant_id = 'public' AND (data_id, group_id) IN (
    SELECT data_id, group_id FROM his_config_info WHERE tenant_id = 'public' AND revision < 0);

UPDATE his_config_info SET revision = (
    SELECT count(*) FROM his_config_info AS other
    WHERE other.tenant_id = 'public' AND other.data_id = his_config_info.data_id
        AND other.group_id = his_config_info.group_id
        AND (other.gmt_modified, other.nid) <= (his_config_info.gmt_modified, his_config_info.nid))
WHERE tenant_id = 'public' AND revision < 0;

INSERT INTO note
    SELECT 'configuration ' || group_id || '/' || data_id || ' of namespace ''' || tenant_id
        || ''': of the public one there is one that was changed later; this one is in its history'
    FROM config_info WHERE id IN (SELECT id FROM outdone);
INSERT INTO note
    SELECT 'gray version ' || gray_name || ' of configuration ' || group_id || '/' || data_id || ' of namespace '''
        || tenant_id || ''': of the public one there is one that was changed later; this one is in its history'
    FROM config_info_gray WHERE id IN (SELECT id FROM outdone_gray);
DELETE FROM config_info WHERE id IN (SELECT id FROM outdone);
DELETE FROM config_info_gray WHERE id IN (SELECT id FROM outdone_gray);
UPDATE config_info SET tenant_id = 'public' WHERE tenant_id IN (SELECT alias FROM of_public);
UPDATE config_info_gray SET tenant_id = 'public' WHERE tenant_id IN (SELECT alias FROM of_public);

UPDATE OR IGNORE naming_service SET namespace_id = 'public' WHERE namespace_id IN (SELECT alias FROM of_public);
UPDATE OR IGNORE naming_instance SET namespace_id = 'public' WHERE namespace_id IN (SELECT alias FROM of_public);
UPDATE OR IGNORE naming_cluster SET namespace_id = 'public' WHERE namespace_id IN (SELECT alias FROM of_public);
UPDATE OR IGNORE naming_instance_metadata SET namespace_id = 'public'
    WHERE namespace_id IN (SELECT alias FROM of_public);
INSERT INTO note
    SELECT what || ' of namespace ''' || namespace_id || ''' dropped: the public one has its own' FROM (
        SELECT namespace_id, 'properties of service ' || group_name || '@@' || service_name || ' ('
            || protect_threshold || ', ' || metadata || ')' AS what FROM naming_service
        UNION ALL SELECT namespace_id, 'instance ' || ip || ':' || port || ' of service ' || group_name || '@@'
            || service_name || ' (' || metadata || ')' FROM naming_instance
        UNION ALL SELECT namespace_id, 'properties of cluster ' || cluster_name || ' of service ' || group_name || '@@'
            || service_name || ' (' || health_checker || ', ' || metadata || ')' FROM naming_cluster
        UNION ALL SELECT namespace_id, 'what was set for instance ' || ip || ':' || port || ' of service ' || group_name
            || '@@' || service_name || ' (' || metadata || ')' FROM naming_instance_metadata)
    WHERE namespace_id IN (SELECT alias FROM of_public);
DELETE FROM naming_service WHERE namespace_id IN (SELECT alias FROM of_public);
DELETE FROM naming_instance WHERE namespace_id IN (SELECT alias FROM of_public);
DELETE FROM naming_cluster WHERE namespace_id IN (SELECT alias FROM of_public);
DELETE FROM naming_instance_metadata WHERE namespace_id IN (SELECT alias FROM of_public);

-- Nobody could open or remove it any more.
INSERT INTO note
    SELECT 'namespace ''' || tenant_id || ''' (' || tenant_name || '): it is the public one'
    FROM tenant_info WHERE tenant_id IN (SELECT alias FROM of_public);
DELETE FROM tenant_info WHERE tenant_id IN (SELECT alias FROM of_public);

DROP TABLE outdone;
DROP TABLE outdone_gray;
DROP TABLE of_public;

-- The public namespace has one name (NamespaceId). What came under another is of the public one, too; where it has something
-- of the same name, that stays.

UPDATE OR IGNORE config_info SET tenant_id = 'public' WHERE lower(tenant_id) IN ('public', 'null');
DELETE FROM config_info WHERE lower(tenant_id) IN ('public', 'null') AND tenant_id <> 'public';

UPDATE OR IGNORE config_info_gray SET tenant_id = 'public' WHERE lower(tenant_id) IN ('public', 'null');
DELETE FROM config_info_gray WHERE lower(tenant_id) IN ('public', 'null') AND tenant_id <> 'public';

UPDATE OR IGNORE his_config_info SET tenant_id = 'public' WHERE lower(tenant_id) IN ('public', 'null');
DELETE FROM his_config_info WHERE lower(tenant_id) IN ('public', 'null') AND tenant_id <> 'public';

UPDATE OR IGNORE naming_service SET namespace_id = 'public' WHERE lower(namespace_id) IN ('public', 'null');
DELETE FROM naming_service WHERE lower(namespace_id) IN ('public', 'null') AND namespace_id <> 'public';

UPDATE OR IGNORE naming_instance SET namespace_id = 'public' WHERE lower(namespace_id) IN ('public', 'null');
DELETE FROM naming_instance WHERE lower(namespace_id) IN ('public', 'null') AND namespace_id <> 'public';

UPDATE OR IGNORE naming_cluster SET namespace_id = 'public' WHERE lower(namespace_id) IN ('public', 'null');
DELETE FROM naming_cluster WHERE lower(namespace_id) IN ('public', 'null') AND namespace_id <> 'public';

UPDATE OR IGNORE naming_instance_metadata SET namespace_id = 'public' WHERE lower(namespace_id) IN ('public', 'null');
DELETE FROM naming_instance_metadata WHERE lower(namespace_id) IN ('public', 'null') AND namespace_id <> 'public';

-- Who laid what lies over an instance, from which address and when. NULL where it was laid before that was kept.

ALTER TABLE naming_instance_metadata ADD COLUMN src_user TEXT;
ALTER TABLE naming_instance_metadata ADD COLUMN src_ip TEXT;
ALTER TABLE naming_instance_metadata ADD COLUMN gmt_modified INTEGER;

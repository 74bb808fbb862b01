-- name: keys_of_documents
-- Return the keys and allowed principals of those of these documents that still exist.
select id, key, readers from documents where workspace = %(workspace)s and id = any(%(ids)s);

-- name: keys_of_documents
-- The keys and readers of those of these documents that are there.
select id, key, readers from documents where workspace = %(workspace)s and id = any(%(ids)s);

-- name: documents_indexed
-- The number of a workspace's documents.
select count(*) from documents where workspace = %(workspace)s;

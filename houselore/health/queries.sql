-- name: documents_indexed
-- How many documents a workspace has.
select count(*) from documents where workspace = %(workspace)s;

-- name: stale_datasets
-- The hashes of the stale datasets.
select hash from datasets where workspace = %(workspace)s and stale_since is not null;

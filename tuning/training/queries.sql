-- name: stale_datasets
-- The hashes of the datasets that have lost their content.
select hash from datasets where workspace = %(workspace)s and stale_since is not null;

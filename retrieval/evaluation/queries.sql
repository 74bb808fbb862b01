-- name: retire_generations
-- Retire all generations of a workspace, so that they can be dropped.
update generations set state = 'retired' where workspace = %(workspace)s returning id;

-- name: forget_reader_sets
-- Delete the reader sets of a workspace that has no documents left.
delete from reader_sets where workspace = %(workspace)s;

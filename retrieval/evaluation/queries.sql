-- name: retire_generations
-- Takes a whole workspace out of answering, so that its generations can be dropped.
update generations set state = 'retired' where workspace = %(workspace)s returning id;

-- name: forget_reader_sets
-- Who could read the documents of a workspace that has none left.
delete from reader_sets where workspace = %(workspace)s;

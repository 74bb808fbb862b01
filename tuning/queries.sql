-- name: last_training
-- The dataset of the model that was trained last, and when.
select dataset, created_at from models where workspace = %(workspace)s and dataset is not null
order by id desc limit 1;

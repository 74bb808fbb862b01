-- name: is_expert
-- Whether a person is an expert.
select exists (select from experts where workspace = %(workspace)s and person = %(person)s);

-- name: recent_questions
-- A person's last questions, newest first.
select question, channel, ts from answers
where workspace = %(workspace)s and person = %(person)s order by id desc limit 5;

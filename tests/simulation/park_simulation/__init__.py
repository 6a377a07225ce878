"""A week of a park in virtual time: the domains of alerting and task-dispatch, people, rosters, holidays; a seed is a week."""

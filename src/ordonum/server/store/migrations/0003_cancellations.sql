-- A cancellation that came before the registration counts only if it is its prescriber's; so several may stand under one
-- number, and the decision, under the order of acts, says which one counts.
DROP INDEX cancelled_once;

package authz.search_test

import data.authz.search
import data.authz_test as t

names(changes) := [found.name | some found in results(changes)]

results(changes) := found if {
	partial := json.patch(object.remove(t.asked, ["action"]), [object.union({"op": "add"}, change) | some change in changes])
	answered := search.action with input as partial
	found := answered.results
}

test_what_may_i_do_here if names([]) == ["read", "list", "write"]

test_questions_that_exist if "ask_question" in names([t.role("jeugdconsulent"), t.domain("jeugd")])

test_nothing_without_a_relation if names([t.no_relation]) == []

test_nothing_for_who_is_not_known if names([t.role("wethouder")]) == []

package authz_test

import data.authz

test_the_profile_as_shipped_is_fit if count(authz.unfit_for_production.results) == 0

test_a_profile_with_invented_references_is_not if {
	count(authz.unfit_for_production.results) == 1 with data.settings.profile as "PF-PRAKTIJK"
}

test_a_profile_that_does_not_exist_is_not if {
	count(authz.unfit_for_production.results) == 1 with data.settings.profile as "PF-NIETS"
}
